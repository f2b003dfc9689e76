"""The paper's own tables: few columns, each cell an estimate with one measure of its uncertainty."""

import pandas as pd

from iatrogenesis.core.registry import declarations
from iatrogenesis.harm.conclusions import MAIN
from iatrogenesis.report.ranges import by_width, with_range
from iatrogenesis.report.rounding import with_error
from iatrogenesis.report.tables import Table
from iatrogenesis.simulation_study.estimands import is_odds_ratio_of
from iatrogenesis.simulation_study.names import POLICIES

FACTS = declarations("iatrogenesis.simulation_study.methods", "LABEL")
# Of which cell each measure is, its heading, and what it is multiplied by.
JUDGED = {
    "bias": ("reference_cell", "Bias, log odds ratio", 1),
    "coverage": ("reference_cell", "Coverage, %", 100),
    "power": ("reference_cell", "Power, %", 100),
    "type_1_error": ("burnout_none", "Type I error, %", 100),
}
LEVELS = ("level", "level_true")
OF_POLICIES = {
    "averted": "Averted per 1,000 clients seen",
    "fdr": "Chosen but not harmful, %",
    "not_seen": "Not seen, per 1,000 clients",
}


def main_conclusions(table: pd.DataFrame) -> Table:
    """One row per main conclusion, differences first, as the median over plausible worlds with two ranges."""
    rows = []
    known = table[table["conclusion"].isin(MAIN)]
    for row in known.sort_values("conclusion", key=lambda names: names.isin(LEVELS), kind="stable").to_dict("records"):
        wide = (row["low_90"], row["high_90"])
        ends = [" to ".join(by_width(row[f"{end}_{level}"], *wide) for end in ("low", "high")) for level in (50, 90)]
        rows.append([MAIN[row["conclusion"]].label, by_width(row["median"], *wide), *ends])
    return Table(["Deteriorations per 1,000 clients", "Median", "50 % range", "90 % range"], rows, [""] * len(rows))


def analyses(table: pd.DataFrame) -> Table:
    """One row per analysis that answers what burnout does: how well, with Monte Carlo standard errors."""
    asked = table[[is_odds_ratio_of("burnout", name) for name in table["estimand"]]]
    by = asked.drop_duplicates(["cell", "method", "measure"]).set_index(["cell", "method", "measure"]).sort_index()
    rows = []
    for method in dict.fromkeys(asked.loc[asked["cell"] == "reference_cell", "method"]):
        cells = [_judged(by, (cell, method, measure), times) for measure, (cell, _, times) in JUDGED.items()]
        rows.append([_capital(FACTS[method]["LABEL"]), *cells])
    return Table(["Analysis", *(heading for _, heading, _ in JUDGED.values())], rows, [""] * len(rows))


def _judged(by: pd.DataFrame, key: tuple[str, str, str], times: int) -> str:
    if key not in by.index or pd.isna(by.loc[key, "value"]):
        return "–"
    return with_error(times * by.loc[key, "value"], times * by.loc[key, "mcse"])


def main_policies(table: pd.DataFrame) -> Table:
    """One row per policy: what it averts, whom it chooses and who is not seen, over plausible worlds."""
    by = {key: row for key, row in table.set_index(["policy", "measure"]).iterrows()}
    rows = [
        [_capital(POLICIES[policy]), *(_ranged(by.get((policy, measure))) for measure in OF_POLICIES)]
        for policy in dict.fromkeys(table["policy"])
    ]
    return Table(["Policy", *OF_POLICIES.values()], rows, [""] * len(rows))


def _ranged(row: pd.Series | None) -> str:
    return "–" if row is None else with_range(row["median"], row["low_90"], row["high_90"])


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
