"""What one column may hold, as a pandera schema: every failing row of every column in one pass."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from iatrogenesis.own_data.prepared import KnownInstrument

EARLIEST = pd.Timestamp(1990, 1, 1)
"""No routine outcome data of today's instruments are older."""
MOST_SESSIONS = 400
"""More sessions in one course are a code or a slip."""
OLDEST = 110
NEARLY = 1e-6
COLUMNS = ("table", "column", "check", "row", "value")
DATES = ("started", "ended", "date")


def failures(
    tables: Mapping[str, pd.DataFrame | None], known: Mapping[str, KnownInstrument], today: date
) -> pd.DataFrame:
    """Return every value that its column may not hold.

    Parameters
    ----------
    tables
        Clients, sessions and counts by name; None where there is none.
    known
        Instruments and their ranges.
    today
        Last possible date.

    Returns
    -------
    DataFrame
        Columns table, column, check (range, whole, missing, future, early, repeated), row, value.
    """
    found = [_of_table(name, table, known, today) for name, table in tables.items() if table is not None]
    return pd.concat([pd.DataFrame(columns=list(COLUMNS)), *found], ignore_index=True)[list(COLUMNS)]


def _of_table(name: str, table: pd.DataFrame, known: Mapping[str, KnownInstrument], today: date) -> pd.DataFrame:
    import pandera.pandas as pa  # takes more than a second

    rules: dict[str, dict[str, Callable[[pd.Series], Any]]] = {}
    for column in table.columns:
        if of_column := _rules(name, str(column), known, today):
            rules[str(column)] = of_column
    required = [column for column in ("client_id", "therapist_id", "unit_id") if column in table.columns]
    view = table[list(dict.fromkeys([*rules, *required]))].copy()
    for column in rules:
        view[column] = _plain(view[column], column)
    columns = {
        column: pa.Column(
            nullable=column not in required,
            checks=[pa.Check(rule, error=check, name=check) for check, rule in rules.get(column, {}).items()],
        )
        for column in view.columns
    }
    try:
        pa.DataFrameSchema(columns).validate(view, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases.rename(columns={"index": "row", "failure_case": "value"})
        cases["check"] = cases["check"].replace({"not_nullable": "missing"})
        return cases.assign(table=name).sort_values("row", kind="stable")
    return pd.DataFrame(columns=list(COLUMNS))


def _plain(values: pd.Series, column: str) -> pd.Series:
    if column in DATES:
        return pd.to_datetime(values, errors="coerce")
    return pd.to_numeric(values, errors="coerce").astype("Float64").astype("float64")


def _rules(
    table: str, column: str, known: Mapping[str, KnownInstrument], today: date
) -> dict[str, Callable[[pd.Series], Any]]:
    if column in DATES:
        return {"future": lambda v: v <= pd.Timestamp(today), "early": lambda v: v >= EARLIEST}
    instrument = known.get(column.removesuffix("_first").removesuffix("_last"))
    if instrument is not None:
        low, high = instrument.minimum, instrument.maximum
        rules: dict[str, Callable[[pd.Series], Any]] = {"range": lambda v: v.between(low, high)}
        return rules | ({"whole": _whole} if whole_points(instrument) else {})
    if column == "n_sessions":
        return {"range": lambda v: v.between(0, MOST_SESSIONS), "whole": _whole}
    if column == "session":
        return {"range": lambda v: v.between(1, MOST_SESSIONS), "whole": _whole}
    if column == "age_years":
        return {"range": lambda v: v.between(0, OLDEST)}
    if table == "counts" and column in ("n", "deteriorated"):
        return {"range": lambda v: v >= 0, "whole": _whole}
    return {}


def _whole(values: pd.Series) -> pd.Series:
    return (values - values.round()).abs() < NEARLY


def whole_points(instrument: KnownInstrument) -> bool:
    """Return whether an instrument is scored in whole points: everything that is known of it is a whole number."""
    points = (instrument.minimum, instrument.maximum, instrument.reliable_change, instrument.caseness or 0)
    return all(float(value).is_integer() for value in points)
