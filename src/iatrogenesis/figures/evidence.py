"""Does the simulated world look like the published one?"""

from itertools import combinations

import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.patterns import AIR, HEAD, draw_groups, grouped, handles, height_of
from iatrogenesis.figures.style import DOUBLE, figure, key, styled

PLACE = 2
TABLES = {"evidence": "tables/evidence.csv"}
ALT = (
    "Each published value with bars of one and two tolerances, and the simulated value on them: its shape says "
    "whether the pattern was put in, fitted to or predicted, its filling whether it is reproduced. The values stand "
    "at the right."
)
CAPTION = (
    "Each row is a published pattern: the tick is the published value, the pale bar two tolerances either side "
    "(darker: one), open to one side where only a direction is published. The tolerance joins the source's sampling "
    "error and what the simulated quantity differs from the published one by construction. The mark is the simulated "
    "value with two Monte Carlo standard errors. Square: the world was given this pattern (input); circle: fitted to "
    "it; diamond: predicted. Filled: reproduced, within two tolerances; grey: unclear, within Monte Carlo error of "
    "them; open: not reproduced. Arrows: beyond the frame. At the right the simulated value, and in brackets the "
    "published one, in the units of the table below."
)
WIDE = 38  # letters of a row's name


@styled()
def draw(evidence: pd.DataFrame) -> Figure:
    """Draw from the evidence table, in two columns of about the same height."""
    groups = grouped(evidence)
    tall = {name: height_of(part, WIDE) + HEAD + AIR for name, part in groups.items()}
    columns = _columns(tall)
    reproduced = int((evidence["verdict"] == "reproduced").sum())
    highest = max(sum(tall[name] for name in column) for column in columns)
    title = f"{reproduced} of {len(evidence)} published patterns are reproduced"
    made, axes = figure(title, highest + 1.0, DOUBLE, ncols=len(columns), squeeze=False)
    for axis, column in zip(axes[0], columns, strict=True):
        draw_groups(axis, {name: groups[name] for name in column}, WIDE)
        axis.set_ylim(highest, 0)
        axis.set_xlabel("Distance (tolerances)")
    key(made, columns=6, handles=handles())
    return made


def _columns(tall: dict[str, float]) -> list[list[str]]:
    """Groups in two columns of as nearly the same height as can be, in their order."""
    names = list(tall)
    splits = [set(chosen) | {names[0]} for count in range(len(names)) for chosen in combinations(names[1:], count)]
    every = sum(tall.values())
    left = min(splits, key=lambda split: abs(2 * sum(tall[name] for name in split) - every))
    columns = [[name for name in names if name in left], [name for name in names if name not in left]]
    return [column for column in columns if column]
