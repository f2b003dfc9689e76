"""The tables of the data set, what each must have, and how their rows are told apart and joined."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data import reading
from iatrogenesis.own_data.mapped import Unlinked
from iatrogenesis.own_data.settings import Files
from iatrogenesis.own_data.source import Source

PROVIDER = ("OrgIDProv", "OrgID_Provider")
SUBMITTED = ("Unique_MonthID", "UniqueSubmissionID")
"""Both grow with time: the same record is handed in again each month while a referral is open."""

JOINED = {"request": "ServiceRequestId", "contact": "CareContactId", "activity": "CareActId"}
Linked = tuple[pd.Series, pd.Series]
RECORDS = {"request": "IDS101", "contact": "IDS201", "activity": "IDS202"}


@dataclass(frozen=True)
class NhsTable:
    """One table: what it is called, which canonical table it goes into, and the fields it must have.

    A field that has two names is needed by one of them.
    """

    name: str
    into: str
    needed: tuple[tuple[str, ...], ...]


REFERRAL = NhsTable("IDS101 Referral", "clients", (("ServiceRequestId",), ("Person_ID", "LocalPatientId")))
CONTACT = NhsTable(
    "IDS201 CareContact",
    "sessions",
    (("CareContactId",), ("ServiceRequestId",), ("CareContDate",), ("AttendOrDNACode",)),
)
ACTIVITY = NhsTable("IDS202 CareActivity", "sessions", (("CareActId",), ("CareContactId",), ("CarePersLocalId",)))
REFERRAL_SCORE = NhsTable(
    "IDS606 CodedScoreAssessmentRefer",
    "sessions",
    (("ServiceRequestId",), ("CodedAssToolType",), ("PersScore",), ("AssToolCompDate",)),
)
ACTIVITY_SCORE = NhsTable(
    "IDS607 CodedScoreAssessmentAct", "sessions", (("CareActId",), ("CodedAssToolType",), ("PersScore",))
)
WORKFORCE = NhsTable("IDS902 CarePersQual", "clients", (("CarePersLocalId",), ("QualAttainLevelIAPT",)))


def opened(table: NhsTable, path: Path, files: Files) -> Source:
    """Read one table and check that it has the fields it must have.

    Raises
    ------
    DataError
        If the file cannot be read, or lacks a field: naming table, file and field.
    """
    return checked(Source(reading.read(path, files), files, table.into), table)


def checked(source: Source, table: NhsTable) -> Source:
    """Return the source, if it has every field that the table must have."""
    for names in table.needed:
        if either(source, names) is None:
            fields = ", ".join(map(str, source.raw.table.columns))
            raise DataError(
                f"{source.raw.path}: {table.name} has no field {' or '.join(names)}. Export that field, too, or name "
                f"the right file under data.nhs. The fields are: {fields}."
            )
    return source


def only(source: Source, rows: pd.Series) -> Source:
    """Return the same file with some of its rows."""
    some = replace(source.raw, table=source.raw.table[rows], notes=(), blanks={}, stripped={})  # counted over all rows
    return Source(some, source.files, source.table)


def either(source: Source, names: Sequence[str]) -> str | None:
    """Return the first of some names that the file has."""
    return next((name for name in names if source.has(name)), None)


def keys(source: Source, **fields: str | Sequence[str]) -> pd.DataFrame:
    """Return ids by a name of one's own, and `provider`, `month` and `submission` where the file has them.

    An id is never taken as a code for missing. A field that the file lacks is left out.
    """
    found = {}
    for name, one_or_more in {**fields, "provider": PROVIDER}.items():
        called = either(source, [one_or_more] if isinstance(one_or_more, str) else one_or_more)
        if called is not None:
            found[name] = source.ids("service_id" if name == "provider" else "course_id", called)
    for name, field in zip(("month", "submission"), SUBMITTED, strict=True):
        if source.has(field):
            found[name] = source.numbers(name, field)
    return pd.DataFrame(found, index=source.raw.table.index)


def unlinked(
    source: Source, what: tuple[str, str, str], column: str, rows: pd.DataFrame, lost: pd.Series, others: Linked
) -> None:
    """Keep account of rows that belong to nothing in another file.

    Parameters
    ----------
    what
        What the rows are, what each should belong to, and what is counted of that.
    column
        Of the file, by which they are joined.
    rows, lost
        The rows, and which of them belong to nothing.
    others
        Ids of what they should belong to, and those of them that some row names.
    """
    every, named = others
    of_rows = tuple(int(row) for row in rows.index[lost])
    if of_rows:
        alone = len(set(every.dropna()) - set(named.dropna()))
        found = Unlinked(*what, source.file, column, of_rows, len(rows), alone, every.nunique())
        source.unlinked.append(found)


def latest(table: pd.DataFrame, key: Sequence[str], first_by: Sequence[str] = ()) -> pd.DataFrame:
    """Return one row per key: that of the latest submission, else the last in the file.

    Parameters
    ----------
    key
        Columns; those that the table lacks are passed over. Rows without the first of them are kept.
    first_by
        Columns that go before the time of submission: higher is kept.
    """
    known = [name for name in key if name in table]
    order = [name for name in (*first_by, "month", "submission") if name in table]
    ordered = table.sort_values(order, kind="stable", na_position="first") if order else table
    again = ordered.duplicated(known, keep="last") & ordered[known[0]].notna()
    return ordered[~again].sort_index(kind="stable")


def joined(left: pd.DataFrame, right: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the left rows, in order and with their index, with what the right table says of the same id.

    Ids are unique within a provider only: where both tables name it, it belongs to the key.

    Raises
    ------
    DataError
        If providers share an id and the left table does not tell which is meant.
    """
    by_provider = all("provider" in table and table["provider"].notna().all() for table in (left, right))
    on = ["provider", key] if by_provider else [key]
    right = right[right[key].notna()]
    if right.duplicated(on).any():
        row = right.index[right.duplicated(on)][0]  # not the id: errors get into logs
        raise DataError(
            f"data.nhs: providers share a {JOINED[key]} (row {row} of {RECORDS[key]} has one of them), and another "
            f"table does not say whose it means. Export {' or '.join(PROVIDER)} in every table."
        )
    new = [name for name in right if name in on or name not in left]
    found = left.merge(right[new], on=on, how="left", validate="many_to_one").set_axis(left.index)
    if not by_provider and "provider" in left and "provider" in right:
        known = left[[key]].merge(right[[key, "provider"]], on=key, how="left")["provider"].to_numpy()
        found["provider"] = found["provider"].where(found["provider"].notna(), known)
    return found
