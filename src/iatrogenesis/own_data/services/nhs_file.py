"""Counts of NHS Talking Therapies services by year, as the open data have them; see docs/nhs_services.md."""

from pathlib import Path

import pandas as pd

from iatrogenesis.core.tables import DataError, refuse, require_columns

RENAMED = {
    "org_code": "unit_id",
    "reporting_period": "period",
    "finished_course_treatment": "n",
    "deterioration": "deteriorated",
}
OUTCOMES = ("improvement", "deterioration", "no_reliable_change")


def read_counts(path: Path) -> pd.DataFrame:
    """Read services' counts: unit_id, period, n, deteriorated, the latter two missing where suppressed.

    Rows in which improvement, deterioration and no reliable change are all empty are left out: there the outcome is not
    known at all, and an empty count does not mean "fewer than 5".

    Raises
    ------
    DataError
        A missing file or column, or a count that is neither a whole number nor empty.
    """
    name = Path(path).name
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; docs/nhs_services.md says where the open data are published.") from None
    require_columns(table, (*RENAMED, *OUTCOMES), name)
    for column in ("finished_course_treatment", *OUTCOMES):
        text = table[column].str.strip().replace("*", "")
        wrong = ~(text.str.fullmatch(r"\d+") | (text == ""))
        refuse(wrong, table[column], f"{name}: column {column!r} must be a whole number, or empty where suppressed")
        table[column] = pd.to_numeric(text.where(text != "")).astype("Int64")
    known = table[list(OUTCOMES)].notna().any(axis=1)
    return table.loc[known, list(RENAMED)].rename(columns=RENAMED).reset_index(drop=True)
