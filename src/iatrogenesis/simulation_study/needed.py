"""From the grid of advice to numbers that a service can plan with: how many therapists, how many clients.

*Spread*: the interval's width falls about as one over the root of the number of therapists; between grid points it is
interpolated on logarithms, beyond them it follows that law. *Burnout*: power is the normal probability

    Phi(c sqrt(J) - 1.96) + Phi(-c sqrt(J) - 1.96)

whose one number c, for each number of clients, is fitted to all numbers of therapists by maximum likelihood.
*Flagging*: clients per therapist at which the sensitivity for harmful therapists reaches the target, interpolated.
*Reliability*: clients at which a therapist's raw rate has reliability .7, beside n = R / (1 - R) / (p (1 - p) s^2).
"""

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.stats import norm

COLUMNS = (
    "question", "therapist_sd", "effect", "target", "clients", "needed", "low", "high", "beyond_grid", "formula",
)  # fmt: skip
WIDTHS = (0.1, 0.05)
POWER = 0.8
FOUND = 0.5
RELIABILITY = 0.7
Z = float(norm.ppf(0.975))


def needed(advice: pd.DataFrame, rate: float) -> pd.DataFrame:
    """Return what is needed, with what Monte Carlo error leaves open (about 95 %).

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`. `needed` are therapists where `clients` are given (questions spread and burnout), and clients
        per therapist elsewhere; missing where no size on or near the grid is enough. `high` is missing where Monte
        Carlo error leaves open that no size on or near the grid is.
    """
    rows = [*_spread(advice), *_burnout(advice), *_flagging(advice), *_reliability(advice, rate)]
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS))


def _spread(advice: pd.DataFrame):
    part = advice[(advice["question"] == "spread") & (advice["quantity"] == "width")]
    for (sd, clients), own in part.groupby(["therapist_sd", "clients"]):
        own = own.sort_values("therapists")
        for target in WIDTHS:
            found = [
                _reached(own["therapists"], own["value"] + shift * own["mcse"], target, slope=-0.5)
                for shift in (0, -2, 2)
            ]
            about = {"question": "spread", "therapist_sd": sd, "target": target, "clients": clients}
            yield about | _with_range(found, own["therapists"])


def _burnout(advice: pd.DataFrame):
    part = advice[advice["question"] == "burnout"]
    for (sd, effect, clients), own in part.groupby(["therapist_sd", "effect", "clients"]):
        c, error = _power_curve(own["therapists"].to_numpy(), own["value"].to_numpy(), own["replicates"].to_numpy())
        goal = Z + norm.ppf(POWER)
        found = [(goal / one) ** 2 if one > 0 else np.inf for one in (c, c + 2 * error, c - 2 * error)]
        about = {"question": "burnout", "therapist_sd": sd, "effect": effect, "target": POWER, "clients": clients}
        yield about | _with_range(found, own["therapists"])


def _power_curve(therapists: np.ndarray, power: np.ndarray, replicates: np.ndarray) -> tuple[float, float]:
    """The one number of the power curve, and its standard error from the curvature of the likelihood."""

    def unlikely(c: float) -> float:
        root = c * np.sqrt(therapists)
        expected = np.clip(norm.cdf(root - Z) + norm.cdf(-root - Z), 1e-9, 1 - 1e-9)
        return -float(np.sum(replicates * (power * np.log(expected) + (1 - power) * np.log1p(-expected))))

    # Flat where power is 0 or 1 everywhere, so the search begins at the best of a grid.
    grid = np.geomspace(1e-3, 10.0, 200)
    best = int(np.clip(np.argmin([unlikely(one) for one in grid]), 1, len(grid) - 2))
    c = float(minimize_scalar(unlikely, bounds=(grid[best - 1], grid[best + 1]), method="bounded").x)
    step = 0.01 * c
    curvature = (unlikely(c + step) - 2 * unlikely(c) + unlikely(c - step)) / step**2
    return c, float(1 / np.sqrt(curvature)) if curvature > 0 else np.inf


def _flagging(advice: pd.DataFrame):
    part = advice[(advice["question"] == "flagging") & (advice["quantity"] == "sensitivity")]
    part = part[part["therapists"] == part["therapists"].max()]
    for sd, own in part.groupby("therapist_sd"):
        own = own.sort_values("clients")
        found = [
            _reached(own["clients"], -(own["value"] + shift * own["mcse"]), -FOUND, slope=None) for shift in (0, 2, -2)
        ]
        yield {"question": "flagging", "therapist_sd": sd, "target": FOUND} | _with_range(found, own["clients"])


def _reliability(advice: pd.DataFrame, rate: float):
    part = advice[(advice["question"] == "reliability") & (advice["quantity"] == "raw_rate")]
    for sd, own in part.groupby("therapist_sd"):
        own = own.sort_values("clients")
        found = [
            _reached(own["clients"], -(own["value"] + shift * own["mcse"]), -RELIABILITY, slope=None)
            for shift in (0, 2, -2)
        ]
        formula = RELIABILITY / (1 - RELIABILITY) / (rate * (1 - rate) * sd**2)
        about = {"question": "reliability", "therapist_sd": sd, "target": RELIABILITY, "formula": formula}
        yield about | _with_range(found, own["clients"])


def _reached(sizes: pd.Series, values: pd.Series, target: float, slope: float | None) -> float:
    """Size at which falling `values` reach the target: interpolated in log size, beyond the last by a power law."""
    x, y = np.log(sizes.to_numpy(dtype=float)), np.minimum.accumulate(values.to_numpy(dtype=float))
    if y[0] <= target:
        return float(np.exp(x[0]))
    if y[-1] > target:
        return np.nan if slope is None else float(np.exp(x[-1] + np.log(target / y[-1]) / slope))
    after = int(np.argmax(y <= target))
    share = (y[after - 1] - target) / (y[after - 1] - y[after])
    return float(np.exp(x[after - 1] + share * (x[after] - x[after - 1])))


def _with_range(found: list[float], grid: pd.Series) -> dict[str, float | bool]:
    value, *ends = found
    beyond = not np.isfinite(value) or not grid.min() < value < grid.max()
    known = sorted(end for end in ends if np.isfinite(end))
    low, high = (*known, np.nan, np.nan)[:2]  # what is beyond the grid is the upper end
    return {"needed": value, "low": low, "high": high, "beyond_grid": beyond}
