"""A check, what it looks at, and what it finds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from iatrogenesis.own_data.mapped import Mapped
from iatrogenesis.own_data.prepared import KnownInstrument
from iatrogenesis.own_data.settings import OwnData

SEVERITIES = ("error", "warning", "note", "passed", "not looked at")
"""An error forbids the analysis; a warning changes what it does, or what can be concluded."""
EXAMPLES = 5
"""So many rows are quoted for one finding."""
USABLE = 0.1
"""If more than this share of the rows cannot be used for one reason, the data are mended first, not analysed."""
LONGEST = 40
"""A value in an example is cut after so many characters."""


@dataclass(frozen=True)
class Found:
    """What a check found.

    Attributes
    ----------
    severity
        One of `SEVERITIES`.
    message
        What was found, with its number, and the way out.
    columns
        Canonical names of the columns, in `table`.
    rows
        Rows of the file, as a person counts them there.
    examples
        Texts such as "row 7, PHQ9_1: 99".
    unusable
        Reason and rows of the table of clients that the analysis leaves out.
    blanked
        Columns and rows of `table` whose value the analysis takes as missing.
    cells
        How many cells, where their rows are not known.
    """

    severity: str
    message: str
    table: str = "clients"
    columns: Sequence[str] = ()
    rows: Sequence[int] = ()
    examples: Sequence[str] = ()
    unusable: Mapping[str, Sequence[int]] = field(default_factory=dict)
    blanked: Mapping[str, Sequence[int]] = field(default_factory=dict)
    cells: int = 0


@dataclass(frozen=True)
class Subject:
    """What checks look at.

    Attributes
    ----------
    mapped, settings
        The data with our names, and the settings of the analysis.
    known
        Instruments with scores, by name.
    failures
        What the schema found: columns table, column, check, row, value.
    judged
        The rows that can be used, with `finished` and `deteriorated`; None before that is known.
    today
        Dates after it lie in the future.
    """

    mapped: Mapped
    settings: OwnData
    known: Mapping[str, KnownInstrument]
    failures: pd.DataFrame
    judged: pd.DataFrame | None = None
    today: date = field(default_factory=date.today)

    def table(self, name: str) -> pd.DataFrame | None:
        """Return the table of clients, sessions or counts, None where there is none."""
        return getattr(self.mapped, name)

    def has(self, table: str, *columns: str) -> bool:
        """Return whether a table has all these columns."""
        found = self.table(table)
        return found is not None and set(columns) <= set(found.columns)

    def label(self, table: str, column: str) -> str:
        """Return the name of a column as it stands in the file."""
        return self.mapped.where(table, column)[1]

    def failed(self, table: str, check: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the schema's failures of one kind."""
        found = self.failures
        if found.empty:
            return found
        chosen = (found["table"] == table) & (found["check"] == check)
        return found[chosen if columns is None else chosen & found["column"].isin(columns)]

    def score_columns(self) -> dict[str, str]:
        """Return the columns of scores in the table of clients, each with its instrument."""
        pairs = {f"{name}_{end}": name for name in self.known for end in ("first", "last")}
        return {column: name for column, name in pairs.items() if self.has("clients", column)}

    @property
    def shows_ids(self) -> bool:
        """Whether therapists, services and units may be named by their ids."""
        return not self.settings.privacy.anonymise


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes
    ----------
    name
        Short; what is wrong if it fails.
    family
        Heading under which it stands.
    looks_for
        One sentence.
    then
        What the analysis does where it fails.
    find
        The check: None where all is well, a text where there is nothing to look at.
    judged
        Whether it looks at the outcomes of the rows that can be used.
    """

    name: str
    family: str
    looks_for: str
    then: str
    find: Callable[[Subject], Found | str | None]
    judged: bool = False


def numeric(values: pd.Series) -> np.ndarray:
    """Return a column as float64, missing where it is no number; shape (rows,)."""
    if values.dtype == bool:
        return values.to_numpy(dtype=float)
    return pd.to_numeric(values, errors="coerce").astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def many(number: int, one: str, several: str | None = None) -> str:
    """Return "1 row", "3 rows", "1,200 rows"."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def row_list(rows: Sequence[int]) -> str:
    """Return "rows 3, 8, 9 and 12 more"."""
    shown = ", ".join(str(row) for row in rows[:EXAMPLES])
    more = f" and {len(rows) - EXAMPLES:,} more" if len(rows) > EXAMPLES else ""
    return f"{'row' if len(rows) == 1 else 'rows'} {shown}{more}"


def printable(value: object) -> str:
    """Return a value on one line, without characters that steer the text around it, at most `LONGEST` characters."""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    text = f"{value:g}" if isinstance(value, float | np.floating) else str(value)
    text = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def said(value: object) -> str:
    """Return a value for an example: texts in quotes."""
    return f"'{printable(value)}'" if isinstance(value, str) else printable(value)


def quoted(subject: Subject, table: str, column: str, values: pd.Series) -> list[str]:
    """Return examples: rows of the file with their value, which are texts in quotes."""
    return [_cell(subject, row, subject.label(table, column), value) for row, value in values.iloc[:EXAMPLES].items()]


def unread_cells(subject: Subject, cells: pd.DataFrame) -> list[str]:
    """Return examples of cells that could not be converted."""
    shown = cells[["row", "column", "value"]].head(EXAMPLES)
    return [_cell(subject, row, column, str(value)) for row, column, value in shown.itertuples(index=False)]


def _cell(subject: Subject, row: object, column: str, value: object) -> str:
    """A cell with its value, unless the column is that of the clients' ids, named as another by mistake."""
    origin = subject.mapped.origin
    ids = {origin[name][1] for name in ("client_id", "sessions.client_id") if name in origin}
    place = f"row {row}, {printable(column)}"
    return place if column in ids else f"{place}: {said(value)}"


def of_failures(subject: Subject, failures: pd.DataFrame) -> list[str]:
    """Return examples of what the schema found, the scores as they stand in the file."""
    texts: list[str] = []
    for (table, column), group in failures.groupby(["table", "column"], sort=False):
        values = pd.Series(list(group["value"]), index=group["row"].to_numpy(), dtype=object)
        texts += quoted(subject, table, column, subject.mapped.as_written(column, values))
    return texts[:EXAMPLES]


def names(subject: Subject, ids: Sequence[object], kind: str = "therapist") -> list[str]:
    """Return ids as examples, none where they must not be seen."""
    return [f"{kind} {said(str(one))}" for one in list(ids)[:EXAMPLES]] if subject.shows_ids else []


def unique(rows: Sequence[int] | pd.Index | np.ndarray) -> list[int]:
    """Return row numbers once each, in order."""
    return sorted({int(row) for row in rows})
