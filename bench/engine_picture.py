"""The engines' measurements as a picture."""

import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DOUBLE, GREY, figure, styled


@styled()
def draw(table: pd.DataFrame) -> Figure:
    """Effective draws per second, one panel per size."""
    sizes = list(dict.fromkeys(table["clients"]))
    made, axes = figure("How fast are the engines?", 1.1 + 1.7 * len(sizes), DOUBLE, nrows=len(sizes), squeeze=False)
    for axis, clients in zip(axes[:, 0], sizes, strict=True):
        part = table[table["clients"] == clients].sort_values("effective_per_second")
        colours = [BLUE if name in ("collapsed", "nuts") else GREY for name in part["contender"]]
        axis.barh(part["contender"], part["effective_per_second"], color=colours)
        for row, value in enumerate(part["effective_per_second"]):
            label = f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
            axis.annotate(label, (value, row), xytext=(4, 0), textcoords="offset points", va="center")
        axis.set(xscale="log", xlim=(1, 20 * part["effective_per_second"].max()))
        title = f"{clients:,} clients of {part['therapists'].iloc[0]:,} therapists"
        axis.set_title(title, fontsize=9.5, loc="left")
    axes[-1, 0].set_xlabel("Effective draws per second, compiling included")
    return made
