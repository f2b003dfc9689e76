"""Who is flagged by which rule, and who stands out by the two rules that keep a false discovery rate."""

import pandas as pd

from iatrogenesis.own_data.reporting.cells import first, left_out, true
from iatrogenesis.own_data.reporting.results import Results

KEY = ["rule", "side"]
RATE, TESTS, ABOVE = "false discovery rate", "exact tests, Benjamini and Hochberg", "above"
"""The two rules of page one, as `iatrogenesis.own_data.analysis.flags` calls them."""


def rules(results: Results) -> pd.DataFrame:
    """Return one row per rule and side: rule, side, flagged (how many), of, unsaid, expected_false, stated (its error).

    Of the `unsaid` it is left out whether they are flagged, because their numbers are small; `of` does not count them.
    """
    table = _flags(results)
    if table.empty:
        return pd.DataFrame(columns=[*KEY, "flagged", "of", "unsaid", "expected_false", "stated"])
    stated = first(table, "stated", "error_rate")
    table = table.assign(
        stated="" if stated is None else table[stated],
        expected_false=table["expected_false"] if "expected_false" in table else float("nan"),
    )
    by = table.groupby(KEY, sort=False)
    return by.agg(
        flagged=("flagged", "sum"),
        of=("said", "sum"),
        unsaid=("unsaid", "sum"),
        expected_false=("expected_false", "first"),
        stated=("stated", "first"),
    ).reset_index()


def rate_rule(results: Results) -> pd.Series | None:
    """Return the row of `rules` of who is harmful, at a false discovery rate; None where there is none."""
    return _rule(results, RATE)


def test_rule(results: Results) -> pd.Series | None:
    """Return the row of `rules` of who has more than expected by exact tests at that rate; None where there is none."""
    return _rule(results, TESTS)


def standing_out(results: Results) -> frozenset[str]:
    """Return the ids of those whom either of the two rules flags."""
    table = _flags(results)
    named = table["rule"].isin([RATE, TESTS]) & (table["side"] == ABOVE) & table["flagged"].astype(bool)
    return frozenset(table.loc[named, "therapist_id"])


def _rule(results: Results, name: str) -> pd.Series | None:
    found = rules(results)
    chosen = found[(found["rule"] == name) & (found["side"] == ABOVE)]
    return None if chosen.empty else chosen.iloc[0]


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
    unsaid = left_out(table, "flagged")
    return table.assign(
        flagged=true(table["flagged"]),
        said=~unsaid,
        unsaid=unsaid,
        side=side,
        rule=table["rule"].astype(str),
        therapist_id=table["therapist_id"].astype(str),
    )
