"""How many therapists and clients does it take? The statistical world without case mix, on a grid.

Each therapist's clients are one count, for which the models are exact and take milliseconds; so the grid can be fine.

===============  =======================================================================================================
question         quantities
===============  =======================================================================================================
`spread`         width and coverage of the 95 % interval of the VPC (Bayes, null)
`flagging`       sensitivity, fdr, flagged: of those flagged as harmful (`iatrogenesis.core.definitions`; Bayes, null);
                 and, prefixed `raw_`, of the worst 5 % by raw rate
`burnout`        power of the maximum-likelihood test that burnout, as rated, matters
`reliability`    raw_rate: squared correlation of therapists' raw rates with their true ones; formula: what
                 n p (1 - p) s^2 / (1 + n p (1 - p) s^2) gives
===============  =======================================================================================================
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import binom, norm

from iatrogenesis.core.montecarlo import replicates_for
from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.outcomes import OutcomeData, counts
from iatrogenesis.inference.engines.collapsed.engine import Unreliable, sample
from iatrogenesis.inference.engines.maximum_likelihood import fit
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.inference.models.spread import log_odds_at, vpc
from iatrogenesis.simulation_study.grid import Advice
from iatrogenesis.simulation_study.methods import bayes
from iatrogenesis.simulation_study.methods.answer import LEVEL
from iatrogenesis.simulation_study.profiling import profiling

COLUMNS = ("question", "therapists", "clients", "therapist_sd", "effect", "quantity", "value", "mcse", "replicates")
DRAWS = 500  # of each chain: what a replicate tells differs far more between replicates than between draws
MANY = 40_000  # therapists whose raw rates are set beside their true ones
NODES = 9
Z = float(norm.ppf(0.5 + LEVEL / 2))


def column(grid: Advice, clients: int, priors: Priors, seed: int) -> pd.DataFrame:
    """Return every quantity at one number of clients per therapist; columns `COLUMNS`."""
    rows = []
    for sd in grid.therapist_sd:
        rows += [{"therapists": MANY, "therapist_sd": sd, **row} for row in _reliability(grid, clients, sd, seed)]
        for therapists in grid.therapists:
            place = {"therapists": therapists, "therapist_sd": sd}
            rows += [place | row for row in _spread_and_flagging(grid, therapists, clients, sd, priors, seed)]
            if sd == grid.therapist_sd[0]:
                for effect in grid.burnout:
                    rows.append(place | _power(grid, therapists, clients, sd, effect, seed))
    table = pd.DataFrame(rows).assign(clients=clients)
    return table.reindex(columns=list(COLUMNS))


def _drawn(
    grid: Advice, therapists: int, clients: int, sd: float, effect: float, noise: Noise, replicate: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts, true rates and burnout's ratings. The total spread is `sd`, burnout's part included."""
    who = {"replicate": replicate, "therapist": np.arange(therapists)}
    burnout = noise.normal("burnout", **who)
    error = noise.normal("rating", **who)
    own = np.sqrt(max(sd**2 - effect**2, 0.0)) * noise.normal("effect", **who)
    rate = expit(log_odds_at(grid.rate, sd) + effect * burnout + own)
    # Clients one by one, so that a longer list begins with the shorter one.
    client = noise.uniform(
        "client", replicate=replicate, therapist=np.arange(therapists)[:, None], client=np.arange(clients)
    )
    events = (client < rate[:, None]).sum(axis=1)
    return events, rate, np.sqrt(grid.reliability) * burnout + np.sqrt(1 - grid.reliability) * error


def _ids(therapists: int) -> tuple[str, ...]:
    return tuple(f"T{index:05d}" for index in range(therapists))


def _spread_and_flagging(
    grid: Advice, therapists: int, clients: int, sd: float, priors: Priors, seed: int
) -> Iterator[dict]:
    noise, number = Noise(derived_seed(seed, "advice")), replicates_for(grid.coverage_mcse)
    widths, covered, flagged, raw, truths = [], [], [], [], []
    for replicate in range(number):
        events, rate, _ = _drawn(grid, therapists, clients, sd, 0.0, noise, replicate)
        data = counts(
            f"{therapists}x{clients}-{sd}-{replicate}", _ids(therapists), events, np.full(therapists, clients)
        )
        try:
            tree = sample("null", data, priors, seed, draws=DRAWS, chains=2)
        except Unreliable:
            continue
        share = vpc(tree["posterior"]["therapist_sd"].values.ravel())
        low, high = np.quantile(share, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        widths.append(high - low)
        covered.append(low <= vpc(sd) <= high)
        flagged.append(bayes.therapists(tree, data).assign(replicate=replicate))
        plain = {"therapist": np.arange(therapists), "score": events / clients, "exceeds": np.nan}
        raw.append(pd.DataFrame(plain).assign(rate=np.nan, low=np.nan, high=np.nan, replicate=replicate))
        truths.append(pd.DataFrame({"therapist": np.arange(therapists), "rate": rate, "replicate": replicate}))
    for name, values in (("width", np.array(widths)), ("coverage", np.array(covered, dtype=float))):
        yield _row("spread", name, values)
    yield {"question": "spread", "quantity": "failed", "value": 1 - len(widths) / number, "replicates": number}
    for prefix, tables, rule in (("", flagged, "flag_probable"), ("raw_", raw, "flag_worst")):
        found = profiling(pd.concat(tables), pd.concat(truths)).pipe(_of, rule)
        for one in found.itertuples():
            about = {"question": "flagging", "quantity": f"{prefix}{one.measure}", "replicates": one.n}
            yield about | {"value": one.value, "mcse": one.mcse}


def _of(table: pd.DataFrame, estimand: str) -> pd.DataFrame:
    return table[table["estimand"] == estimand]


def _power(grid: Advice, therapists: int, clients: int, sd: float, effect: float, seed: int) -> dict:
    noise, rejects = Noise(derived_seed(seed, "advice")), []
    for replicate in range(replicates_for(grid.coverage_mcse)):
        events, _, rating = _drawn(grid, therapists, clients, sd, effect, noise, replicate)
        data = OutcomeData(
            dataset=f"{therapists}x{clients}-{effect}-{replicate}",
            deteriorated=events,
            trials=np.full(therapists, clients),
            therapist=np.arange(therapists),
            therapist_ids=_ids(therapists),
            covariates=(rating - rating.mean())[:, None],
            covariate_names=("burnout_rating",),
            centre=np.array([rating.mean()]),
            scale=np.ones(1),
        )
        try:
            found = fit(data, NODES)
        except DataError:  # nobody deteriorated: nothing is found
            rejects.append(0.0)
            continue
        rejects.append(float(abs(found.estimate[1]) > Z * found.standard_error[1]))
    return _row("burnout", "power", np.array(rejects)) | {"effect": effect}


def _reliability(grid: Advice, clients: int, sd: float, seed: int) -> Iterator[dict]:
    """Squared correlation of raw and true rates; its error from ten parts."""
    noise = Noise(derived_seed(seed, "advice", "reliability"))
    who = {"therapist": np.arange(MANY)}
    rate = expit(log_odds_at(grid.rate, sd) + sd * noise.normal("effect", **who))
    events = binom.ppf(noise.uniform("clients", **who, client=clients), clients, rate)
    parts = [np.corrcoef(a, b)[0, 1] ** 2 for a, b in zip(np.split(events, 10), np.split(rate, 10), strict=True)]
    yield _row("reliability", "raw_rate", np.array(parts))
    information = clients * grid.rate * (1 - grid.rate) * sd**2
    yield {"question": "reliability", "quantity": "formula", "value": information / (1 + information), "mcse": 0.0}


def _row(question: str, quantity: str, values: np.ndarray) -> dict:
    about = {"question": question, "quantity": quantity, "replicates": len(values)}
    if len(values) < 2:
        return about | {"value": np.nan, "mcse": np.nan}
    return about | {"value": float(values.mean()), "mcse": float(values.std(ddof=1) / np.sqrt(len(values)))}
