"""What is concluded, in every plausible world?"""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, figure, key, styled

PLACE = 19
TABLES = {"conclusions": "tables/conclusions.csv"}
ALT = (
    "Three groups of rows: the main conclusions, each route of harm closed alone, each prevention added alone. Each "
    "row has a dot for the median over plausible worlds, a thick bar for the 50 % range and a thin one for the 90 % "
    "range."
)
CAPTION = (
    "Deteriorations per 1,000 clients of routine care, over worlds that the published patterns allow. Dot: median; "
    "thick bar: 50 % range; thin bar: 90 % range; at the right, median and 90 % range. Rows are sorted within their "
    "group, and each group has its own scale. Ranges hold under the stated priors and forms of equations. The Monte "
    "Carlo error of their ends is not drawn; the tables have it."
)
GROUPS = {
    "main": "Main conclusions",
    "route": "Averted if this route of harm alone were closed",
    "prevention": "Averted by this prevention alone",
}
ROW, EXTRA = 0.27, 0.5  # inches a row, and a panel


@styled()
def draw(conclusions: pd.DataFrame) -> Figure:
    """Draw from the conclusions over the ensemble."""
    about = conclusions["conclusion"].str.partition(".")
    group = about[0].where(about[1] == ".", "main")
    parts = {name: conclusions[group == name].sort_values("median", kind="stable") for name in GROUPS}
    parts = {name: part for name, part in parts.items() if len(part)}
    tall = [ROW * len(part) * (1.4 if name == "main" else 1) + EXTRA for name, part in parts.items()]
    made, grid = figure(
        "What is concluded, in every plausible world?", sum(tall) + 1.0, nrows=len(parts), height_ratios=tall,
        squeeze=False,
    )  # fmt: skip
    for axes, (name, part) in zip(grid[:, 0], parts.items(), strict=True):
        _panel(axes, part, 30 if name == "main" else 60)
        axes.set_title(GROUPS[name], loc="left", fontsize=9.5)
    grid[-1, 0].set_xlabel("Deteriorations per 1,000 clients")
    key(made, columns=3)
    return made


def _panel(axes: Axes, part: pd.DataFrame, width: int) -> None:
    at = np.arange(len(part))
    axes.hlines(at, part["low_90"], part["high_90"], color=DARK, lw=1.2, label="90 % range")
    axes.hlines(at, part["low_50"], part["high_50"], color=BLUE, lw=4.5, alpha=0.75, label="50 % range")
    axes.plot(part["median"], at, "o", color="white", mec=DARK, ms=5.5, label="median")
    axes.axvline(0, color=DARK, lw=0.8)
    for row, place in zip(part.itertuples(), at, strict=True):
        text = f"{row.median:.1f} ({row.low_90:.1f} to {row.high_90:.1f})".replace("-", "−")
        axes.annotate(text, (1.03, place), xycoords=("axes fraction", "data"), fontsize=7.8, va="center")
    one_of_many = part["conclusion"].str.contains(".", regex=False)
    names = part["label"].where(~one_of_many, part["label"].str.rpartition(": ")[2])
    axes.set_yticks(at, ["\n".join(textwrap.wrap(name, width)) for name in names], fontsize=8)
    axes.set_ylim(-0.6, len(part) - 0.4)
    axes.grid(axis="y", color="#e5e5e5", lw=0.6)
    axes.set_axisbelow(True)
