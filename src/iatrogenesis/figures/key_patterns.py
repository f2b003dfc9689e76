"""Does the simulated world look like the published one, in a dozen patterns?"""

import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.patterns import draw_groups, grouped, handles, height_of
from iatrogenesis.figures.style import figure, key, styled

PLACE = 1.5
TABLES = {"evidence": "tables/evidence.csv"}
ALT = (
    "A dozen published values with bars of one and two tolerances, and the simulated value on them: its shape says "
    "whether the pattern was put in, fitted to or predicted, its filling whether it is reproduced."
)
CAPTION = (
    "A dozen published patterns: those that are not reproduced or unclear, and of the others those that the "
    "conclusions rest on most. Tick: the published value; pale bar: two tolerances either side (darker: one), which "
    "join the source's sampling error and what the simulated quantity differs from the published one by "
    "construction; open to one side where only a direction is published. Mark: the simulated value with two Monte "
    "Carlo standard errors. Square: input; circle: fitted to; diamond: predicted. Filled: reproduced, within two "
    "tolerances; grey: unclear; open: not reproduced; arrows: beyond the frame. At the right the simulated value, and "
    "in brackets the published one, of one pattern an odds ratio (OR). All patterns are in the supplement."
)
SHOWN = 12
FIRST = (
    *("D01", "D03_improved", "D07", "M07", "M08_mean", "M02_last_mean", "T01", "A01", "B02", "B01", "F02", "B13"),
    *("D04_highest", "T16", "N01", "C02"),
)
"""Patterns that are shown first, of those that are reproduced."""
WIDE = 29  # letters of a row's name


@styled()
def draw(evidence: pd.DataFrame) -> Figure:
    """Draw from the evidence table."""
    groups = grouped(dozen(evidence))
    tall = sum(height_of(part, WIDE) for part in groups.values())
    made, axes = figure(_title(evidence), tall + 1.45)
    axes.set_ylim(draw_groups(axes, groups, WIDE, headed=False), 0)
    axes.set_xlabel("Distance (tolerances)")
    key(made, columns=2, handles=handles())
    return made


def dozen(evidence: pd.DataFrame) -> pd.DataFrame:
    """Twelve rows at most, in the order of the table: first those missed, then those unclear, then by `FIRST`."""
    verdicts = ["not reproduced", "unclear", "reproduced"]
    rank = {name: place for place, name in enumerate(FIRST)}
    keys = pd.DataFrame(
        {"verdict": evidence["verdict"].map(verdicts.index), "place": evidence["id"].map(rank).fillna(len(FIRST))}
    )
    return evidence.loc[keys.sort_values(["verdict", "place"], kind="stable").index[:SHOWN].sort_values()]


def _title(evidence: pd.DataFrame) -> str:
    number = evidence["verdict"].value_counts()
    words = f"{number.get('reproduced', 0)} of {len(evidence)} published patterns are reproduced"
    others = [f"{number[verdict]} {verdict}" for verdict in ("unclear", "not reproduced") if number.get(verdict, 0)]
    return ", ".join([words, *others])
