"""From the grid of advice to numbers that a service can plan with: how many therapists, how many clients.

*Spread*: the interval's width falls about as one over the root of the number of therapists; between grid points it is
interpolated, both on logarithms, beyond them it follows that law. *Burnout*: power is that of Student's noncentral t
with noncentrality c sqrt(J) and J - 2 degrees of freedom, whose one number c, for each number of clients, is fitted to
all numbers of therapists by maximum likelihood (`iatrogenesis.simulation_study.power_curve`). *Flagging*: clients per
therapist at which the sensitivity for harmful therapists reaches the target, interpolated. *Reliability*: clients at
which a therapist's raw rate has reliability .7, log odds of the reliability interpolated, beside
n = R / (1 - R) / (p (1 - p) s^2).

Grid points have chance events of their own, so their errors are independent.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.special import logit

from iatrogenesis.simulation_study.power_curve import slope, therapists_for

COLUMNS = (
    "question", "therapist_sd", "effect", "target", "clients", "needed", "low", "high", "beyond_grid", "formula",
)  # fmt: skip
WIDTHS = (0.1, 0.05)
POWER = 0.8
FOUND = 0.5
RELIABILITY = 0.7

Scale = tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]
# On what values are interpolated, and the size of its slope; all fall with more therapists or clients.
LOGARITHM: Scale = (np.log, lambda value: 1 / value)
NEGATIVE: Scale = (np.negative, np.ones_like)
LOG_ODDS: Scale = (lambda value: -logit(value), lambda value: 1 / (value * (1 - value)))


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
            found = _reached(own["therapists"], own["value"], own["mcse"], target, LOGARITHM, beyond=-0.5)
            about = {"question": "spread", "therapist_sd": sd, "target": target, "clients": clients}
            yield about | _with_range(found, own["therapists"])


def _burnout(advice: pd.DataFrame):
    part = advice[advice["question"] == "burnout"]
    for (sd, effect, clients), own in part.groupby(["therapist_sd", "effect", "clients"]):
        therapists = own["therapists"].to_numpy(dtype=float)
        values, number = own["value"].to_numpy(), own["replicates"].to_numpy()
        c, error = slope(np.sqrt(therapists), therapists - 2, values, number)
        found = [therapists_for(POWER, one) for one in (c, c + 2 * error, c - 2 * error)]
        about = {"question": "burnout", "therapist_sd": sd, "effect": effect, "target": POWER, "clients": clients}
        yield about | _with_range(found, own["therapists"])


def _flagging(advice: pd.DataFrame):
    part = advice[(advice["question"] == "flagging") & (advice["quantity"] == "sensitivity")]
    part = part[part["therapists"] == part["therapists"].max()]
    for sd, own in part.groupby("therapist_sd"):
        own = own.sort_values("clients")
        found = _reached(own["clients"], own["value"], own["mcse"], FOUND, NEGATIVE)
        yield {"question": "flagging", "therapist_sd": sd, "target": FOUND} | _with_range(found, own["clients"])


def _reliability(advice: pd.DataFrame, rate: float):
    part = advice[(advice["question"] == "reliability") & (advice["quantity"] == "raw_rate")]
    for sd, own in part.groupby("therapist_sd"):
        own = own.sort_values("clients")
        found = _reached(own["clients"], own["value"], own["mcse"], RELIABILITY, LOG_ODDS)
        formula = RELIABILITY / (1 - RELIABILITY) / (rate * (1 - rate) * sd**2)
        about = {"question": "reliability", "therapist_sd": sd, "target": RELIABILITY, "formula": formula}
        yield about | _with_range(found, own["clients"])


def _reached(
    sizes: pd.Series, values: pd.Series, mcse: pd.Series, target: float, scale: Scale, beyond: float | None = None
) -> list[float]:
    """Size at which the target is reached, and the sizes there with the curve two standard errors lower and higher.

    Values are interpolated on `scale`, on which they fall, over log size; `beyond` is the fall per log size past the
    last. The standard error is that of the interpolated value at the size found.
    """
    known = values.notna().to_numpy()
    if known.sum() < 2:
        return [np.nan] * 3
    value, x = values[known].to_numpy(dtype=float), np.log(sizes[known].to_numpy(dtype=float))
    y, goal = scale[0](value), float(scale[0](np.array(target)))
    error = mcse[known].to_numpy(dtype=float) * scale[1](value)
    place = _crossed(x, y, goal, beyond)
    at = np.clip(place if np.isfinite(place) else x[-1], x[0], x[-1])
    right = int(np.clip(np.searchsorted(x, at), 1, len(x) - 1))
    share = (at - x[right - 1]) / (x[right] - x[right - 1])
    own = np.hypot((1 - share) * error[right - 1], share * error[right])
    return [float(np.exp(one)) for one in (place, *(_crossed(x, y + way * own, goal, beyond) for way in (-2, 2)))]


def _crossed(x: np.ndarray, y: np.ndarray, goal: float, beyond: float | None) -> float:
    y = np.minimum.accumulate(y)
    if y[0] <= goal:
        return x[0]
    if y[-1] > goal:
        return np.nan if beyond is None else x[-1] + (goal - y[-1]) / beyond
    after = int(np.argmax(y <= goal))
    share = (y[after - 1] - goal) / (y[after - 1] - y[after])
    return x[after - 1] + share * (x[after] - x[after - 1])


def _with_range(found: list[float], grid: pd.Series) -> dict[str, float | bool]:
    value, *ends = found
    beyond = not np.isfinite(value) or not grid.min() < value < grid.max()
    known = sorted(end for end in ends if np.isfinite(end))
    low, high = (*known, np.nan, np.nan)[:2]  # what is beyond the grid is the upper end
    return {"needed": value, "low": low, "high": high, "beyond_grid": beyond}
