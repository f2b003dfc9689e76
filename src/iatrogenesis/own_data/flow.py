"""CONSORT counts: what each step left out, so that nothing is dropped silently."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

COLUMNS = ("step", "reason", "rows", "clients", "therapists")
RECORDS = "records in the file"
USABLE = "usable courses"
JUDGED = "courses judged"


class Flow:
    """Counts on the way from the records to the courses that are judged.

    A line without a reason is a step that is reached; lines with a reason come before it and say who did not reach it.
    Rows are what was left out. Clients and therapists are those who leave with them: none of their rows remains. So
    each number less those that were left out is the next one, exactly.
    """

    def __init__(self, clients: pd.Series | None, therapists: pd.Series | None, rows: Sequence[int] | pd.Index) -> None:
        """Start with all records.

        Parameters
        ----------
        clients, therapists
            Ids, missing where unknown, by row of the file; None where there are none.
        rows
            Rows of the file, each once.
        """
        index = pd.Index(rows)
        self._ids = pd.DataFrame({"clients": clients, "therapists": therapists}, index=index)
        self._known = {"clients": clients is not None, "therapists": therapists is not None}
        self._lines: list[dict[str, object]] = []
        self.reach(RECORDS)

    def leave_out(self, step: str, reason: str, rows: Sequence[int] | pd.Index | np.ndarray) -> None:
        """Leave rows out on the way to a step; those that were left out before count no second time."""
        before = self._count()
        self._ids = self._ids[~self._ids.index.isin(rows)]
        after = self._count()
        if before["rows"] > after["rows"]:
            self._add(step, reason, {name: number - after[name] for name, number in before.items()})

    def reach(self, step: str) -> None:
        """Count what is left."""
        self._add(step, "", self._count())

    def table(self) -> pd.DataFrame:
        """Return the lines: columns step, reason, rows, clients, therapists (missing where there are no ids)."""
        kinds = {"step": "str", "reason": "str", "rows": "int64", "clients": "Int64", "therapists": "Int64"}
        return pd.DataFrame(self._lines, columns=list(COLUMNS)).astype(kinds)

    def _count(self) -> dict[str, int]:
        numbers = {name: int(self._ids[name].nunique()) for name in ("clients", "therapists")}
        return {"rows": len(self._ids), **numbers}

    def _add(self, step: str, reason: str, counts: dict[str, int]) -> None:
        known = {name: number if self._known.get(name, True) else pd.NA for name, number in counts.items()}
        self._lines.append({"step": step, "reason": reason, **known})
