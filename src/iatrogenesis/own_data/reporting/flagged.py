"""Who is flagged by which rule, and which rule keeps the false discovery rate."""

import pandas as pd

from iatrogenesis.own_data.reporting.cells import true
from iatrogenesis.own_data.reporting.results import Results


def rules(results: Results) -> pd.DataFrame:
    """Return one row per rule in the table's order: rule, flagged (how many), of, error_rate (as it is stated)."""
    table = results.table("flags")
    if not {"rule", "flagged"} <= set(table):
        return pd.DataFrame(columns=["rule", "flagged", "of", "error_rate"])
    counted = table.assign(flagged=true(table["flagged"])).groupby("rule", sort=False)
    found = counted["flagged"].agg(flagged="sum", of="size").reset_index()
    stated = counted["error_rate"].first().to_numpy() if "error_rate" in table else ""
    return found.assign(error_rate=stated)


def rate_rule(results: Results) -> str | None:
    """Return the name of the rule that keeps the false discovery rate; None where there is none."""
    names = results.table("flags").get("rule", pd.Series(dtype=str)).drop_duplicates().astype(str)
    found = [name for name in names if "discovery" in name.lower() or "fdr" in name.lower()]
    return found[0] if found else None


def by_rate(results: Results) -> frozenset[str]:
    """Return the ids of those flagged by the rule that keeps the false discovery rate."""
    rule = rate_rule(results)
    if rule is None:
        return frozenset()
    table = results.table("flags")
    chosen = table[(table["rule"] == rule) & true(table["flagged"])]
    return frozenset(chosen["therapist_id"].astype(str))
