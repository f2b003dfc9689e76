"""Where the data hardly moved what the priors said, so that a reader does not take a prior for a finding."""

import pandas as pd

from iatrogenesis.own_data.reporting.cells import numeric
from iatrogenesis.own_data.reporting.numbers import is_estimand, main_estimates
from iatrogenesis.own_data.reporting.results import Results

HARDLY = 0.85
"""A posterior interval at least this share of the prior's width has hardly moved; a choice of this report."""
LITTLE = 0.2
"""Share of the prior variance that the data removed; below it they have hardly moved the prior."""


def marked(table: pd.DataFrame) -> pd.Series:
    """Whether the data hardly moved the prior, for each row of the estimates; no where it is not known."""
    if "moved" in table:
        return table["moved"].astype(str).str.startswith("hardly")
    if "learnt" in table:
        little = numeric(table, "learnt")["learnt"] < LITTLE
        # Where an interval is as wide as that of the prior, too, which the table of periods says in its note.
        return little | table["note"].fillna("").str.contains("hardly") if "note" in table else little
    ends = ("low", "high", "prior_low", "prior_high")
    if not set(ends) <= set(table):
        return pd.Series(False, index=table.index)
    found = numeric(table, *ends)
    return (found["high"] - found["low"]) >= HARDLY * (found["prior_high"] - found["prior_low"])


def hardly_moved(results: Results, *estimands: str) -> bool:
    """Whether the data hardly moved the prior of any of these quantities, in the main model."""
    table = main_estimates(results)
    if "estimand" not in table:
        return False
    return bool((marked(table) & is_estimand(table, *estimands)).any())
