"""Who takes part in data of the statistical model: therapists, clients, their states, ratings and starting points.

All is drawn from the keyed noise: a client's numbers do not depend on how many other clients or therapists there are,
nor on any coefficient.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from scipy.special import gammaincinv, ndtr, ndtri, stdtrit

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.covariates import AGE_BANDS

# Where the starting scores lie, and by what one standardised unit is meant: whole numbers near the published ones
# (evidence M02, M03), so that truths are exact.
CENTRE = {"phq9_first": 14.0, "gad7_first": 13.0, "deprivation": 5.5}
SCALE = {"phq9_first": 6.0, "gad7_first": 5.0, "deprivation": 3.0}
HIGHEST = {"phq9_first": 27, "gad7_first": 21}
# Courses finished in England 2023-24 (NHS Talking Therapies annual data): 18.5, 74.6, 4.7 and 2.2 %.
VULNERABLE_SHARE = 0.2  # a round number: the truth is exact whatever it is
AGE_SHARES = (0.185, 0.746, 0.047, 0.022)
STATES = ("competence", "burnout", "fit")
RATED = (*STATES, "alliance")

SHAPES = ("normal", "skewed", "heavy_tailed", "two_classes")
FREEDOM = 4.0  # of the t distribution: one therapist in 45 lies beyond 2.5 SD instead of one in 80
GAMMA = 2.0  # shape of the gamma distribution: skewness 1.4
RAISED_SHARE, APART = 0.1, 3.0  # a tenth of the therapists lies three SD of the others above them


class Allocation(BaseModel):
    """Who comes to whom.

    Attributes
    ----------
    severity, deprivation
        Correlation of what clients' first scores, and their deprivation, say about their risk with the harm that their
        therapist does: those of greater risk come to therapists who do more harm.
    unmeasured
        The same of a cause of deterioration that all clients of a therapist share and nothing measures (a catchment
        area, say).
    between
        Share of the variance of first scores that lies between therapists, whatever harm they do.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    severity: Annotated[float, Field(ge=0, lt=1)] = 0.0
    deprivation: Annotated[float, Field(ge=0, lt=1)] = 0.0
    unmeasured: Annotated[float, Field(ge=0, lt=1)] = 0.0
    between: Annotated[float, Field(ge=0, lt=1)] = 0.0


@dataclass(frozen=True)
class People:
    """The keyed noise of these people, by name of the decision; one entry per client.

    Attributes
    ----------
    therapist, client
        int, shape (clients,): the therapist, and the client's place on the therapist's list.
    """

    noise: Noise
    replicate: int
    therapist: np.ndarray
    client: np.ndarray

    def normal(self, decision: str, *, per_therapist: bool = False) -> np.ndarray:
        """Standard normals, one per client, or one per therapist repeated over the therapist's clients."""
        return self.noise.normal(f"logit_normal.{decision}", **self._who(per_therapist))

    def uniform(self, decision: str) -> np.ndarray:
        """Uniforms, one per client."""
        return self.noise.uniform(f"logit_normal.{decision}", **self._who(False))

    def _who(self, per_therapist: bool) -> dict[str, object]:
        client = np.zeros_like(self.client) if per_therapist else self.client
        return {"replicate": self.replicate, "therapist": self.therapist, "client": client}

    def harm(self) -> np.ndarray:
        """Of each client's therapist, as an allocation sees it: burnout and own effect, standard normal together."""
        parts = (self.normal(name, per_therapist=True) for name in ("burnout", "therapist_effect"))
        return sum(parts) / np.sqrt(2)

    def allotted(self, own: np.ndarray, correlation: float) -> np.ndarray:
        """Standard normals, correlated with the therapist's harm."""
        if correlation == 0:
            return own
        return correlation * self.harm() + np.sqrt(1 - correlation**2) * own

    def case_mix(
        self, allocation: Allocation, risk: Mapping[str, float], correlation: float = 0.0
    ) -> dict[str, np.ndarray]:
        """Age band, deprivation and first scores.

        Parameters
        ----------
        risk
            Coefficients of the columns: their signs say which clients are at greater risk.
        correlation
            Of the two first scores.
        """
        band = np.searchsorted(np.cumsum(AGE_SHARES)[:-1], self.uniform("age_band"), side="right")
        own = self.normal("phq9_first")
        first = {
            "phq9_first": own,
            "gad7_first": correlation * own + np.sqrt(1 - correlation**2) * self.normal("gad7_first"),
        }
        scores = {}
        for name, top in HIGHEST.items():
            standard = self.allotted(
                self._spread(first[name], name, allocation.between), _signed(allocation, risk, name)
            )
            scores[name] = np.clip(np.rint(CENTRE[name] + SCALE[name] * standard), 0, top).astype(int)
        place = self.uniform("deprivation")
        if allocation.deprivation:
            place = ndtr(self.allotted(ndtri(place), _signed(allocation, risk, "deprivation")))
        tenths = np.floor(10 * place).astype(int) + 1
        return {"age_band": np.array(AGE_BANDS)[band], "deprivation": tenths, **scores}

    def _spread(self, own: np.ndarray, name: str, between: float) -> np.ndarray:
        """Standard normals of which a share of the variance is the therapist's."""
        if between == 0:
            return own
        shared = self.normal(f"{name}_between", per_therapist=True)
        return np.sqrt(between) * shared + np.sqrt(1 - between) * own

    def states(self, reliability: Mapping[str, float]) -> dict[str, np.ndarray]:
        """True states and their ratings, with these squared correlations of rating and state."""
        found = {}
        for name in STATES:
            shared = name != "fit"  # competence and burnout belong to the therapist, and so do their ratings
            found[name] = self.normal(name, per_therapist=shared)
            error = self.normal(f"{name}_rating", per_therapist=shared)
            found[f"{name}_rating"] = _rated(found[name], error, reliability[name])
        found["alliance_rating"] = _rated(found["fit"], self.normal("alliance_rating"), reliability["alliance"])
        return found


def _rated(state: np.ndarray, error: np.ndarray, reliability: float) -> np.ndarray:
    return np.sqrt(reliability) * state + np.sqrt(1 - reliability) * error


def _signed(allocation: Allocation, risk: Mapping[str, float], name: str) -> float:
    """The correlation of a column with harm: positive where more of it is a greater risk."""
    size = allocation.deprivation if name == "deprivation" else allocation.severity
    return -size if risk[name] < 0 else size


def shaped(standard: np.ndarray, shape: str) -> np.ndarray:
    """Standard normals as numbers of mean 0 and SD 1 from a distribution of `SHAPES`."""
    if shape == "skewed":
        return (gammaincinv(GAMMA, ndtr(standard)) - GAMMA) / np.sqrt(GAMMA)
    if shape == "heavy_tailed":
        return stdtrit(FREEDOM, ndtr(standard)) / np.sqrt(FREEDOM / (FREEDOM - 2))
    if shape == "two_classes":
        # The highest tenth is the raised class; within each class the numbers are normal again.
        place = ndtr(standard)
        raised = place >= 1 - RAISED_SHARE
        inside = np.where(raised, (place - (1 - RAISED_SHARE)) / RAISED_SHARE, place / (1 - RAISED_SHARE))
        mixed = ndtri(np.clip(inside, 1e-12, 1 - 1e-12)) + APART * raised
        spread = np.sqrt(1 + RAISED_SHARE * (1 - RAISED_SHARE) * APART**2)
        return (mixed - RAISED_SHARE * APART) / spread
    return standard
