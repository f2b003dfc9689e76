"""Draw every client's course from the model `growth` for several instruments at once, by Gibbs sampling.

    scores_it = level_i + slope_i t + Normal(0, R)                    one number per instrument, t in doublings
    b_i = (level_i, slope_i) ~ Normal(A' x_i + c_j, G),   c_j ~ Normal(0, T)                 of every instrument

R, G and T are whole covariance matrices, so that what PHQ-9 tells of GAD-7 is used. A is flat; R, G and T have
inverse-Wishart priors with one degree of freedom more than they need, centred on what `PRIOR_SHARE` says. Every
conditional is then of a known form, and clients with the same sessions share one matrix, so that a sweep over six
thousand clients takes a few milliseconds. It is the imputer's model: what counts are draws of the courses, not its
coefficients, for which `growth` has its own priors and sampler.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.courses import Courses

PRIOR_SHARE = {"residual": 0.3, "client": 0.7, "therapist": 0.03}
"""Of the variance of the first scores, where priors of residual, client and therapist variance are centred."""
SLOPE_SHARE = 0.1  # prior variance of slopes over that of levels
WARM = 200
EVERY = 4


@dataclass(frozen=True)
class Sums:
    """What scores say: per client sums over sessions of z z', z y' and y y', with z = (1, t)."""

    zz: np.ndarray  # (n, 2, 2)
    zy: np.ndarray  # (n, 2, m)
    yy: np.ndarray  # (n, m, m)

    @classmethod
    def of(cls, courses: Courses) -> "Sums":
        """Sum up."""
        z, y = np.column_stack([np.ones_like(courses.times), courses.times]), courses.scores
        pairs = ((z, z), (z, y), (y, y))
        return cls(*(_summed(one[:, :, None] * other[:, None, :], courses) for one, other in pairs))


def _summed(terms: np.ndarray, courses: Courses) -> np.ndarray:
    n = len(courses.sessions)
    flat = terms.reshape(len(terms), -1)
    found = np.column_stack([np.bincount(courses.row, weights=column, minlength=n) for column in flat.T])
    return found.reshape(n, *terms.shape[1:])


@dataclass(frozen=True)
class Drawn:
    """One draw: courses b (n, m, 2), the residual covariance (m, m), and what is above them.

    ``means`` are A' x_i + c_j, shape (n, m, 2); ``clients`` and ``therapists`` the covariances G and T (2m, 2m).
    """

    courses: np.ndarray
    residual: np.ndarray
    means: np.ndarray
    clients: np.ndarray
    therapists: np.ndarray


class Imputer:
    """Gibbs sampler for one data set."""

    def __init__(self, courses: Courses, noise: Noise):
        self.courses, self.noise, self.sums = courses, noise, Sums.of(courses)
        self.m = len(courses.instruments)
        self.patterns, self.pattern = np.unique(self.sums.zz.reshape(-1, 4), axis=0, return_inverse=True)
        self.patterns = self.patterns.reshape(-1, 2, 2)
        inverse = np.linalg.inv(courses.design.T @ courses.design)
        self.root, self.fit = np.linalg.cholesky(inverse), inverse @ courses.design.T
        self.caseload = np.bincount(courses.therapist, minlength=len(courses.therapist_ids))
        variance = courses.first.var(axis=0)
        share = {unit: value * np.diag(variance) for unit, value in PRIOR_SHARE.items()}
        wide = np.diag([1.0, SLOPE_SHARE])
        effects = {unit: np.kron(share[unit], wide) for unit in ("client", "therapist")}
        self.centre: dict[str, np.ndarray] = {"residual": share["residual"], **effects}

    def draws(self, number: int) -> Iterator[Drawn]:
        """Yield so many draws, `EVERY` sweeps apart, after `WARM` sweeps."""
        n, d = len(self.courses.sessions), 2 * self.m
        covariance = dict(self.centre)
        mean, therapists = np.zeros((n, d)), np.zeros((len(self.caseload), d))
        for sweep in range(WARM + number * EVERY):
            b = self._courses(mean, covariance, sweep)
            covariance["residual"] = self._residual(b, sweep)
            own = b - therapists[self.courses.therapist]
            average = self.courses.design @ self._coefficients(own, covariance["client"], sweep)
            therapists = self._therapists(b - average, covariance, sweep)
            mean = average + therapists[self.courses.therapist]
            covariance["client"] = self._covariance("client", b - mean, sweep)
            covariance["therapist"] = self._covariance("therapist", therapists, sweep)
            if sweep >= WARM and (sweep - WARM) % EVERY == EVERY - 1:
                shaped = (n, self.m, 2)
                yield Drawn(
                    b.reshape(shaped), covariance["residual"], mean.reshape(shaped), covariance["client"],
                    covariance["therapist"],
                )  # fmt: skip

    def _normal(self, decision: str, rows: int, columns: int, sweep: int) -> np.ndarray:
        who = {"client": np.arange(rows)[:, None], "therapist": np.arange(columns)}
        return self.noise.normal(f"imputation.{decision}", **who, occasion=sweep)

    def _courses(self, mean: np.ndarray, covariance: dict[str, np.ndarray], sweep: int) -> np.ndarray:
        """Each client's levels and slopes, shape (n, 2 m), instrument by instrument."""
        precision, residual = np.linalg.inv(covariance["client"]), np.linalg.inv(covariance["residual"])
        spread = np.linalg.inv(precision + np.array([np.kron(residual, zz) for zz in self.patterns]))
        pull = mean @ precision + np.einsum("ab,nzb->naz", residual, self.sums.zy).reshape(mean.shape)
        found = np.einsum("nij,nj->ni", spread[self.pattern], pull)
        root, normal = np.linalg.cholesky(spread), self._normal("course", len(mean), mean.shape[1], sweep)
        return found + np.einsum("nij,nj->ni", root[self.pattern], normal)

    def _residual(self, b: np.ndarray, sweep: int) -> np.ndarray:
        lines = b.reshape(-1, self.m, 2)
        explained = np.einsum("naz,nzb->ab", lines, self.sums.zy)
        square = np.einsum("naz,nzw,nbw->ab", lines, self.sums.zz, lines, optimize=True)
        left = self.sums.yy.sum(axis=0) - explained - explained.T + square
        return self._wishart("residual", left, len(self.courses.row), sweep)

    def _coefficients(self, own: np.ndarray, covariance: np.ndarray, sweep: int) -> np.ndarray:
        normal = self._normal("coefficients", len(self.root), own.shape[1], sweep)
        return self.fit @ own + self.root @ normal @ np.linalg.cholesky(covariance).T

    def _therapists(self, left: np.ndarray, covariance: dict[str, np.ndarray], sweep: int) -> np.ndarray:
        count, d = len(self.caseload), left.shape[1]
        precision = np.linalg.inv(covariance["client"])
        total = np.zeros((count, d))
        np.add.at(total, self.courses.therapist, left)
        spread = np.linalg.inv(np.linalg.inv(covariance["therapist"]) + self.caseload[:, None, None] * precision)
        found = np.einsum("jik,jk->ji", spread, total @ precision)
        return found + np.einsum("jik,jk->ji", np.linalg.cholesky(spread), self._normal("therapist", count, d, sweep))

    def _covariance(self, unit: str, left: np.ndarray, sweep: int) -> np.ndarray:
        return self._wishart(unit, left.T @ left, len(left), sweep)

    def _wishart(self, unit: str, squares: np.ndarray, number: int, sweep: int) -> np.ndarray:
        """Inverse Wishart by Bartlett's decomposition: prior of d + 2 degrees of freedom, whose mean is its scale."""
        d = len(squares)
        scale, freedom = squares + self.centre[unit], number + d + 2
        lower = np.tril(self._normal(f"{unit} covariance", d, d, sweep), -1)
        chance = self.noise.uniform(f"imputation.{unit} variance", client=np.arange(d), occasion=sweep)
        lower[np.diag_indices(d)] = np.sqrt(chi2.ppf(chance, freedom - np.arange(d)))
        root = np.linalg.cholesky(np.linalg.inv(scale)) @ lower
        return np.linalg.inv(root @ root.T)
