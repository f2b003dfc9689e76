"""The tables of one analysis, as its page and pictures ask for them: any may be absent, with a reason."""

from collections.abc import Mapping

import pandas as pd

from iatrogenesis.own_data.prepared import About
from iatrogenesis.own_data.reporting.cells import first
from iatrogenesis.own_data.reporting.names import POOLED, Names
from iatrogenesis.own_data.settings import OwnData

REASONS = ("reason", "reasons", "why_not", "why")
OWN_REASONS = ("models", "flow", "checks", "diagnostics")
"""Tables in which a reason is about the row; in all others it says why there is no row."""


class Results:
    """The tables of one analysis with what is known about them."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], about: About, settings: OwnData) -> None:
        """Keep those that have rows; a row with a reason is none."""
        self.reasons: dict[str, str] = {}
        self.tables: dict[str, pd.DataFrame] = {}
        for name, table in tables.items():
            rows = self._without_reasons(name, table)
            if len(rows):
                self.tables[name] = rows
        self.about, self.settings = about, settings
        self.names = Names(self.tables, settings)

    def _without_reasons(self, name: str, table: pd.DataFrame) -> pd.DataFrame:
        if "reason" not in table or name in OWN_REASONS:
            return table
        said = table["reason"].astype(object).fillna("").astype(str).str.strip()
        if (said != "").any():
            self.reasons[name] = "; ".join(dict.fromkeys(said[said != ""]))
        return table[said == ""].drop(columns="reason")

    def __contains__(self, name: str) -> bool:
        """Whether a table is there and has rows."""
        return name in self.tables

    def has(self, name: str, *columns: str) -> bool:
        """Whether a table has rows and these columns."""
        return name in self.tables and set(columns) <= set(self.tables[name])

    def table(self, name: str) -> pd.DataFrame:
        """Return a table; one without rows or columns where it is absent."""
        return self.tables.get(name, pd.DataFrame())

    @property
    def people(self) -> pd.DataFrame:
        """The table of therapists without the row that stands for those with few courses."""
        table = self.table("therapists")
        if "therapist_id" not in table:
            return pd.DataFrame(columns=["therapist_id"])
        return table[~table["therapist_id"].astype(str).str.startswith(POOLED)]

    @property
    def unit(self) -> str:
        """What is compared: therapists, or the units of a table of counts."""
        return "unit" if self.about.kind == "counts" else "therapist"

    @property
    def units(self) -> str:
        """Several of them."""
        return f"{self.unit}s"

    def reason(self, *models: str) -> str:
        """Return why tables of these names are empty, or models not fitted, as they say; nothing where they do not."""
        if own := [self.reasons[name] for name in models if name in self.reasons]:
            return "; ".join(own)
        table = self.table("models")
        column = first(table, *REASONS)
        if column is None or "model" not in table:
            return ""
        said = table.loc[table["model"].isin(models), column].dropna().astype(str)
        return " ".join(dict.fromkeys(text.strip() for text in said if text.strip()))
