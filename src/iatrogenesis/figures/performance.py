"""How well does the null model recover a known therapist SD?"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import beta, norm

from iatrogenesis.figures.style import BLUE, DARK, GREY, figure, styled

ALT = (
    "Three panels over the true therapist standard deviation: bias of the estimate, share of intervals that cover the "
    "truth, and share of fits that fail the gate of diagnostics, each with its Monte Carlo uncertainty."
)
CAPTION = (
    "Null model, over replicates with exactly known truth. Left: bias of the posterior mean of the therapists' "
    "standard deviation (log odds) with 1.96 Monte Carlo standard errors; dotted: none. Middle: share of 95 % "
    "intervals that hold the truth, and right: share of fits that do not pass the gate (they are kept in the other "
    "two panels), both with exact binomial 95 % intervals, because a Monte Carlo standard error of zero only says "
    "that no replicate was otherwise. A posterior mean leans towards the prior where data are few; that is bias, and "
    "it is shown."
)
PANELS = (("bias", "Bias (log odds)", 0.0), ("coverage", "Coverage (%)", 95.0), ("not_passed", "Not passed (%)", None))


@styled()
def draw(performance: pd.DataFrame) -> Figure:
    """Draw from the performance table."""
    rows = performance[performance["estimand"] == "therapist_sd"]
    made, axes = figure("How well is a known therapist SD recovered?", height=3.2, ncols=3)
    for panel, (measure, name, target) in zip(axes, PANELS, strict=True):
        part = rows[rows["measure"] == measure].sort_values("true_sd")
        if target is not None:
            panel.axhline(target, color=GREY, ls=":", lw=1.2)
        _points(panel, part, as_share=measure != "bias")
        panel.set_title(name, fontsize=9.5, loc="left")
        panel.set_xticks(range(len(part)), [f"{sd:g}" for sd in part["true_sd"]])
        panel.set_xlim(-0.6, len(part) - 0.4)
    axes[1].set_xlabel("True SD of therapists (log odds)")
    return made


def _points(axes: Axes, part: pd.DataFrame, as_share: bool) -> None:
    at, value = np.arange(len(part)), part["value"].to_numpy()
    if as_share:
        low, high = _exact(np.rint(value * part["n"]), part["n"].to_numpy())
        value, low, high = 100 * value, 100 * low, 100 * high
        axes.set_ylim(-4, 104)
    else:
        reach = norm.ppf(0.975) * part["mcse"].to_numpy()
        low, high = value - reach, value + reach
    axes.vlines(at, low, high, color=DARK, lw=1.4)
    axes.plot(at, value, "o", color=BLUE, ms=6)


def _exact(events: np.ndarray, trials: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Clopper and Pearson's 95 % interval of a share."""
    low = np.where(events == 0, 0.0, beta.ppf(0.025, np.maximum(events, 1), trials - events + 1))
    return low, np.where(events == trials, 1.0, beta.ppf(0.975, events + 1, np.maximum(trials - events, 1)))
