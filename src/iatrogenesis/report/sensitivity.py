"""Sensitivity of the conclusions to assumed numbers, as numbers and as a table of the report."""

import pandas as pd

from iatrogenesis.harm.sensitivity import LABELS, interval_90
from iatrogenesis.report.entry import Number, number
from iatrogenesis.report.rounding import rounded, with_error
from iatrogenesis.report.tables import Table

SOURCE, UNIT = "tables/sensitivity.csv", "per 1,000 clients"


def sensitivity_numbers(table: pd.DataFrame) -> dict[str, Number]:
    """``sensitivity.<conclusion>``, ends of its 90 % interval (``.low_90``, ``.high_90``), and counts."""
    found = {}
    for name, part in table.groupby("conclusion", sort=False):
        usual = part[part["end"] == "as assumed"].iloc[0]
        drawn = part.loc[part["end"] == "all at once", "value"]
        found[f"sensitivity.{name}"] = number(usual["value"], SOURCE, UNIT, usual["low"], usual["high"], usual["mcse"])
        for end, value, error in zip(("low_90", "high_90"), *interval_90(drawn), strict=True):
            found[f"sensitivity.{name}.{end}"] = number(float(value), SOURCE, UNIT, mcse=float(error))
        found[f"sensitivity.{name}.draws"] = number(len(drawn), SOURCE, "draws")
        found[f"sensitivity.{name}.above_zero"] = number(int((drawn > 0).sum()), SOURCE, "draws")
        single = part[part["end"].isin(("low", "high"))]
        influential = single.loc[single["change"] != 0, "parameter"].nunique()
        found[f"sensitivity.{name}.moved"] = number(single["parameter"].nunique(), SOURCE, "parameters")
        found[f"sensitivity.{name}.influential"] = number(influential, SOURCE, "parameters that change it")
    return found


def sensitivity_table(table: pd.DataFrame, shown: int = 20) -> Table:
    """One row per conclusion and number that moves it by more than two Monte Carlo standard errors, the largest few."""
    rows = []
    for name, part in table.groupby("conclusion", sort=False):
        ends = part[part["end"].isin(("low", "high"))]
        size = (ends["change"].abs() > 2 * ends["change_mcse"]) & ends["change"].ne(0)
        most = ends[size].assign(size=ends["change"].abs()).groupby("parameter")["size"].max()
        for parameter in most.sort_values(ascending=False, kind="stable").index[:shown]:
            by = ends[ends["parameter"] == parameter].set_index("end")
            words = parameter.removeprefix("world.").replace(".", " · ").replace("_", " ")
            cells = [f"{by.loc[end, 'given']:.4g}: {_change(by.loc[end])}" for end in ("low", "high")]
            rows.append([LABELS[name], words, *cells])
    heads = ["Conclusion", "Assumed number", "At its low value: change (MCSE)", "At its high value: change (MCSE)"]
    return Table(heads, rows, [""] * len(rows))


def _change(row: pd.Series) -> str:
    if row["change"] == 0:
        return rounded(0.0)
    return ("+" if row["change"] > 0 else "") + with_error(row["change"], row["change_mcse"])
