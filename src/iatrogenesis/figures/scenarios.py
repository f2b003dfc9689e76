"""How many clients in a thousand get worse, and how many because of the treatment they got?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, ORANGE, figure

ALT = "Bars: deteriorated clients per 1,000 in each scenario, split into iatrogenic and others, with 95 % intervals."
CAPTION = (
    "Reliably deteriorated clients per 1,000 in each scenario. Hatched: would not have deteriorated with a therapist "
    "of average competence, burnout and fit and the same chance events (iatrogenic). Lines: 95 % Monte Carlo intervals "
    "of the whole bar and of the hatched part."
)


def draw(scenarios: pd.DataFrame) -> Figure:
    """Draw from the scenarios table."""
    order = list(dict.fromkeys(scenarios["scenario"]))
    values = scenarios.pivot(index="scenario", columns="measure", values="value").loc[order[::-1]]
    errors = scenarios.pivot(index="scenario", columns="measure", values="mcse").loc[order[::-1]]
    whole, caused = values["deteriorated_per_client"], values["iatrogenic"]
    at = np.arange(len(order))
    made, axes = figure(height=0.62 * len(order) + 1.5)
    axes.barh(at, whole - caused, left=caused, color=BLUE, height=0.6, label="would have got worse anyway")
    axes.barh(at, caused, color=ORANGE, hatch="///", edgecolor="white", height=0.6, label="iatrogenic")
    axes.errorbar(whole, at + 0.12, xerr=1.96 * errors["deteriorated_per_client"], fmt="none", color=DARK, capsize=3)
    axes.errorbar(caused, at - 0.12, xerr=1.96 * errors["iatrogenic"], fmt="none", color=DARK, capsize=3)
    end = whole + 1.96 * errors["deteriorated_per_client"]
    for row, (total, part, place) in enumerate(zip(whole, caused, end, strict=True)):
        axes.annotate(f"{total:.0f}, of them {part:.0f}", (place, row), xytext=(5, -3), textcoords="offset points")
    axes.set_yticks(at, [name.replace("_", " ") for name in order[::-1]])
    axes.set(xlabel="Clients per 1,000", xlim=(0, 1.35 * whole.max()))
    axes.set_title("Who gets worse, and who because of the treatment?")
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.32), fontsize=8)
    return made
