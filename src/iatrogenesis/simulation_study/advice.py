"""How many therapists and clients does it take? The statistical world without case mix, one setting at a time.

Each therapist's clients are one count, for which the models are exact and take milliseconds; so a grid can be fine. The
chance events of each setting are its own: what Monte Carlo error says of one is independent of that of every other,
which a curve through several of them needs.

===============  =======================================================================================================
question         quantities
===============  =======================================================================================================
`spread`         width and coverage of the 95 % interval of the VPC; width_sd of the therapist SD's (Bayes,
                 intercept only)
`flagging`       sensitivity, fdr, flagged: of those flagged as harmful (`iatrogenesis.core.definitions`; Bayes,
                 intercept only); and, prefixed `raw_`, of the worst 5 % by raw rate
`burnout`        power of the maximum-likelihood t-test that burnout, as rated, matters
`another_year`   what another year of data promises and brings to decisions about therapists
                 (`iatrogenesis.simulation_study.another_year`), at the middle number of therapists
`reliability`    raw_rate: squared correlation of therapists' raw rates with their true ones; formula: what
                 n p (1 - p) s^2 / (1 + n p (1 - p) s^2) gives
===============  =======================================================================================================
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from iatrogenesis.core.montecarlo import replicates_for
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.engines.maximum_likelihood import fit
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.inference.models.spread import vpc
from iatrogenesis.simulation_study.another_year import another_year
from iatrogenesis.simulation_study.grid import Advice
from iatrogenesis.simulation_study.methods import bayes
from iatrogenesis.simulation_study.methods.answer import LEVEL
from iatrogenesis.simulation_study.power_curve import critical
from iatrogenesis.simulation_study.profiling import profiling
from iatrogenesis.simulation_study.setting import Setting, mean_row, posterior

COLUMNS = ("question", "therapists", "clients", "therapist_sd", "effect", "quantity", "value", "mcse", "replicates")
MANY = 40_000  # therapists whose raw rates are set beside their true ones
NODES = 9


def column(grid: Advice, clients: int, priors: Priors, seed: int) -> pd.DataFrame:
    """Return every quantity at one number of clients per therapist; columns `COLUMNS`."""
    rows, number = [], replicates_for(grid.coverage_mcse)
    for sd in grid.therapist_sd:
        about = {"clients": clients, "therapist_sd": sd, "rate": grid.rate, "reliability": grid.reliability}
        many = Setting(MANY, **about)
        rows += [{"therapists": MANY, "therapist_sd": sd, **row} for row in reliability(many, seed)]
        for therapists in grid.therapists:
            place = {"therapists": therapists, "therapist_sd": sd}
            rows += [place | row for row in spread_and_flagging(Setting(therapists, **about), number, priors, seed)]
            if sd == grid.therapist_sd[0]:
                if therapists == grid.therapists[len(grid.therapists) // 2]:
                    rows += [place | row for row in another_year(Setting(therapists, **about), number, priors, seed)]
                for effect in grid.burnout:
                    rows.append(place | power(Setting(therapists, **about, effect=effect), number, seed))
    table = pd.DataFrame(rows).assign(clients=clients)
    return table.reindex(columns=list(COLUMNS))


def spread_and_flagging(setting: Setting, replicates: int, priors: Priors, seed: int) -> Iterator[dict]:
    """Yield how well the spread is estimated and harmful therapists are flagged, one row per quantity."""
    shares, widths, covered, flagged, raw, truths = [], [], [], [], [], []
    place, true_share = np.arange(setting.therapists), vpc(setting.therapist_sd)
    for replicate in range(replicates):
        events, rate, _ = setting.drawn(seed, replicate)
        data = setting.counted(replicate, events)
        if (tree := posterior(data, priors, seed)) is None:
            continue
        low, high = np.quantile(tree["posterior"]["therapist_sd"].values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        widths.append(high - low)
        shares.append(vpc(high) - vpc(low))
        covered.append(vpc(low) <= true_share <= vpc(high))
        flagged.append(bayes.therapists(tree, data).assign(replicate=replicate))
        plain = {"therapist": place, "score": events / setting.sizes, "exceeds": np.nan}
        raw.append(pd.DataFrame(plain).assign(rate=np.nan, low=np.nan, high=np.nan, replicate=replicate))
        truths.append(pd.DataFrame({"therapist": place, "rate": rate, "replicate": replicate}))
    for name, values in (("width", shares), ("width_sd", widths), ("coverage", covered)):
        yield mean_row("spread", name, np.array(values, dtype=float))
    failed = 1 - len(widths) / replicates
    yield {"question": "spread", "quantity": "failed", "value": failed, "replicates": replicates}
    if not truths:
        return
    for prefix, tables, rule in (("", flagged, "flag_probable"), ("raw_", raw, "flag_worst")):
        found = profiling(pd.concat(tables), pd.concat(truths))
        for one in found[found["estimand"] == rule].itertuples():
            about = {"question": "flagging", "quantity": f"{prefix}{one.measure}", "replicates": one.n}
            yield about | {"value": one.value, "mcse": one.mcse}


def power(setting: Setting, replicates: int, seed: int) -> dict:
    """Return the power of the t-test that burnout, as rated, matters."""
    rejects = [t_test(setting, seed, replicate) for replicate in range(replicates)]
    return mean_row("burnout", "power", np.array(rejects)) | {"effect": setting.effect}


def t_test(setting: Setting, seed: int, replicate: int) -> float:
    """Return whether the maximum-likelihood t-test finds burnout in one data set, 1 or 0."""
    events, _, rating = setting.drawn(seed, replicate)
    data = setting.counted(replicate, events, rating)
    try:
        found = fit(data, NODES)
    except DataError:  # nobody deteriorated: nothing is found
        return 0.0
    return float(abs(found.estimate[1]) > critical(setting.freedom) * found.standard_error[1])


def reliability(setting: Setting, seed: int) -> Iterator[dict]:
    """Yield the squared correlation of raw and true rates, its error from ten parts, and what the formula gives."""
    events, rate, _ = setting.drawn(seed, 0)
    raw = events / setting.sizes
    # Every tenth therapist, so that short and long lists are in each part.
    parts = [np.corrcoef(raw[first::10], rate[first::10])[0, 1] ** 2 for first in range(10)]
    yield mean_row("reliability", "raw_rate", np.array(parts))
    information = setting.clients * setting.rate * (1 - setting.rate) * setting.therapist_sd**2
    yield {"question": "reliability", "quantity": "formula", "value": information / (1 + information), "mcse": 0.0}
