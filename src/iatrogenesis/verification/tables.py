"""Tables that rest on draws or estimates, cell by cell beside those of the accepted run: one is not like the other.

Both runs analyse the same data sets. So results of methods without draws agree but for the optimiser's last digits;
others, up to what other draws leave open. A column with an error of its own is held to the reference's error.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from iatrogenesis.simulation_study.methods import FACTS
from iatrogenesis.verification.verdicts import NOT, OTHERWISE, WITHIN, Verdict, errors_allowed

OPTIMISED = 1e-4
"""Relative difference, and share of an error, that an optimiser may leave."""
OF_DATA_SETS = 0.5
"""Share of the error between data sets that other draws of the same data sets may make."""
OF_SPAN = 0.2
"""Of columns without an error: share of what the column spans, or of the value itself."""
OF_ROWS = 20
"""Of so many rows one may have another word, such as a grade; of fewer, one as well."""
SAMPLERS = ("diagnostics", "engines", "sbc", "model_comparison", "unseen_therapists")
"""Tables of how a sampler fared, of which only rows and columns are compared."""
WHOLE = ("checks",)
"""Tables whose words are all the same everywhere."""
SIZES = (
    "bias",
    "bias_harmful",
    "mse",
    "rmse",
    "empirical_se",
    "model_se",
    "model_se_error",
    "width",
    "rank_correlation",
)
"""Measures that are no shares: one data set decided otherwise does not explain another value."""
MEANS = ("value", "estimate", "difference", "nuts", "mean_rank")
"""Columns that an error called just ``mcse`` is about: the first that is there."""


def table_verdict(name: str, now: pd.DataFrame, before: pd.DataFrame) -> Verdict:
    """Whether a table is as it was, up to other draws, and the first cell that is not.

    Parameters
    ----------
    name
        Of the table, without its folder and ending.
    now, before
        The table, and the one that the reference keeps.
    """
    if list(now.columns) != list(before.columns):
        return Verdict(NOT, f"its columns are {', '.join(map(str, now.columns))[:200]}; the reference has others")
    if len(now) != len(before):
        return Verdict(NOT, f"it has {len(now)} rows; the reference has {len(before)}")
    if name in SAMPLERS:
        return Verdict(WITHIN, "only rows and columns are compared: it says how a sampler fared")
    for column, far in _far(name, now, before):
        if far.any():
            row = int(np.argmax(far))
            says = f"{now[column].iloc[row]} and was {before[column].iloc[row]}"
            return Verdict(NOT, f"{column} in row {row + 1} is {says}; {int(far.sum())} such cells")
    return Verdict(WITHIN, "every cell is what other draws leave open")


def _far(name: str, now: pd.DataFrame, before: pd.DataFrame) -> Iterator[tuple[str, np.ndarray]]:
    """By column, which cells are too far off."""
    numbers = [column for column in before if is_numeric_dtype(before[column]) and not is_bool_dtype(before[column])]
    first = min((before.columns.get_loc(column) for column in numbers), default=len(before.columns))
    errors = dict(_errors(numbers))
    of_data_sets = "replicates" in before and "mcse" in before
    for place, column in enumerate(before.columns):
        if column in numbers and not is_numeric_dtype(now[column]):
            yield column, np.ones(len(now), dtype=bool)
        elif column not in numbers:
            words, were = ([str(one) for one in table[column]] for table in (now, before))
            other = np.array(words, dtype=object) != np.array(were, dtype=object)
            most = 0 if place < first or name in WHOLE else max(1, len(before) // OF_ROWS)
            yield column, other & (other.sum() > most)
        else:
            then, off = (table[column].to_numpy(dtype=float) for table in (before, now))
            same = (then == off) | (np.isnan(then) & np.isnan(off))
            off = np.where(same, 0.0, np.abs(off - then))
            allowed = _allowed(column, before, then, errors, of_data_sets)
            if of_data_sets and "method" in before and column in ("value", "difference", "mcse"):
                allowed = np.where(_without_draws(before), OPTIMISED * (np.abs(then) + _error(before, "mcse")), allowed)
            yield column, ~(off <= np.nan_to_num(allowed + 1e-6 * np.abs(then)) + 1e-12)


def _allowed(column: str, before: pd.DataFrame, then: np.ndarray, errors: dict, of_data_sets: bool) -> np.ndarray:
    if column in ("replicates", "failures"):
        return np.zeros(len(then))
    if column in errors.values():
        return np.abs(then) * (OTHERWISE - 1) + (_one_data_set(before) if of_data_sets else 0)
    if column in errors:
        error = _error(before, errors[column])
        if of_data_sets:  # a share may move by one data set, of which its error need not know
            return np.maximum(OF_DATA_SETS * error, _one_data_set(before))
        return np.where(error > 0, errors_allowed(len(before)) * 2**0.5 * error, OF_SPAN * np.abs(then))
    finite = then[np.isfinite(then)]
    span = np.ptp(finite) if finite.size else 0.0
    return np.maximum(OF_SPAN * span, OF_SPAN * np.abs(then))


def _errors(numbers: list[str]) -> Iterator[tuple[str, str]]:
    """Columns with an error of their own, and the error's column."""
    for column in numbers:
        if f"{column}_mcse" in numbers:
            yield column, f"{column}_mcse"
    mean = next((column for column in MEANS if column in numbers), None)
    if mean and "mcse" in numbers and f"{mean}_mcse" not in numbers:
        yield mean, "mcse"


def _error(before: pd.DataFrame, column: str) -> np.ndarray:
    return np.nan_to_num(before[column].to_numpy(dtype=float))


def _one_data_set(before: pd.DataFrame) -> np.ndarray:
    """What one data set that is decided otherwise makes of a share."""
    share = ~before["measure"].isin(SIZES) if "measure" in before else pd.Series(False, before.index)
    return np.where(share, 1 / np.maximum(before["replicates"].to_numpy(dtype=float), 1.0), 0.0)


def _without_draws(before: pd.DataFrame) -> np.ndarray:
    columns = [before[name] for name in ("method", "reference") if name in before]
    plain = {name for name, facts in FACTS.items() if "MODEL" not in facts}
    return np.all([column.isin(plain) for column in columns], axis=0)
