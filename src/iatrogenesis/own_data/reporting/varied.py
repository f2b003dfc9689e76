"""The sensitivity tables as one: what was varied, to what, and what became of the spread and the rate."""

import pandas as pd

from iatrogenesis.own_data.reporting.cells import first, numeric, true
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.sections import VARIED

LABELS = ("definition", "assumption", "attribution")
PRIORS = "sensitivity_priors"
WHOSE = {"therapist_sd": "the therapists’ SD"}
COLUMNS = ("varied", "label", "value", "low", "high", "rate", "used")


def choices(results: Results) -> pd.DataFrame:
    """Return one row per choice, columns `COLUMNS`; `value`, `low` and `high` are of the therapists' SD.

    Those without a spread are left out. `used` marks the choice of the analysis, where the table says so.
    """
    parts = [_priors(results) if name == PRIORS else _choices(results, name) for name in VARIED]
    kept = [part.dropna(subset=["value"]) for part in parts if len(part)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=list(COLUMNS))


def _choices(results: Results, name: str) -> pd.DataFrame:
    table = results.table(name)
    label = first(table, *LABELS)
    if label is None or "therapist_sd" not in table or len(table) < 2:
        return pd.DataFrame()
    rows = numeric(table, "therapist_sd", "therapist_sd_low", "therapist_sd_high", "rate")
    return pd.DataFrame(
        {
            "varied": name,
            "label": rows[label].astype(str),
            "value": rows["therapist_sd"],
            "low": rows["therapist_sd_low"],
            "high": rows["therapist_sd_high"],
            "rate": rows["rate"],
            "used": true(rows["used"]) if "used" in rows else False,
        }
    )


def _priors(results: Results) -> pd.DataFrame:
    """The spread under each changed prior, and the rate under the same one."""
    if not results.has(PRIORS, "prior", "change", "estimand", "estimate", "low", "high"):
        return pd.DataFrame()
    table = numeric(results.table(PRIORS), "estimate", "low", "high").dropna(subset=["estimate"])
    label = "prior of " + table["prior"].astype(str).replace(WHOSE) + ", " + table["change"].astype(str)
    rows = table.assign(label=label)
    rates = rows[rows["estimand"] == "mean_rate"].drop_duplicates("label").set_index("label")["estimate"]
    spread = rows[rows["estimand"] == "therapist_sd"].drop_duplicates("label")
    return pd.DataFrame(
        {
            "varied": PRIORS,
            "label": spread["label"],
            "value": spread["estimate"],
            "low": spread["low"],
            "high": spread["high"],
            "rate": spread["label"].map(rates),
            "used": False,
        }
    )
