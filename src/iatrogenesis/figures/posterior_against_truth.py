"""Does the analysis find what is true?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, ORANGE, figure

ALT = "Posterior means with 95 % intervals beside the true value of each estimand, for two data sets."
CAPTION = (
    "Posterior mean and 95 % interval (line) beside the truth (diamond, with two Monte Carlo standard errors where the "
    "truth is itself simulated). Left: data drawn from the model, truth exact. Right: routine care, truth from a very "
    "large service. One data set each: about one interval in twenty misses."
)


def draw(effects: pd.DataFrame, base: str) -> Figure:
    """Draw from the therapist effects table, for the therapist model on known data and on routine care."""
    made, axes = figure(width=8.4, height=4.6, ncols=2, sharex=True)
    for panel, dataset, title in zip(axes, ("known", base), ("Truth exact", "Routine care"), strict=True):
        chosen = effects["dataset"].eq(dataset) & effects["model"].eq("therapist") & effects["truth"].notna()
        rows = effects[chosen & ~effects["estimand"].isin(["mor", "intercept"])].iloc[::-1].reset_index(drop=True)
        at = np.arange(len(rows))
        panel.hlines(at, rows["low"], rows["high"], color=BLUE, lw=2)
        panel.plot(rows["estimate"], at, "o", color=BLUE, ms=5, label="estimate, 95 %")
        error = 2 * rows["truth_mcse"].fillna(0)
        panel.errorbar(rows["truth"], at, xerr=error, fmt="D", color=ORANGE, ms=4, lw=1, label="truth")
        names = rows["estimand"].str.replace("log_odds_ratio[", "", regex=False).str.replace("]", "", regex=False)
        panel.set_yticks(at, names.str.replace("_", " ").str.replace("age[", "age ", regex=False), fontsize=8)
        panel.axvline(0, color="0.7", lw=0.8)
        panel.set(xlabel="Log odds ratio; SD; VPC", title=title)
    axes[0].legend(fontsize=8)
    return made
