"""Common parameters on scales on which priors are alike and posteriors nearly normal.

A location is standardised by its prior, a share is what a standard normal number becomes by its prior's quantiles. A
standard deviation is, far from 0, its multiple of the prior's scale, and near 0 goes to minus infinity: so a posterior
that reaches 0 has a tail there, and no edge. On these scales no posterior has heavier tails than an exponential,
because no likelihood is above its maximum: a proposal with t tails bounds the importance weights, whatever the model.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv, ndtr, ndtri
from scipy.stats import beta, halfnorm, norm

from iatrogenesis.inference.data.outcomes import FitData
from iatrogenesis.inference.models.by_name import model as model_module
from iatrogenesis.inference.models.priors import Beta, CentredNormal, HalfNormal, Normal, Prior, Priors

Draws = Mapping[str, np.ndarray]
EDGE = 0.06  # in scales of the prior: where a standard deviation begins to count as near 0
LEAST_SHARE = 1e-9  # shares nearer to 0 or 1 are taken for this: no data tell them apart


@dataclass(frozen=True)
class Parameters:
    """The parameters of one fit that have priors of their own, in the order in which the model declares them.

    Attributes
    ----------
    priors
        Of each parameter, by name.
    sizes
        How many numbers each has; None where it is one number without a dimension.
    """

    priors: Mapping[str, Prior]
    sizes: Mapping[str, int | None]

    @classmethod
    def of(cls, model: str, data: FitData, priors: Priors) -> "Parameters":
        """Read what the model declares; a dimension that the data do not have leaves its parameter out."""
        coords, chosen, sizes = data.coords(), {}, {}
        for name, (dim, path) in model_module(model).PARAMETERS.items():
            if path is not None and (dim is None or coords.get(dim)):
                chosen[name] = priors.at(path)
                sizes[name] = None if dim is None else len(coords[dim])
        return cls(chosen, sizes)

    @property
    def size(self) -> int:
        """How many numbers there are in all."""
        return sum(size or 1 for size in self.sizes.values())

    def place(self, name: str) -> slice:
        """Where one parameter stands among all numbers."""
        names = list(self.sizes)
        first = sum(self.sizes[one] or 1 for one in names[: names.index(name)])
        return slice(first, first + (self.sizes[name] or 1))

    def sd(self, name: str) -> float:
        """Standard deviation of a location's prior."""
        prior = self.priors[name]
        if not isinstance(prior, Normal | CentredNormal):
            raise TypeError(f"{name} has no normal prior, found {type(prior).__name__}")
        return prior.sd

    def point(self, at: np.ndarray) -> dict[str, np.ndarray]:
        """Return parameters by name, shape (draws,) or (draws, size), at coordinates (draws, d)."""
        found = {}
        for name, prior in self.priors.items():
            values = _from(prior, at[:, self.place(name)])
            found[name] = values[:, 0] if self.sizes[name] is None else values
        return found

    def coordinates(self, point: Draws) -> np.ndarray:
        """Return the coordinates, shape (d,), of one point: the inverse of `point`."""
        return np.concatenate([np.atleast_1d(_to(prior, point[name])) for name, prior in self.priors.items()])

    def log_density(self, at: np.ndarray) -> np.ndarray:
        """Log prior density of the coordinates, (draws, d) to (draws,), without its constant."""
        found = np.zeros(len(at))
        for name, prior in self.priors.items():
            y = at[:, self.place(name)]
            if isinstance(prior, HalfNormal):
                found += np.sum(-0.5 * (EDGE * np.logaddexp(0.0, y / EDGE)) ** 2 - np.logaddexp(0.0, -y / EDGE), axis=1)
            else:
                found += -0.5 * np.sum(y**2, axis=1)
        return found

    def log_prior(self, point: Draws) -> float:
        """Log prior density of one point, on the parameters' own scales."""
        return float(sum(np.sum(_log_density(prior, point[name])) for name, prior in self.priors.items()))


def _from(prior: Prior, y: np.ndarray) -> np.ndarray:
    match prior:
        case Normal(mean=mean, sd=sd):
            return mean + sd * y
        case CentredNormal(sd=sd):
            return sd * y
        case HalfNormal(scale=scale):
            return scale * EDGE * np.logaddexp(0.0, y / EDGE)
        case Beta(a=a, b=b):
            return np.clip(betaincinv(a, b, ndtr(y)), LEAST_SHARE, 1.0 - LEAST_SHARE)
        case _:
            raise TypeError(f"no scale is known for the prior {type(prior).__name__}; add it here")


def _to(prior: Prior, value: np.ndarray) -> np.ndarray:
    match prior:
        case Normal(mean=mean, sd=sd):
            return (value - mean) / sd
        case CentredNormal(sd=sd):
            return np.asarray(value) / sd
        case HalfNormal(scale=scale):
            ratio = np.maximum(value, 1e-9 * scale) / (EDGE * scale)
            return EDGE * (ratio + np.log(-np.expm1(-ratio)))
        case Beta(a=a, b=b):
            return ndtri(betainc(a, b, value))
        case _:
            raise TypeError(f"no scale is known for the prior {type(prior).__name__}; add it here")


def _log_density(prior: Prior, value: np.ndarray) -> np.ndarray:
    match prior:
        case Normal(mean=mean, sd=sd):
            return norm.logpdf(value, mean, sd)
        case CentredNormal(sd=sd):
            return norm.logpdf(value, 0.0, sd)
        case HalfNormal(scale=scale):
            return halfnorm.logpdf(value, scale=scale)
        case Beta(a=a, b=b):
            return beta.logpdf(value, a, b)
        case _:
            raise TypeError(f"no density is known for the prior {type(prior).__name__}; add it here")
