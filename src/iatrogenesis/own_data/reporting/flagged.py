"""Who is flagged by which rule, and which rule keeps the false discovery rate."""

import pandas as pd

from iatrogenesis.own_data.reporting.cells import first, true
from iatrogenesis.own_data.reporting.results import Results

KEY = ["rule", "side"]


def rules(results: Results) -> pd.DataFrame:
    """Return one row per rule and side: rule, side, flagged (how many), of, expected_false, stated (its error)."""
    table = _flags(results)
    if table.empty:
        return pd.DataFrame(columns=[*KEY, "flagged", "of", "expected_false", "stated"])
    stated = first(table, "stated", "error_rate")
    table = table.assign(
        stated="" if stated is None else table[stated],
        expected_false=table["expected_false"] if "expected_false" in table else float("nan"),
    )
    by = table.groupby(KEY, sort=False)
    return by.agg(
        flagged=("flagged", "sum"),
        of=("flagged", "size"),
        expected_false=("expected_false", "first"),
        stated=("stated", "first"),
    ).reset_index()


def rate_rule(results: Results) -> pd.Series | None:
    """Return the row of `rules` of the rule that keeps the false discovery rate; None where there is none."""
    found = rules(results)
    if found.empty:
        return None
    chosen = found[found["rule"].str.contains("false discovery|fdr", case=False)]
    return None if chosen.empty else chosen.iloc[0]


def by_rate(results: Results) -> frozenset[str]:
    """Return the ids of those flagged by the rule that keeps the false discovery rate."""
    rule = rate_rule(results)
    if rule is None:
        return frozenset()
    table = _flags(results)
    chosen = table[(table["rule"] == rule["rule"]) & (table["side"] == rule["side"]) & table["flagged"]]
    return frozenset(chosen["therapist_id"])


def flagged_by(results: Results) -> pd.DataFrame:
    """Return one row per therapist whom a rule flags: therapist_id, above and below (rules, in words)."""
    table = _flags(results)
    chosen = table[table["flagged"]] if len(table) else table
    rows = {
        therapist: {side: "; ".join(part.loc[part["side"] == side, "rule"]) for side in ("above", "below")}
        for therapist, part in (chosen.groupby("therapist_id", sort=False) if len(chosen) else ())
    }
    found = pd.DataFrame.from_dict(rows, orient="index", columns=["above", "below"])
    return found.rename_axis("therapist_id").reset_index()


def _flags(results: Results) -> pd.DataFrame:
    """The table of flags with texts and booleans; without rows where it is not there."""
    table = results.table("flags")
    if not {"rule", "therapist_id", "flagged"} <= set(table):
        return pd.DataFrame(columns=[*KEY, "therapist_id", "flagged"])
    side = table["side"].fillna("above") if "side" in table else "above"
    return table.assign(
        flagged=true(table["flagged"]),
        side=side,
        rule=table["rule"].astype(str),
        therapist_id=table["therapist_id"].astype(str),
    )
