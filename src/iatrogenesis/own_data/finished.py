"""What surveillance, periods and plasmode study start from: courses whose outcome is known, and tables without rows."""

from collections.abc import Sequence

import pandas as pd


def finished(clients: pd.DataFrame) -> pd.DataFrame:
    """Return the finished courses whose outcome is known, with their index; `deteriorated` is then bool."""
    known = clients["finished"].astype(bool) & clients["deteriorated"].notna()
    chosen = clients[known]
    return chosen.assign(deteriorated=chosen["deteriorated"].astype(bool))


def without_rows(columns: Sequence[str], reason: str) -> pd.DataFrame:
    """Return a table that says nothing but why: one row, missing but for the column `reason`."""
    return pd.DataFrame([{"reason": reason}]).reindex(columns=list(columns))
