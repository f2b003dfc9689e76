"""What is concluded, in every plausible world?"""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, DOUBLE, beside, figure, heading, key, rows, signed, styled
from iatrogenesis.figures.words import prevention, route

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
    "prevention": "Averted by one prevention",
    "route": "Averted if one route were closed",
}
LEFT = ("main", "prevention")
ROW, EXTRA = 0.165, 0.45  # inches a row, and a panel


@styled()
def draw(conclusions: pd.DataFrame) -> Figure:
    """Draw from the conclusions over the ensemble."""
    about = conclusions["conclusion"].str.partition(".")
    group = about[0].where(about[1] == ".", "main")
    parts = {name: conclusions[group == name].sort_values("median", kind="stable", ascending=False) for name in GROUPS}
    parts = {name: part for name, part in parts.items() if len(part)}
    tall = {name: sum(ROW + 0.11 * label.count("\n") for label in _labels(part, name)) for name, part in parts.items()}
    left = [name for name in parts if name in LEFT]
    right = [name for name in parts if name not in LEFT]
    height = max(sum(tall[name] + EXTRA for name in column) for column in (left, right)) + 0.75
    made, axes = figure(_title(conclusions), height, DOUBLE, ncols=2 if right else 1, nrows=len(left), squeeze=False)
    for axis in axes[:, -1] if right else []:
        axis.remove()
    grid = axes[0, 0].get_gridspec()
    grid.set_height_ratios([tall[name] + EXTRA for name in left])
    places = dict(zip(left, axes[:, 0], strict=True))
    places |= {name: made.add_subplot(grid[:, 1]) for name in right}
    for name, axis in places.items():
        _panel(axis, parts[name], name)
        heading(axis, GROUPS[name])
    for axis in [places[left[-1]], *(places[name] for name in right)]:
        axis.set_xlabel("Deteriorations per 1,000 clients")
    key(made, columns=3, handles=places[left[0]].get_legend_handles_labels()[0])
    return made


def _title(conclusions: pd.DataFrame) -> str:
    net = conclusions[conclusions["conclusion"] == "net"]
    if net.empty:
        return "What is concluded, in every plausible world?"
    row = net.iloc[0]
    ends = signed(f"{row['low_90']:.0f} to {row['high_90']:.0f}")
    return f"Net harm is {row['median']:.0f} of 1,000 clients; over plausible worlds {ends} (90 % range)"


def _labels(part: pd.DataFrame, name: str) -> list[str]:
    of = part["conclusion"].str.partition(".")[2]
    if name == "main":
        return ["\n".join(textwrap.wrap(label, 31)) for label in part["label"]]
    return [(route if name == "route" else prevention)(one) for one in of]


def _panel(axis: Axes, part: pd.DataFrame, name: str) -> None:
    at = np.arange(len(part))
    axis.hlines(at, part["low_90"], part["high_90"], color=DARK, lw=0.9, label="90 % range")
    axis.hlines(at, part["low_50"], part["high_50"], color=BLUE, lw=3.5, alpha=0.75, label="50 % range")
    axis.plot(part["median"], at, "o", color="white", mec=DARK, ms=4.2, label="median")
    axis.axvline(0, color=DARK, lw=0.6)
    rows(axis, _labels(part, name))
    digits = 0 if name == "main" else 1
    texts = [
        f"{row.median:.{digits}f} ({row.low_90:.{digits}f} to {row.high_90:.{digits}f})" for row in part.itertuples()
    ]
    beside(axis, texts)
