"""One file as a source of columns: finds them by name, converts them, and keeps account of both."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches

import pandas as pd

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.converting import Converted
from iatrogenesis.own_data.converting.ages import to_ages
from iatrogenesis.own_data.converting.covariates import to_covariate
from iatrogenesis.own_data.converting.dates import day_comes_first, to_dates
from iatrogenesis.own_data.converting.ids import to_ids, to_texts
from iatrogenesis.own_data.converting.missing import codes_among_ids, without_codes
from iatrogenesis.own_data.converting.numbers import to_numbers, to_whole_numbers, usual_mark
from iatrogenesis.own_data.converting.yes_no import to_yes_no
from iatrogenesis.own_data.mapped import REMARKS, UNCONVERTED, Unlinked
from iatrogenesis.own_data.reading import Raw
from iatrogenesis.own_data.reading.said import many
from iatrogenesis.own_data.settings import Files

IDS = ("client_id", "course_id", "therapist_id", "service_id", "unit_id")
"""Fields in which a code for missing, such as 99, may be an id like others."""
OF_CLIENTS = ("client_id", "course_id")
"""Fields in which it always is."""


class Source:
    """The columns of one file, by the names they have there, and what was done with them.

    Attributes
    ----------
    raw
        The file as it was read.
    table
        Canonical name of the table that it becomes.
    unlinked
        Rows that belong to nothing in another file.
    """

    def __init__(self, raw: Raw, files: Files, table: str) -> None:
        """Keep the file; `Files` says how it is written."""
        self.raw, self.files, self.table = raw, files, table
        self.file = raw.path.name
        self.origin: dict[str, tuple[str, str]] = {}
        self.unlinked: list[Unlinked] = []
        self._remarks = [("reading", table, "", self.file, "", 0, note) for note in raw.notes]
        self._failed: list[pd.DataFrame] = []
        self._usual = files.decimal or usual_mark(raw.table)
        self._day_first = files.day_first

    def has(self, name: str | None) -> bool:
        """Whether the file has a column of that name."""
        return name is not None and self._called(name) is not None

    def use_dates(self, names: list[str]) -> None:
        """Find out from the dates of these columns together whether the day stands first."""
        if self.files.day_first is None:
            found = [self.raw.table[called] for name in names if (called := self._called(name)) is not None]
            self._day_first = day_comes_first(found)

    def ids(self, field: str, name: str) -> pd.Series:
        """Return a column of ids."""
        return self._take(field, name, "id", to_ids)

    def texts(self, field: str, name: str) -> pd.Series:
        """Return a column of texts."""
        return self._take(field, name, "text", to_texts)

    def numbers(self, field: str, name: str) -> pd.Series:
        """Return a column of numbers, float64."""
        return self._take(
            field, name, "number", lambda column: to_numbers(column, self.files.decimal, usual=self._usual)
        )

    def whole_numbers(self, field: str, name: str) -> pd.Series:
        """Return a column of whole numbers, Int64."""
        return self._take(field, name, "whole number", lambda column: to_whole_numbers(column, self.files.decimal))

    def dates(self, field: str, name: str) -> pd.Series:
        """Return a column of dates."""
        return self._take(field, name, "date", lambda column: to_dates(column, self._day_first))

    def yes_no(self, field: str, name: str) -> pd.Series:
        """Return a column of pandas' boolean."""
        labels = self._labels(name)
        return self._take(field, name, "yes or no", lambda column: to_yes_no(column, field, labels))

    def covariate(self, field: str, name: str) -> pd.Series:
        """Return a column of numbers or of categories."""
        labels = self._labels(name)
        return self._take(
            field, name, "number", lambda column: to_covariate(column, labels, self.files.decimal, self._usual)
        )

    def ages(self, name: str) -> dict[str, pd.Series]:
        """Return `age_band`, and `age_years` where years are given."""
        labels, years = self._labels(name), []

        def convert(column: pd.Series) -> Converted:
            if labels:
                column = column.map(labels).fillna(to_texts(column).values).astype("str")
            bands, in_years = to_ages(column)
            years.append(in_years)
            return bands

        bands = self._take("age_band", name, "age or age band", convert)
        if years[0].isna().all():
            return {"age_band": bands}
        self.origin["age_years"] = self.origin["age_band"]
        return {"age_band": bands, "age_years": years[0]}

    def remark(self, kind: str, field: str, column: str, cells: int, text: str) -> None:
        """Keep account of a decision."""
        self._remarks.append((kind, self.table, field, self.file, column, cells, text))

    @property
    def remarks(self) -> pd.DataFrame:
        """What was decided; columns as `REMARKS`."""
        return pd.DataFrame(self._remarks, columns=list(REMARKS))

    @property
    def unconverted(self) -> list[pd.DataFrame]:
        """Cells that could not be converted; columns as `UNCONVERTED`."""
        return self._failed

    def _called(self, name: str) -> str | None:
        """Return the column that a name of the settings means: that very one, or one that differs in case or blanks."""
        table = self.raw.table
        wanted = " ".join(name.split())
        if wanted in table.columns:
            return wanted
        alike = [column for column in table.columns if column.casefold() == wanted.casefold()]
        return alike[0] if len(alike) == 1 else None

    def _labels(self, name: str) -> Mapping[object, str]:
        return self.raw.labels.get(self._called(name) or "", {})

    def _take(self, field: str, name: str, wanted: str, convert: Callable[[pd.Series], Converted]) -> pd.Series:
        called = self._called(name)
        if called is None:
            raise missing_column(name, field, [self])
        column = self.raw.table[called]
        for word, count in self.raw.blanks.get(called, {}).items():
            self.remark(
                "word for missing",
                field,
                called,
                count,
                f"{many(count, 'cell')} {word!r} {'was' if count == 1 else 'were'} taken as missing.",
            )
        if field in IDS and (count := self.raw.stripped.get(called, 0)):
            self.remark("blanks around ids", field, called, count, f"Blanks around {many(count, 'id')} were removed.")
        codes = codes_among_ids(column, self.files.missing) if field in IDS else list(self.files.missing)
        if field in OF_CLIENTS:  # whose numbers may well be far apart
            codes = [code for code in codes if not code.strip().isdecimal()]
        column, count = without_codes(column, codes)
        if count:
            self.remark(
                "code for missing",
                field,
                called,
                count,
                f"{many(count, 'cell', 'holds', 'hold')} a code of data.missing.",
            )
        converted = convert(column)
        for kind, count, text in converted.remarks:
            self.remark(kind, field, called, count, text)
        self._note_failed(field, called, wanted, column[converted.failed])
        self.origin[field] = (self.file, called)
        return converted.values

    def _note_failed(self, field: str, called: str, wanted: str, cells: pd.Series) -> None:
        if len(cells):
            values = {
                "file": self.file,
                "row": cells.index,
                "column": called,
                "value": cells.map(str),
                "wanted": wanted,
            }
            failed = pd.DataFrame({"table": self.table, "field": field} | values)
            self._failed.append(failed[list(UNCONVERTED)].reset_index(drop=True))


def missing_column(name: str, field: str, sources: list[Source]) -> DataError:
    """Return the error for a column that no file has, with the names that are most like it."""
    columns = [column for source in sources for column in source.raw.table.columns]
    lower = {column.casefold(): column for column in columns}
    near = [lower[match] for match in get_close_matches(name.casefold(), lower, n=2)]
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    if len(columns) == 1:
        hint = " There is only one column: set data.separator, or data.sheet."
    files = " or ".join(str(source.raw.path) for source in sources)
    return DataError(
        f"{files}: there is no column {name!r}, which the settings name for {field}.{hint} "
        f"The columns are: {', '.join(columns)}."
    )
