"""Table 1 of the report: the simulated population beside the published one."""

from collections.abc import Mapping
from math import floor, log10

import pandas as pd

from iatrogenesis.core.references import Reference
from iatrogenesis.report.inputs import source_of
from iatrogenesis.report.rounding import MINUS
from iatrogenesis.report.tables import Table

HEADS = ["Characteristic", "Simulated", "Published", "Source"]
PER_CENT = "proportion"


def population(table: pd.DataFrame, references: Mapping[str, Reference]) -> Table:
    """One row per characteristic, below the heading of its section; proportions as percentages."""
    rows: list[list[str]] = []
    for section, part in table.groupby("section", sort=False):
        rows.append([str(section), "", "", ""])
        rows += [_row(row, references) for row in part.to_dict("records")]
    return Table(HEADS, rows, [""] * len(rows))


def _row(row: Mapping, references: Mapping[str, Reference]) -> list[str]:
    times, sign = (100, "%") if row["unit"] == PER_CENT else (1, row["unit"])
    named = row["unit"] == PER_CENT or row["unit"] not in ("sessions", "clients", "VPC", "r", "SD of log odds")
    name = f"{row['characteristic']}, {sign}" if named else row["characteristic"]
    simulated = three_digits(times * row["simulated"], times * row["mcse"])
    if pd.isna(row["published"]):
        return [name, simulated, row["source"], ""]
    published = f"{times * row['published']:.3g}".replace("-", MINUS)
    return [name, simulated, published, source_of(references, row["source"], row["where"], row["certainty"])]


def three_digits(value: float, mcse: float) -> str:
    """As precise as what it stands beside; its Monte Carlo error in brackets where that reaches the last digit."""
    decimals = max(2 - floor(log10(abs(value))), 0) if value else 0
    text, error = f"{value:,.{decimals}f}".replace("-", MINUS), f"{mcse:.{decimals}f}"
    return f"{text} ({error})" if mcse and float(error) else text
