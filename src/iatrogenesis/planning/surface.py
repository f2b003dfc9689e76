"""A plan at once: power, precision and errors of flagging between simulated settings, and how far off that is.

With J therapists of n clients each, rate p, therapists' SD s, odds ratio exp(b) of burnout and reliability R of its
rating, let i = n p (1 - p) be a therapist's information. Each share is a polynomial of log J, log i, log s and logit p
through the logit, fitted to simulated settings by weighted least squares or binomial regression. Power is that of a
t-test with J - 2 degrees of freedom and noncentrality

    exp(g) b sqrt(J R / (s^2 - b^2 R + 1 / i))

where g, of second degree, corrects the formula, and is fitted to the counts of rejections by maximum likelihood.
Settings that were held out say how far the surface is off. The page evaluates the same formulas: so the t-test's power
and quantile are approximations that a script can work out, and whose error is within what is stated.
"""

from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import expit, logit, ndtr
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from iatrogenesis.core.definitions import HARMFUL_RATIO
from iatrogenesis.inference.models.spread import log_odds_at, sd_of

SHARES = ("width", "sensitivity", "fdr", "raw_rate")
DEGREES = {"width": 3, "sensitivity": 2, "fdr": 2, "raw_rate": 3, "power": 2}
RIDGE = 1.0  # pseudo-information on each coefficient of the correction, on standardised features
NORMAL = 1.959963984540054
LACK_OF_FIT = 0.05  # of the polynomial, relative: no setting outweighs the others by its small Monte Carlo error
LEAST = 1e-4  # a share that was never seen stands this far from 0 or 1 at least


@dataclass(frozen=True)
class Surface:
    """Coefficients by quantity, on standardised features.

    Attributes
    ----------
    centre, scale
        Of the features, shape (4,).
    coefficients
        By quantity of `DEGREES`: shape (terms of the polynomial,).
    error
        Columns quantity, typical, nine_of_ten, worst, settings: median, 90th percentile and maximum of the absolute
        error in held-out settings, Monte Carlo error included; of `width` it is relative.
    """

    centre: np.ndarray
    scale: np.ndarray
    coefficients: dict[str, np.ndarray]
    error: pd.DataFrame = field(repr=False)

    @classmethod
    def of(cls, simulated: pd.DataFrame) -> Self:
        """Fit to the settings of `iatrogenesis.planning.surface_points` that are not held out."""
        train = simulated[~simulated["held_out"].astype(bool)]
        values = features(train.drop_duplicates(["therapists", "clients", "rate", "vpc"]))
        found = cls(values.mean(axis=0), values.std(axis=0), {}, pd.DataFrame())
        fitted = {name: found._fitted(name, train[train["quantity"] == name]) for name in SHARES}
        fitted["power"] = found._correction(train[train["quantity"] == "power"])
        found = cls(found.centre, found.scale, fitted, pd.DataFrame())
        held = simulated[simulated["held_out"].astype(bool)]
        return cls(found.centre, found.scale, fitted, found._errors(held))

    def at(self, settings: pd.DataFrame) -> pd.DataFrame:
        """Return every quantity; columns `therapists`, `clients`, `rate`, `vpc`, `reliability`, `odds_ratio` needed."""
        found = {name: expit(self._terms(settings, name) @ self.coefficients[name]) for name in SHARES}
        shift = noncentrality(settings) * np.exp(self._terms(settings, "power") @ self.coefficients["power"])
        found["power"] = power(shift, settings["therapists"].to_numpy(dtype=float) - 2)
        return pd.DataFrame(found, index=settings.index)

    def packed(self) -> dict[str, Any]:
        """All that the page's script needs."""
        return {
            "centre": self.centre.tolist(),
            "scale": self.scale.tolist(),
            "coefficients": {name: values.tolist() for name, values in self.coefficients.items()},
            "terms": {name: terms(len(self.centre), degree) for name, degree in DEGREES.items()},
            "shares": SHARES,
        }

    def _terms(self, settings: pd.DataFrame, name: str) -> np.ndarray:
        values = (features(settings) - self.centre) / self.scale
        return np.column_stack(
            [np.prod(values[:, list(term)], axis=1) for term in terms(values.shape[1], DEGREES[name])]
        )

    def _fitted(self, name: str, rows: pd.DataFrame) -> np.ndarray:
        rows = rows[rows["value"].notna() & rows["mcse"].notna()]
        design, value = self._terms(rows, name), rows["value"].to_numpy(dtype=float)
        if name in ("width", "raw_rate"):  # means over data sets, known to a Monte Carlo error
            error = rows["mcse"].to_numpy(dtype=float) / (value * (1 - value))
            root = 1 / np.sqrt(error**2 + LACK_OF_FIT**2)
            return np.linalg.lstsq(design * root[:, None], logit(value) * root)[0]
        trials = np.full(len(rows), float(rows["replicates"].max())) if name != "sensitivity" else harmful(rows)
        model = GLM(np.clip(value, LEAST, 1 - LEAST), design, family=families.Binomial(), var_weights=trials)
        return np.asarray(model.fit().params)

    def _correction(self, rows: pd.DataFrame) -> np.ndarray:
        design, first = self._terms(rows, "power"), noncentrality(rows)
        freedom, number = rows["therapists"].to_numpy(dtype=float) - 2, rows["replicates"].to_numpy(dtype=float)
        rejected = rows["value"].to_numpy(dtype=float)

        def unlikely(coefficients: np.ndarray) -> float:
            expected = np.clip(power(first * np.exp(design @ coefficients), freedom), 1e-9, 1 - 1e-9)
            fit = np.sum(number * (rejected * np.log(expected) + (1 - rejected) * np.log1p(-expected)))
            return float(-fit + RIDGE * coefficients[1:] @ coefficients[1:])

        return minimize(unlikely, np.zeros(design.shape[1]), method="BFGS").x

    def _errors(self, held: pd.DataFrame) -> pd.DataFrame:
        rows = []
        for name in DEGREES:
            part = held[(held["quantity"] == name) & held["value"].notna()].reset_index(drop=True)
            off = (self.at(part)[name] - part["value"]).abs()
            off = off / part["value"] if name == "width" else off
            quantiles = {"typical": off.median(), "nine_of_ten": off.quantile(0.9), "worst": off.max()}
            rows.append({"quantity": name, **quantiles, "settings": len(part)})
        return pd.DataFrame(rows)


def features(settings: pd.DataFrame) -> np.ndarray:
    """Return log J, log information, log SD and logit rate, shape (rows, 4)."""
    rate = settings["rate"].to_numpy(dtype=float)
    information = settings["clients"].to_numpy(dtype=float) * rate * (1 - rate)
    sd = np.asarray(sd_of(settings["vpc"].to_numpy(dtype=float)))
    return np.column_stack(
        [np.log(settings["therapists"].to_numpy(dtype=float)), np.log(information), np.log(sd), logit(rate)]
    )


def harmful(settings: pd.DataFrame) -> np.ndarray:
    """Return about how many therapists of all data sets exceed `HARMFUL_RATIO` times the mean, shape (rows,)."""
    rate, sd = settings["rate"].to_numpy(dtype=float), np.asarray(sd_of(settings["vpc"].to_numpy(dtype=float)))
    centre = np.array([log_odds_at(*one) for one in zip(rate, sd, strict=True)])
    share = ndtr(-(logit(np.minimum(HARMFUL_RATIO * rate, 1 - LEAST)) - centre) / sd)
    return settings["replicates"].to_numpy(dtype=float) * settings["therapists"].to_numpy(dtype=float) * share


def terms(number: int, degree: int) -> list[list[int]]:
    """Return the terms of a polynomial, each as the features whose product it is; the constant is the empty one."""
    return [list(term) for power in range(degree + 1) for term in combinations_with_replacement(range(number), power)]


def noncentrality(settings: pd.DataFrame) -> np.ndarray:
    """Return the noncentrality of burnout's test by the formula, shape (rows,)."""
    effect = np.abs(np.log(settings["odds_ratio"].to_numpy(dtype=float)))
    rated, rate = settings["reliability"].to_numpy(dtype=float), settings["rate"].to_numpy(dtype=float)
    variance = np.asarray(sd_of(settings["vpc"].to_numpy(dtype=float))) ** 2
    chance = 1 / (settings["clients"].to_numpy(dtype=float) * rate * (1 - rate))
    left = np.maximum(variance - effect**2 * rated, 0.0) + chance
    return effect * np.sqrt(settings["therapists"].to_numpy(dtype=float) * rated / left)


def critical(freedom: ArrayLike) -> np.ndarray:
    """Return the two-sided 5 % quantile of Student's t by its expansion (Abramowitz & Stegun 26.7.5)."""
    n, z = np.asarray(freedom, dtype=float), NORMAL
    first, second = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
    return z + first / n + second / n**2 + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)


def power(noncentrality: ArrayLike, freedom: ArrayLike) -> np.ndarray:
    """Return the power of a two-sided t-test at 5 % by the normal approximation (Abramowitz & Stegun 26.7.10)."""
    n, shift = np.asarray(freedom, dtype=float), np.asarray(noncentrality, dtype=float)
    reach = critical(n)
    narrow, wide = reach * (1 - 1 / (4 * n)), np.sqrt(1 + reach**2 / (2 * n))
    return ndtr((shift - narrow) / wide) + ndtr((-shift - narrow) / wide)
