"""The sensitivity tables as one: what was varied, to what, and what became of the spread and the rate."""

import pandas as pd

from iatrogenesis.own_data.reporting.cells import first, numeric, true
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.sections import VARIED

LABELS = ("definition", "assumption", "attribution", "prior", "priors", "choice")
COLUMNS = ("varied", "label", "value", "low", "high", "rate", "used")


def choices(results: Results) -> pd.DataFrame:
    """Return one row per choice, columns `COLUMNS`; `value`, `low` and `high` are of the therapists' SD.

    Those without a spread are left out. `used` marks the choice of the analysis, where the table says so.
    """
    parts = []
    for name in VARIED:
        table = results.table(name)
        label = first(table, *LABELS)
        if label is None or "therapist_sd" not in table:
            continue
        rows = numeric(table, "therapist_sd", "therapist_sd_low", "therapist_sd_high", "rate")
        used = true(rows["used"]) if "used" in rows else pd.Series(False, index=rows.index)
        part = pd.DataFrame(
            {
                "varied": name,
                "label": rows[label].astype(str),
                "value": rows["therapist_sd"],
                "low": rows["therapist_sd_low"],
                "high": rows["therapist_sd_high"],
                "rate": rows["rate"],
                "used": used,
            }
        )
        parts.append(part.dropna(subset=["value"]))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
