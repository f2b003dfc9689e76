"""Tables of all charts: `cusum`, one row per unit, and `cusum_paths`, one per course.

Courses are those that finished with a known outcome and a date, in order of that date; those of one day in order of
their client's id. Therapists with few courses share one chart. A chart compares with the expected risk: a unit that was
always worse than expected raises an alarm as one does that became worse.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import false_discovery_control

from iatrogenesis.core.streams import derived_seed
from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.analysis.therapists import unnamed
from iatrogenesis.own_data.finished import finished, without_rows
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.own_data.settings import OwnData
from iatrogenesis.own_data.small_numbers import LEAST
from iatrogenesis.own_data.surveillance.charts import Asked, Chart, chart

COLUMNS = (
    *("level", "unit", "n", "events", "expected", "undated", "odds_ratio", "threshold", "alarm", "alarm_number"),
    *("alarm_date", "max", "p_value", "p_bonferroni", "q_value", "alarm_bonferroni", "alarm_fdr"),
    *("false_alarm_chance", "false_alarm_mcse", "run_length", "run_length_mcse", "power", "power_mcse"),
    *("delay", "delay_mcse", "delay_days", "simulations", "charts", "alarms", "false_alarms_expected", "reason"),
)
"""Of the table `cusum`. The last but one four are of all charts of the level."""
PATHS = ("level", "unit", "number", "date", "value", "threshold", "reason")
LEVELS = {"therapist": "therapist_id", "service": "service_id"}
GIVE_AWAY = ("max", "p_value", "p_bonferroni", "q_value")
"""Columns from which the number of events follows, where it is small."""
WHOLE = "all"
"""The unit where services are not told apart."""


class Unit(NamedTuple):
    """A unit's courses, in order, and how many have no date."""

    level: str
    name: str
    courses: pd.DataFrame
    undated: int


def tables(prepared: Prepared, settings: OwnData, risk: ArrayLike | None = None) -> dict[str, pd.DataFrame]:
    """Return the charts of all therapists and services.

    Parameters
    ----------
    risk
        Expected risk of each row of the clients' table, shape (rows,), such as a case-mix model's for an average
        therapist; what stands for courses that are not used may be missing. By default the rate of all courses.

    Returns
    -------
    dict of pandas.DataFrame
        `cusum`, columns `COLUMNS`, and `cusum_paths`, columns `PATHS`. Where no chart can be drawn, one row with the
        reason alone.

    Raises
    ------
    DataError
        If an expected risk is missing or not between 0 and 1, or their number is not that of the rows.
    """
    reason = _why_not(prepared, settings)
    if reason:
        return {name: without_rows(columns, reason) for name, columns in (("cusum", COLUMNS), ("cusum_paths", PATHS))}
    clients = prepared.tables["clients"]
    courses = finished(clients.assign(expected=_expected(clients, risk)))
    _check_risk(courses["expected"], prepared.about.name)
    units = list(_units(courses, settings.privacy.least_named))
    own, seed = settings.surveillance, derived_seed(settings.analysis.seed, "surveillance")
    asked = Asked.of(own.odds_ratio, own.false_alarms, sum(len(unit.courses) for unit in units))
    charts = [
        chart(
            f"{unit.level}/{unit.name}",
            unit.courses["deteriorated"].to_numpy(dtype=float),
            unit.courses["expected"].to_numpy(dtype=float),
            asked,
            seed,
        )
        for unit in units
    ]
    rows = pd.DataFrame([_row(unit, found, asked) for unit, found in zip(units, charts, strict=True)])
    levels = [_with_multiplicity(part, settings) for _, part in rows.groupby("level", sort=False)]
    hidden = settings.privacy.small_numbers == "nhs"
    paths = (
        without_rows(PATHS, "small numbers: a path shows the outcomes of single clients")
        if hidden
        else pd.concat([_path(unit, found) for unit, found in zip(units, charts, strict=True)], ignore_index=True)
    )
    cusum = pd.concat(levels, ignore_index=True).assign(reason="")[list(COLUMNS)]
    return {"cusum": _without_small(cusum) if hidden else cusum, "cusum_paths": paths.reindex(columns=list(PATHS))}


def _without_small(cusum: pd.DataFrame) -> pd.DataFrame:
    """The table without numbers that give small counts away; counts themselves are left out where it is written."""
    shown = cusum.assign(expected=np.nan, **cusum[[*GIVE_AWAY]].round(2))
    shown.loc[cusum["events"] < LEAST, [*GIVE_AWAY, "alarm_number"]] = pd.NA
    return shown.assign(undated=cusum["undated"].where(cusum["undated"] >= LEAST).astype("Int64"))


def sentences(cusum: pd.DataFrame) -> Iterator[str]:
    """Yield what the charts say, one sentence per level, with the false alarms that are to be expected."""
    for level, part in cusum[cusum["reason"] == ""].groupby("level", sort=False):
        first = part.iloc[0]
        yield (
            f"{first['alarms']} of {first['charts']} {level} charts raise an alarm; "
            f"{first['false_alarms_expected']:.1f} would if no rate differed from what is expected. "
            f"{int(part['alarm_bonferroni'].sum())} alarms remain after Bonferroni's correction."
        )


def _why_not(prepared: Prepared, settings: OwnData) -> str:
    if "clients" not in prepared.tables:
        return "a chart needs one row per course; these are counts"
    clients = prepared.tables["clients"]
    if "ended" not in clients or clients["ended"].isna().all():
        return "a chart needs the date on which each course ended (columns: ended)"
    dated = finished(clients)
    dated = dated[dated["ended"].notna()]
    if dated.empty:
        return "no finished course has both an outcome and a date"
    if not 0 < dated["deteriorated"].mean() < 1:
        return "nobody or everybody deteriorated"
    return ""


def _expected(clients: pd.DataFrame, risk: ArrayLike | None) -> np.ndarray:
    if risk is None:
        return np.full(len(clients), float(finished(clients)["deteriorated"].mean()))
    found = np.asarray(risk, dtype=float)
    if found.shape != (len(clients),):
        raise DataError(f"Expected risks have shape {found.shape}, and there are {len(clients)} clients.")
    return found


def _check_risk(risk: pd.Series, dataset: str) -> None:
    wrong = ~((risk > 0) & (risk < 1))
    if wrong.any():
        raise DataError(
            f"{dataset}: the expected risk of client in row {risk.index[wrong][0]} is {risk[wrong].iloc[0]}; "
            "it must lie between 0 and 1."
        )


def _units(courses: pd.DataFrame, least: int) -> Iterator[Unit]:
    order = courses.sort_values(["ended", "client_id"], kind="stable")
    for level, column in LEVELS.items():
        names = order[column].astype(str) if column in order else pd.Series(WHOLE, index=order.index)
        if level == "therapist":
            sizes = order["ended"].notna().groupby(names).sum()
            few = sizes.index[sizes < least]
            names = names.where(~names.isin(few), unnamed(len(few), least))
        for name, part in order.groupby(names, sort=True):
            dated = part[part["ended"].notna()]
            if len(dated):
                yield Unit(level, str(name), dated, len(part) - len(dated))


def _row(unit: Unit, found: Chart, asked: Asked) -> dict[str, object]:
    courses, at = unit.courses, found.alarm
    days = (courses["ended"].iloc[-1] - courses["ended"].iloc[0]).days
    between = days / (len(courses) - 1) if len(courses) > 1 else np.nan
    return {
        "level": unit.level,
        "unit": unit.name,
        "n": len(courses),
        "events": int(courses["deteriorated"].sum()),
        "expected": float(courses["expected"].sum()),
        "undated": unit.undated,
        "odds_ratio": asked.odds_ratio,
        "threshold": found.threshold,
        "alarm": at is not None,
        "alarm_number": pd.NA if at is None else at + 1,
        "alarm_date": "" if at is None else _day(courses["ended"].iloc[at]),
        "max": float(found.values.max()),
        "p_value": found.p_value,
        "false_alarm_chance": found.false_alarm.value,
        "false_alarm_mcse": found.false_alarm.mcse,
        "run_length": found.run_length.value,
        "run_length_mcse": found.run_length.mcse,
        "power": found.power.value,
        "power_mcse": found.power.mcse,
        "delay": found.delay.value,
        "delay_mcse": found.delay.mcse,
        "delay_days": found.delay.value * between,
        "simulations": asked.simulations,
    }


def _with_multiplicity(part: pd.DataFrame, settings: OwnData) -> pd.DataFrame:
    """The charts of one level, with what their number does to false alarms."""
    p, number = part["p_value"].to_numpy(), len(part)
    bonferroni, q = np.minimum(p * number, 1.0), false_discovery_control(p)
    return part.assign(
        alarm_number=part["alarm_number"].astype("Int64"),
        p_bonferroni=bonferroni,
        q_value=q,
        alarm_bonferroni=bonferroni <= settings.surveillance.false_alarms,
        alarm_fdr=q <= settings.analysis.false_discovery_rate,
        charts=number,
        alarms=int(part["alarm"].sum()),
        false_alarms_expected=float(part["false_alarm_chance"].sum()),
    )


def _path(unit: Unit, found: Chart) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "level": unit.level,
            "unit": unit.name,
            "number": np.arange(1, len(found.values) + 1),
            "date": unit.courses["ended"].map(_day).to_numpy(),
            "value": found.values,
            "threshold": found.threshold,
            "reason": "",
        }
    )


def _day(date: pd.Timestamp) -> str:
    return pd.Timestamp(date).strftime("%Y-%m-%d")
