"""A service of the statistical world without case mix: each therapist's clients are one count."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import xarray as xr
from scipy.special import expit, ndtri
from scipy.stats import binom

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.inference.data.outcomes import OutcomeData, counts
from iatrogenesis.inference.engines.collapsed.engine import Unreliable, sample
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.inference.models.spread import log_odds_at

DRAWS, CHAINS = 500, 2  # what a replicate tells differs far more between replicates than between draws


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

    def next_year(self, seed: int, replicate: int, risk: np.ndarray) -> np.ndarray:
        """Return counts of as many clients again, whose therapists have the same risk, int, shape (therapists,)."""
        noise = Noise(derived_seed(seed, "advice", self.name))
        uniform = noise.uniform("next year", replicate=replicate, therapist=np.arange(self.therapists))
        return binom.ppf(uniform, self.sizes, risk).astype(np.int64)

    def ids(self) -> tuple[str, ...]:
        """The therapists' names."""
        return tuple(f"T{index:05d}" for index in range(self.therapists))

    def counted(self, replicate: int, events: np.ndarray, rating: np.ndarray | None = None) -> OutcomeData:
        """Return a row per therapist, with burnout's rating, if given, and services."""
        data = counts(f"{self.name}, {replicate}", self.ids(), events, self.sizes)
        rated = [] if rating is None else [rating - rating.mean()]
        columns = np.column_stack([*rated, self.in_service])
        names = ("burnout_rating",) * len(rated) + tuple(f"service[{one}]" for one in range(1, self.services))
        centre = np.zeros(len(names))
        centre[: len(rated)] = 0.0 if rating is None else rating.mean()
        return replace(data, covariates=columns, covariate_names=names, centre=centre, scale=np.ones(len(names)))


def posterior(data: OutcomeData, priors: Priors, seed: int) -> xr.DataTree | None:
    """Fit one data set; none where the engine gives no draws."""
    model = "casemix" if data.covariate_names else "intercept_only"
    try:
        return sample(model, data, priors, seed, draws=DRAWS, chains=CHAINS)
    except Unreliable:
        return None


def mean_row(question: str, quantity: str, values: np.ndarray) -> dict:
    """Return the mean over data sets with its Monte Carlo standard error, as a row of the grid."""
    about = {"question": question, "quantity": quantity, "replicates": len(values)}
    if len(values) < 2:
        return about | {"value": np.nan, "mcse": np.nan}
    return about | {"value": float(values.mean()), "mcse": float(values.std(ddof=1) / np.sqrt(len(values)))}
