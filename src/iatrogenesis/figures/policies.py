"""What should be done about therapists with bad results?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.core.montecarlo import around, share_interval
from iatrogenesis.figures.style import BLUE, DARK, ORANGE, PALE, figure, key, styled
from iatrogenesis.simulation_study.names import POLICIES

PLACE = 18
TABLES = {"policies": "tables/policies.csv"}
CHAPTER = "Simulation study"
ALT = (
    "Two panels with one row per policy: deteriorations averted per 1,000 clients over ten years, with the range "
    "over plausible worlds, and the false discovery rate: the proportion of "
    "those removed or supported who do not belong to the worst fifth."
)
CAPTION = (
    "Ten years of a service with the published rate of deterioration, a case mix that differs between places, and "
    "burnout that fluctuates. Left: deteriorations averted per 1,000 clients seen; dot: base reading, with its 95 % "
    "Monte Carlo interval; pale bar: 90 % range over plausible worlds. Right: false discovery rate, the "
    "proportion of those removed or supported who do not belong to the worst fifth by their lasting effect. Removal "
    "looks well because the pool has no end and nobody has to be trained: what it costs the removed, and the clients "
    "whose therapy is cut, is not counted."
)


@styled()
def draw(policies: pd.DataFrame) -> Figure:
    """Draw from the table of policies."""
    by = policies.set_index(["reading", "policy"])
    per = 1000 / by["clients"]
    averted, error = by["averted"] * per, by["averted_mcse"] * per
    made, axes = figure(
        "What should be done about bad results?", 0.36 * len(POLICIES) + 1.7, width=7.0, ncols=2, sharey=True
    )
    for place, name in enumerate(POLICIES):
        wide = by.loc[("plausible", name)]
        ends = [wide[end] * 1000 / wide["clients"] for end in ("averted_low", "averted_high")]
        axes[0].hlines(place, *ends, color=PALE, lw=9, label="plausible worlds, 90 %" if not place else None)
        base = by.loc[("base", name)]
        value, replicates = averted["base", name], int(base["replicates"])
        axes[0].hlines(place, *around(value, error["base", name], replicates), color=BLUE, lw=2)
        axes[0].plot(value, place, "o", color=BLUE, ms=6, label="base reading" if not place else None)
        if np.isfinite(base["fdr"]):
            ends = share_interval(base["fdr"], base["fdr_mcse"], replicates)
            axes[1].hlines(place, 100 * ends[0], 100 * ends[1], color=ORANGE, lw=2)
            axes[1].plot(100 * base["fdr"], place, "s", color=ORANGE, ms=5)
        else:
            axes[1].annotate("nobody is chosen", (3, place), va="center", fontsize=9, color="#555555")
    axes[0].axvline(0, color=DARK, lw=0.8)
    axes[0].set_yticks(range(len(POLICIES)), POLICIES.values())
    axes[0].set_ylim(len(POLICIES) - 0.5, -0.5)
    axes[0].set_xlabel("Averted per 1,000 clients")
    axes[1].set_xlim(0, 100)
    axes[1].set_xlabel("False discovery rate (%)")
    key(made, columns=2)
    return made
