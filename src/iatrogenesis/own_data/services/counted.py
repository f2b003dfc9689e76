"""Counts by unit and period as the model takes them: what is known of each count, where it was rounded or suppressed.

Publishers round counts to 5 and suppress those below 5. A published count of 80 then says "78 to 82", one of 5 "5 to
7", and a suppressed one "0 to 4"; the likelihood of a row is the binomial probability of that range. Rounding is told
from the counts: where every number of courses and of deteriorated is a multiple of 5 in ten rows or more, they are
rounded (by chance that has a probability below 1e-13).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gammaln

from iatrogenesis.core.tables import DataError, numbers, refuse, require_columns
from iatrogenesis.own_data.services.labels import in_order

COLUMNS = ("unit_id", "period", "n", "deteriorated")
LEAST_UNITS = 5
ROUNDED = 5
ROWS_THAT_TELL = 10


@dataclass(frozen=True)
class Counted:
    """Counts over units and periods; a cell without data has n = 0.

    Attributes
    ----------
    units, periods
        Ids and labels, the latter in order of time, without gaps.
    n
        Finished courses, shape (units, periods).
    low, high
        Least and greatest count of deteriorated that the row allows, same shape; equal where the count is exact.
    shown
        The count as given, NaN where suppressed, same shape.
    rounding
        5, or 1 where counts are exact.
    """

    units: tuple[str, ...]
    periods: tuple[str, ...]
    n: np.ndarray
    low: np.ndarray
    high: np.ndarray
    shown: np.ndarray
    rounding: int

    @property
    def seen(self) -> np.ndarray:
        """Whether a cell has data, shape (units, periods)."""
        return self.n > 0

    def until(self, periods: int) -> "Counted":
        """Return the first periods only, with the units that have data in them."""
        kept = self.seen[:, :periods].any(axis=1)
        n, low, high, shown = (table[kept, :periods] for table in (self.n, self.low, self.high, self.shown))
        units = tuple(unit for unit, keep in zip(self.units, kept, strict=True) if keep)
        return Counted(units, self.periods[:periods], n, low, high, shown, self.rounding)

    def extended(self, horizon: int, units: Sequence[str] = ()) -> "Counted":
        """Return the same with empty periods after the last and empty rows for further units."""
        periods = self.periods + in_order(self.periods, horizon)[len(self.periods) :] if horizon else self.periods
        new = tuple(unit for unit in units if unit not in set(self.units))
        widths = ((0, len(new)), (0, horizon))
        n, low, high = (np.pad(table, widths) for table in (self.n, self.low, self.high))
        shown = np.pad(self.shown, widths, constant_values=np.nan)
        return Counted(self.units + new, periods, n, low, high, shown, self.rounding)

    def as_exact(self) -> "Counted":
        """Return the same, with each published count taken as exact, and suppressed ones as 2."""
        count = np.where(np.isnan(self.shown), np.where(self.seen, np.minimum(2, self.n), 0), self.shown)
        count = np.minimum(count, self.n).astype(np.int64)
        return Counted(self.units, self.periods, self.n, count, count, self.shown, self.rounding)


def counted(counts: pd.DataFrame, source: str = "counts") -> Counted:
    """Return counts as the model takes them.

    Parameters
    ----------
    counts
        Columns unit_id, period (text), n (finished courses) and deteriorated. An empty `deteriorated` is a suppressed
        count where the others are rounded to 5, and a missing one otherwise: such rows say nothing and are left out,
        as are rows without courses.

    Raises
    ------
    DataError
        A missing column, a unit twice in a period, a number that is no count, more deteriorated than courses, or fewer
        than 5 units.
    """
    require_columns(counts, COLUMNS, source)
    table = counts.assign(unit_id=_text(counts, "unit_id", source), period=_text(counts, "period", source))
    twice = table.duplicated(["unit_id", "period"])
    refuse(twice, table["unit_id"], f"{source}: column 'unit_id' has a second row in the same period; keep one")
    table = table[table["n"].notna()]
    n, shown = numbers(table, "n", source), _shown(table, source)
    refuse((n < 0) | (n % 1 != 0), table["n"], f"{source}: column 'n' must hold whole numbers from 0")
    rounding = _rounding(n, shown)
    # Rounding may lift the smaller of two nearly equal counts above the other.
    more = shown > n + (ROUNDED if rounding > 1 else 0)
    refuse(more, table["deteriorated"], f"{source}: column 'deteriorated' is more than 'n'; correct the row")
    kept = (n > 0) & (~np.isnan(shown) | (rounding > 1))
    table, n, shown = table[kept], n[kept], shown[kept]
    units = tuple(sorted(table["unit_id"].unique()))
    if len(units) < LEAST_UNITS:
        raise DataError(
            f"{source}: {len(units)} units with counts. How much units differ cannot be told from fewer than "
            f"{LEAST_UNITS}; add units, or give one row per client and analyse therapists."
        )
    return _arranged(table, units, n, shown, rounding)


def _arranged(table: pd.DataFrame, units: tuple[str, ...], n: np.ndarray, shown: np.ndarray, rounding: int) -> Counted:
    periods = in_order(table["period"])
    place = {unit: row for row, unit in enumerate(units)}, {period: at for at, period in enumerate(periods)}
    at = table["unit_id"].map(place[0]).to_numpy(), table["period"].map(place[1]).to_numpy()
    trials, counts = np.zeros((len(units), len(periods)), np.int64), np.full((len(units), len(periods)), np.nan)
    trials[at], counts[at] = n, np.minimum(shown, n)
    reach = rounding // 2
    low, high = counts - reach, counts + reach
    if rounding > 1:
        low = np.maximum(low, rounding)  # below it would have been suppressed
        low[counts == 0] = 0
        low, high = np.where(np.isnan(counts), 0, low), np.where(np.isnan(counts), rounding - 1, high)
    low, high = (np.where(trials > 0, np.minimum(end, trials), 0).astype(np.int64) for end in (low, high))
    return Counted(units, periods, trials, low, high, counts, rounding)


def _rounding(n: np.ndarray, shown: np.ndarray) -> int:
    known = ~np.isnan(shown)
    every = np.concatenate([n[known], shown[known]])
    return ROUNDED if np.count_nonzero(known) >= ROWS_THAT_TELL and np.all(every % ROUNDED == 0) else 1


def _shown(table: pd.DataFrame, source: str) -> np.ndarray:
    given = table[table["deteriorated"].notna()]
    found = numbers(given, "deteriorated", source) if len(given) else np.empty(0)
    wrong = (found < 0) | (found % 1 != 0)
    refuse(wrong, given["deteriorated"], f"{source}: column 'deteriorated' must hold whole numbers from 0")
    shown = np.full(len(table), np.nan)
    shown[table["deteriorated"].notna().to_numpy()] = found
    return shown


def _text(table: pd.DataFrame, column: str, source: str) -> pd.Series:
    values = table[column]
    empty = values.isna() | (values.astype(str).str.strip() == "")
    refuse(empty, values, f"{source}: column {column!r} is empty; every row needs it")
    return values.astype(str).str.strip()


def log_choose(n: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Return the logarithm of the binomial coefficient."""
    return gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)
