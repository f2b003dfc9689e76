"""Table 1 on the page: mean and SD, or share, in one cell; those who were not judged beside those who were."""

from collections.abc import Mapping
from math import isfinite

from iatrogenesis.own_data.reporting.cells import numeric
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.shown import number, shown
from iatrogenesis.report.render import NARROW
from iatrogenesis.report.tables import Table

NUMBERS = ("share", "mean", "sd", "share_not_judged", "mean_not_judged")


def shown_table(results: Results) -> Table:
    """Return the table; one without these columns is shown as it is."""
    table = results.table("table1")
    if not {"characteristic", "n"} <= set(table):
        return shown(table)
    rows = numeric(table, *NUMBERS).to_dict("records")
    judged = [_value(row, "mean", "share", "sd") for row in rows]
    others = [_value(row, "mean_not_judged", "share_not_judged") for row in rows]
    kept = table[[name for name in ("characteristic", "category", "n", "missing") if name in table]]
    heads = {"n": "n", "value": "Mean (SD), or %", "others": "Outcome not judged: mean, or %"}
    return shown(kept.assign(value=judged, others=others), headings=heads)


def _value(row: Mapping, mean: str, share: str, sd: str = "") -> str:
    if isfinite(row[mean]):
        spread = f" ({number(round(row[sd], 2))})" if sd and isfinite(row[sd]) else ""
        return f"{number(round(row[mean], 2))}{spread}"
    return f"{number(round(100 * row[share], 1))}{NARROW}%" if isfinite(row[share]) else ""
