"""How often would each rule flag rightly, and wrongly, in data like these?"""

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, GREEN, GREY, ORANGE, figure, key, styled
from iatrogenesis.own_data.figures.frame import plain_text
from iatrogenesis.own_data.reporting.cells import numeric
from iatrogenesis.own_data.reporting.results import Results

MEASURES = {
    "sensitivity": ("o", BLUE, "found, of those truly far above the average (sensitivity)"),
    "fdr": ("^", ORANGE, "wrong, of those flagged (false discovery rate)"),
    "fpr": ("s", GREEN, "flagged, of the others (false positive rate)"),
}
MOST_PANELS, ACROSS = 4, 2
LETTERS = 27  # of a line of a rule's name


@styled()
@plain_text
def draw(results: Results) -> Figure | None:
    """Draw the table `error_rates`, a panel for each spread between therapists."""
    if not results.has("error_rates", "rule"):
        return None
    rows = numeric(results.table("error_rates"), *MEASURES)
    differ = rows["therapists_differ"].astype(str) if "therapists_differ" in rows else pd.Series("", index=rows.index)
    levels = list(dict.fromkeys(differ))[:MOST_PANELS]
    rules = list(dict.fromkeys(rows["rule"].astype(str)))
    lines = -(-len(levels) // ACROSS)
    made, grid = figure(
        "How often would each rule be right, and wrong?", height=lines * (0.3 * len(rules) + 0.6) + 1.0, nrows=lines,
        ncols=min(ACROSS, len(levels)), sharey=True, squeeze=False,
    )  # fmt: skip
    for axes in grid.flat[len(levels) :]:
        axes.remove()
    for axes, level in zip(grid.flat, levels, strict=False):
        _panel(axes, rows[differ == level], rules)
        axes.set_title(_spread(level))
    grid.flat[0].set_yticks(np.arange(len(rules)), [fill(rule, LETTERS) for rule in rules])
    grid.flat[0].set_ylim(len(rules) - 0.5, -0.5)
    key(made, columns=1)
    return made


def _panel(axes: Axes, rows: pd.DataFrame, rules: list[str]) -> None:
    at = rows["rule"].astype(str).map({rule: place for place, rule in enumerate(rules)})
    axes.hlines(np.arange(len(rules)), 0, 100, color=GREY, lw=0.3)
    for name, (marker, colour, label) in MEASURES.items():
        axes.plot(100 * rows[name], at, marker, color=colour, ms=5, ls="none", label=label, clip_on=False)
    axes.set(xlim=(0, 100), xticks=[0, 50, 100], xlabel="%")


def _spread(level: str) -> str:
    return f"{level} spread" if level in ("low", "median", "high") else f"therapists differ {level}"
