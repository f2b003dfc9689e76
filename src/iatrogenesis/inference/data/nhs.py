"""Real counts to check against: NHS Talking Therapies, England, by service and year.

NHS England, Open Government Licence v3.0. Counts are rounded to 5 and small ones suppressed (empty fields), by NHS
England. The unit is the service, which stands where models say therapist. The data are not part of this repository.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from iatrogenesis.core.tables import DataError, require_columns
from iatrogenesis.inference.data.outcomes import OutcomeData, counts

SERVICE, YEAR, FINISHED, WORSE = "org_code", "reporting_period", "finished_course_treatment", "deterioration"
MINIMUM_COURSES = 200  # smaller services are left out, as in the published spread this is compared with


@dataclass(frozen=True)
class ServiceYears:
    """Services' counts by year, and what was left out.

    Attributes
    ----------
    years
        One data set per year, in the order of time, all over the same services (those kept in any year). A service that
        has no courses in a year has no rows in that year: its effect is then a draw from the population and takes no
        part in the posterior of the others, because effects are exchangeable normals. So one compiled model serves all
        years. Tables per service leave such services out.
    suppressed, small
        Rows left out per year: suppressed counts; fewer than the minimum of finished courses.
    """

    years: dict[str, OutcomeData]
    suppressed: dict[str, int]
    small: dict[str, int]


def read_service_years(path: Path, minimum: int = MINIMUM_COURSES) -> ServiceYears:
    """Read a table of services by year.

    Parameters
    ----------
    path
        CSV with the columns org_code, reporting_period, finished_course_treatment and deterioration; more may be there.
    minimum
        Finished courses a service needs in a year to be kept.

    Raises
    ------
    DataError
        If it cannot be read as a table; naming column and line: missing columns, an empty table, text where a count
        belongs, a negative count, more deteriorated than finished, a service twice in a year, a missing code or year.
    """
    name = Path(path).name
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:  # pandas' own errors are values' errors, too
        reason = error.strerror if isinstance(error, OSError) else str(error).splitlines()[0]
        raise DataError(f"{path}: this is no CSV table in UTF-8 ({reason}). Correct the path or the file.") from None
    require_columns(table, (SERVICE, YEAR, FINISHED, WORSE), name)
    _check_keys(table, name)
    table = table.assign(**{column: _counts(table, column, name) for column in (FINISHED, WORSE)})
    more = table[WORSE] > table[FINISHED]
    _refuse(more.fillna(False), table[WORSE], name, f"is more than {FINISHED!r}; correct the row")
    suppressed = table[[FINISHED, WORSE]].isna().any(axis=1)
    small = ~suppressed & (table[FINISHED].fillna(0) < minimum)
    kept = table[~suppressed & ~small]
    if kept.empty:
        raise DataError(f"{name}: no service has {minimum} finished courses and an unsuppressed count in any year.")
    services = tuple(sorted(kept[SERVICE].unique()))
    years = sorted(table[YEAR].unique())
    return ServiceYears(
        years={year: _outcomes(part, services, year) for year, part in kept.groupby(YEAR, sort=True)},
        suppressed={year: int((suppressed & (table[YEAR] == year)).sum()) for year in years},
        small={year: int((small & (table[YEAR] == year)).sum()) for year in years},
    )


def _outcomes(part: pd.DataFrame, services: tuple[str, ...], year: str) -> OutcomeData:
    part = part.sort_values(SERVICE)
    deteriorated, finished = (part[column].to_numpy(dtype=np.int64) for column in (WORSE, FINISHED))
    return counts(f"nhs-{year}", tuple(part[SERVICE]), deteriorated, finished).over(services)


def _check_keys(table: pd.DataFrame, name: str) -> None:
    for column in (SERVICE, YEAR):
        _refuse(table[column].str.strip() == "", table[column], name, "is empty; every row needs it")
    twice = table.duplicated([SERVICE, YEAR])
    _refuse(twice, table[SERVICE], name, "has a second row in the same year; keep one")


def _counts(table: pd.DataFrame, column: str, name: str) -> pd.Series:
    text = table[column].str.strip()
    wrong = ~(text.str.fullmatch(r"[0-9]{1,12}") | (text == ""))
    _refuse(wrong, table[column], name, "must be a whole number, or empty where suppressed")
    return pd.to_numeric(text.where(text != "")).astype("Int64")


def _refuse(wrong: pd.Series, values: pd.Series, name: str, complaint: str) -> None:
    rows = np.flatnonzero(wrong.to_numpy(dtype=bool))
    if rows.size:
        # Line 1 of the file is the header, so row 0 is line 2.
        found = f"{name}: column {values.name!r}, line {rows[0] + 2}, value '{values.iloc[rows[0]]}'"
        raise DataError(f"{found} {complaint} ({rows.size} such rows).")
