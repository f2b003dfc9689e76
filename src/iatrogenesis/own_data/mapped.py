"""The tables of a service with our own names of columns, their values not yet checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

UNCONVERTED = ("table", "field", "file", "row", "column", "value", "wanted")
REMARKS = ("kind", "table", "field", "file", "column", "cells", "text")


def nothing_remarked() -> pd.DataFrame:
    """Return the empty table of remarks."""
    return pd.DataFrame({name: pd.Series(dtype="int64" if name == "cells" else "str") for name in REMARKS})


def nothing_unconverted() -> pd.DataFrame:
    """Return the empty table of cells that could not be converted."""
    return pd.DataFrame({name: pd.Series(dtype="int64" if name == "row" else "str") for name in UNCONVERTED})


@dataclass(frozen=True)
class Unlinked:
    """Rows of one file that belong to nothing in another one, such as contacts without a referral.

    Attributes
    ----------
    what, to, others
        What the rows are, what each should belong to, and what is counted of that, in words.
    file, column
        Where the ids stand by which the two are joined.
    rows, of
        Those rows, in the file, and out of how many.
    alone, among
        How many of the others have none of the file's rows, and out of how many.
    """

    what: str
    to: str
    others: str
    file: str
    column: str
    rows: tuple[int, ...]
    of: int
    alone: int
    among: int


@dataclass(frozen=True)
class Mapped:
    """What a service's files hold, by canonical name. No row is dropped and no value is judged.

    The index of each table, named ``row``, is the row number in its file; of clients made from sessions, that of the
    client's first row there. Columns are those of `iatrogenesis.own_data.prepared`, with these differences: there is no
    `finished` (see `iatrogenesis.own_data.outcome`), `age_years` stands beside `age_band` where years were given,
    ratings and `x_<name>` are as in the file, ids may be missing, and `sessions` also has `therapist_id` and
    `attended` where they are known there. `course_id` tells the courses of a client apart, where the settings name it.
    Where sessions tell the therapist, clients have what `iatrogenesis.own_data.attribution` gives.

    Attributes
    ----------
    clients, sessions, counts
        The tables; None where there is none.
    origin
        File and column of each canonical column: key ``client_id`` for the table of clients or counts,
        ``sessions.client_id`` for that of sessions. Columns that were worked out say from what.
    unconverted
        Cells whose text could not be taken as what was wanted, and are missing in the tables: `table` and `field` as
        here, `file`, `row` and `column` as there, `value` as it stands, `wanted` (number, whole number, date, yes or
        no, age band).
    notes
        What was found out or decided on the way, one sentence each.
    remarks
        The same as a table: `kind` (such as ``blanks around ids``, ``word for missing``, ``code for missing``,
        ``decimal comma``, ``unsure dates``, ``ids with .0``, ``turned round``, ``several therapists``, ``reading``),
        `table`, `field`, `file`, `column`, how many `cells`, and the sentence in `text`.
    reversed
        Minimum and maximum of each instrument whose scores were turned round, so that higher is worse everywhere.
    unlinked
        Rows of files of the NHS data set that belong to nothing in another one.
    """

    clients: pd.DataFrame | None = None
    sessions: pd.DataFrame | None = None
    counts: pd.DataFrame | None = None
    origin: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    unconverted: pd.DataFrame = field(default_factory=nothing_unconverted)
    notes: tuple[str, ...] = ()
    remarks: pd.DataFrame = field(default_factory=nothing_remarked)
    reversed: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    unlinked: tuple[Unlinked, ...] = ()

    def where(self, table: str, column: str) -> tuple[str, str]:
        """File and column that a canonical column of ``clients``, ``sessions`` or ``counts`` comes from."""
        key = f"sessions.{column}" if table == "sessions" else column
        return self.origin.get(key, ("", column))

    def as_written(self, column: str, values: pd.Series) -> pd.Series:
        """Scores as they stand in the file: those that were turned round are turned back.

        Parameters
        ----------
        column
            Canonical name: an instrument, or ``<instrument>_first`` or ``_last``.
        values
            Its scores, any selection of rows.
        """
        instrument = column.removesuffix("_first").removesuffix("_last")
        return sum(self.reversed[instrument]) - values if instrument in self.reversed else values
