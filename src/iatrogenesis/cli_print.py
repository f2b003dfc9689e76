"""Tables and paragraphs as a terminal shows them."""

from collections.abc import Iterable
from math import inf, isfinite
from textwrap import fill
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 100
SHARES = ("power", "assurance", "sensitivity", "fdr", "raw_sensitivity", "raw_fdr", "power_affordable")
SHOWN = {
    "power": "power, %",
    "assurance": "assurance, %",
    "smallest_odds_ratio": "smallest odds ratio",
    "therapists_needed": "therapists needed",
    "width_vpc": "width of the VPC's interval",
    "sensitivity": "harmful therapists flagged, %",
    "fdr": "flagged but not harmful, %",
    "raw_sensitivity": "harmful in the worst 5 %, %",
    "raw_fdr": "worst 5 % but not harmful, %",
    "reliability": "reliability of raw rates",
    "cost": "cost",
    "therapists_affordable": "therapists affordable",
    "power_affordable": "power affordable, %",
}
MARK = " *"
BEYOND = "* out of reach: more therapists than are simulated, or burnout explains more than differs between therapists"


def say(texts: Iterable[str]) -> None:
    """Print paragraphs, wrapped, but not between a number and its per cent."""
    for text in texts:
        click.echo(fill(text.replace(" %", "\u00a0%"), WIDTH, subsequent_indent="  ", break_on_hyphens=False))


def table(found: "pd.DataFrame") -> str:
    """One row per quantity, one column per number of years, each cell with its 95 % Monte Carlo interval."""
    from iatrogenesis.planning.sentences import years_in_words  # here: --help waits for no SciPy

    years = sorted(found["years"].unique())
    cells = {(row.quantity, row.years): _cell(row) for row in found.itertuples() if row.quantity in SHOWN}
    lines = [["", *("years without end" if year == inf else years_in_words(year) for year in years)]]
    for quantity, label in SHOWN.items():
        if any((quantity, year) in cells for year in years):
            lines.append([label, *(cells.get((quantity, year), "") for year in years)])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
    return f"{text}\n\n{BEYOND}" if any(cell.endswith(MARK) for cell in cells.values()) else text


def _cell(row: Any) -> str:
    from iatrogenesis.planning.sentences import needed_in_words

    mark = MARK if row.beyond else ""
    if not isfinite(row.value):
        return f"–{mark}"
    if row.quantity == "therapists_needed":
        return needed_in_words(row) + mark
    scale = 100 if row.quantity in SHARES else 1
    digits = 2 if row.quantity in ("smallest_odds_ratio", "width_vpc", "reliability") else 0
    value, low, high = (f"{scale * one:,.{digits}f}" for one in (row.value, row.low, row.high))
    text = f"{value} ({low} to {high})" if isfinite(row.low) and isfinite(row.high) else value
    return text + mark
