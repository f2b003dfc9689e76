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
`reliability`    raw_rate: squared correlation of therapists' raw rates with their true ones; formula: what
                 n p (1 - p) s^2 / (1 + n p (1 - p) s^2) gives
===============  =======================================================================================================
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.special import expit, ndtri
from scipy.stats import binom

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
from iatrogenesis.simulation_study.power_curve import critical
from iatrogenesis.simulation_study.profiling import profiling

COLUMNS = ("question", "therapists", "clients", "therapist_sd", "effect", "quantity", "value", "mcse", "replicates")
DRAWS = 500  # of each chain: what a replicate tells differs far more between replicates than between draws
MANY = 40_000  # therapists whose raw rates are set beside their true ones
NODES = 9


@dataclass(frozen=True)
class Setting:
    """A service: numbers of therapists and clients, and what is true of them.

    Attributes
    ----------
    therapists, clients
        Number of therapists, and mean number of clients of each.
    therapist_sd
        In log odds, burnout's part included.
    effect
        Log odds ratio per SD of true burnout.
    rate, reliability
        Deterioration rate; reliability of burnout's rating.
    clients_spread
        Log SD of the therapists' numbers of clients.
    services, service_sd
        Number of services among which the therapists are shared out, and the SD of the services' log odds. Therapists
        are then compared within their service: each analysis has a coefficient per service beyond the first.
    """

    therapists: int
    clients: int
    therapist_sd: float
    rate: float
    reliability: float = 1.0
    effect: float = 0.0
    clients_spread: float = 0.0
    services: int = 1
    service_sd: float = 0.0

    @cached_property
    def sizes(self) -> np.ndarray:
        """Each therapist's number of clients, int, shape (therapists,): quantiles of a log-normal, at least 1."""
        place = ndtri((np.arange(self.therapists) + 0.5) / self.therapists)
        lengths = self.clients * np.exp(self.clients_spread * place - self.clients_spread**2 / 2)
        return np.maximum(np.rint(lengths), 1).astype(np.int64)

    @cached_property
    def intercept(self) -> float:
        """Log odds of the average therapist's clients in the average service."""
        return log_odds_at(self.rate, float(np.hypot(self.therapist_sd, self.service_sd)))

    @cached_property
    def service(self) -> np.ndarray:
        """Each therapist's service, int, shape (therapists,): in turn, so that each has short and long lists."""
        return np.arange(self.therapists) % self.services

    @cached_property
    def in_service(self) -> np.ndarray:
        """A centred column for each service beyond the first, shape (therapists, services - 1)."""
        columns = (self.service[:, None] == np.arange(1, self.services)).astype(float)
        return columns - columns.mean(axis=0)

    @property
    def freedom(self) -> int:
        """Degrees of freedom of what therapists differ in, beside burnout."""
        return self.therapists - self.services - 1

    @property
    def name(self) -> str:
        """What data sets are called, and their noise is keyed by."""
        return (
            f"{self.therapists}x{self.clients}~{self.clients_spread:g}, SD {self.therapist_sd:g}, "
            f"burnout {self.effect:g} of {self.reliability:g}, rate {self.rate:g}"
            + (f", {self.services} services, SD {self.service_sd:g}" if self.services > 1 else "")
        )

    def drawn(self, seed: int, replicate: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return counts, true rates and burnout's ratings of one data set, shape (therapists,) each.

        The true rate is that of the clients of all services with this therapist.
        """
        noise = Noise(derived_seed(seed, "advice", self.name))
        who = {"replicate": replicate, "therapist": np.arange(self.therapists)}
        burnout, error = noise.normal("burnout", **who), noise.normal("rating", **who)
        own = np.sqrt(max(self.therapist_sd**2 - self.effect**2, 0.0)) * noise.normal("effect", **who)
        log_odds = self.intercept + self.effect * burnout + own
        rate = risk = expit(log_odds)
        if self.services > 1:
            of_service = self.service_sd * noise.normal(
                "service", replicate=replicate, therapist=np.arange(self.services)
            )
            share = np.bincount(self.service, self.sizes, self.services) / self.sizes.sum()
            risk, rate = expit(log_odds + of_service[self.service]), expit(log_odds[:, None] + of_service) @ share
        events = binom.ppf(noise.uniform("clients", **who), self.sizes, risk).astype(np.int64)
        return events, rate, np.sqrt(self.reliability) * burnout + np.sqrt(1 - self.reliability) * error

    def ids(self) -> tuple[str, ...]:
        """The therapists' names."""
        return tuple(f"T{index:05d}" for index in range(self.therapists))


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
        data = _counted(setting, replicate, events)
        try:
            tree = sample(
                "casemix" if data.covariate_names else "intercept_only", data, priors, seed, draws=DRAWS, chains=2
            )
        except Unreliable:
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
        yield _row("spread", name, np.array(values, dtype=float))
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
    return _row("burnout", "power", np.array(rejects)) | {"effect": setting.effect}


def t_test(setting: Setting, seed: int, replicate: int) -> float:
    """Return whether the maximum-likelihood t-test finds burnout in one data set, 1 or 0."""
    events, _, rating = setting.drawn(seed, replicate)
    data = _counted(setting, replicate, events, rating)
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
    yield _row("reliability", "raw_rate", np.array(parts))
    information = setting.clients * setting.rate * (1 - setting.rate) * setting.therapist_sd**2
    yield {"question": "reliability", "quantity": "formula", "value": information / (1 + information), "mcse": 0.0}


def _counted(setting: Setting, replicate: int, events: np.ndarray, rating: np.ndarray | None = None) -> OutcomeData:
    """A row per therapist, with burnout's rating, if given, and services."""
    data = counts(f"{setting.name}, {replicate}", setting.ids(), events, setting.sizes)
    rated = [] if rating is None else [rating - rating.mean()]
    columns = np.column_stack([*rated, setting.in_service])
    names = ("burnout_rating",) * len(rated) + tuple(f"service[{one}]" for one in range(1, setting.services))
    centre = np.zeros(len(names))
    centre[: len(rated)] = 0.0 if rating is None else rating.mean()
    return replace(data, covariates=columns, covariate_names=names, centre=centre, scale=np.ones(len(names)))


def _row(question: str, quantity: str, values: np.ndarray) -> dict:
    about = {"question": question, "quantity": quantity, "replicates": len(values)}
    if len(values) < 2:
        return about | {"value": np.nan, "mcse": np.nan}
    return about | {"value": float(values.mean()), "mcse": float(values.std(ddof=1) / np.sqrt(len(values)))}
