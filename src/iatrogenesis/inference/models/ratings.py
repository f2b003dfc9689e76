"""What ratings say of latent traits, in NumPy, at many points at a time, as the collapsed engine asks for it.

The formulas are those of `iatrogenesis.inference.models.measurement`.
"""

from dataclasses import dataclass

import numpy as np

from iatrogenesis.inference.models.generative import Point


@dataclass(frozen=True)
class GivenRatings:
    """What the ratings say of the log odds at some points, in the words of the module's equations.

    Attributes
    ----------
    log_density
        Of the ratings, up to a constant: that of each therapist's mean, the rest shared evenly, shape (draws, J).
    intercept
        Added to the intercept, shape (draws,).
    own
        Coefficients of the clients' ratings, shape (draws, traits).
    shared
        Log odds that the therapists' mean ratings lead to expect, shape (draws, J).
    unknown
        Variance that the therapist's traits leave open, shape (draws, J).
    rest
        Variance that each client's own traits leave open, shape (draws,).
    """

    log_density: np.ndarray
    intercept: np.ndarray
    own: np.ndarray
    shared: np.ndarray
    unknown: np.ndarray
    rest: np.ndarray


@dataclass(frozen=True)
class Ratings:
    """Sums of the ratings that their density needs: the same formulas as in `build`, in NumPy, at many points.

    Attributes
    ----------
    mean
        Therapists' mean ratings, shape (J, traits).
    squares
        Sums of squares of the clients' ratings around them, shape (traits,).
    clients
        Shape (J,).
    reliability, single
        Shape (traits,): of each rating, and whether there is one per therapist.
    """

    mean: np.ndarray
    squares: np.ndarray
    clients: np.ndarray
    reliability: np.ndarray
    single: np.ndarray

    def start(self) -> dict[str, np.ndarray]:
        """Return traits by moments: parameters near their mode."""
        root, error = np.sqrt(self.reliability), 1.0 - self.reliability
        rows, therapists = self.clients.sum(), len(self.clients)
        spread = np.where(self.single, error, self.squares / max(rows - therapists, 1))
        within = np.sqrt(np.maximum(spread - error, 0.02)) / root
        left = self.mean.var(axis=0) - np.where(self.single, error, spread * np.mean(1.0 / self.clients))
        return {
            "trait_mean": self.mean.mean(axis=0) / root,
            "trait_between": np.sqrt(np.maximum(left, 0.02)) / root,
            "trait_within": within[~self.single],
        }

    def given(self, point: Point) -> GivenRatings:
        """Return what the ratings say at points: parameters of shape (draws,) or (draws, size)."""
        coefficients, mean, between = (point[f"trait_{what}"] for what in ("coefficients", "mean", "between"))
        within = np.zeros_like(mean)
        if not self.single.all():
            within[:, ~self.single] = point["trait_within"]
        rows, therapists = self.clients.sum(), len(self.clients)
        root, error = np.sqrt(self.reliability), 1.0 - self.reliability
        spread = self.reliability * within**2 + error
        of_mean = np.where(self.single, error, spread[:, None] / self.clients[:, None])  # (draws, J, traits)
        total = self.reliability * between[:, None] ** 2 + of_mean
        surprise = self.mean - (root * mean)[:, None]
        of_means = -0.5 * (np.log(total) + surprise**2 / total).sum(axis=2)
        inside = -0.5 * ((rows - therapists) * np.log(spread) + self.squares / spread)
        pull = root * within**2 / spread
        left = coefficients * (1.0 - pull * root)
        return GivenRatings(
            log_density=of_means + np.where(self.single, 0.0, inside).sum(axis=1, keepdims=True) / therapists,
            intercept=-np.sum(root * mean * coefficients * pull, axis=1),
            own=coefficients * pull,
            shared=np.einsum("djt,dt->dj", root * between[:, None] ** 2 / total * surprise, left),
            unknown=np.einsum("djt,dt->dj", between[:, None] ** 2 * of_mean / total, left**2),
            rest=np.sum(within**2 * error / spread * coefficients**2, axis=1),
        )
