"""Units of a table of counts in their last period, and the numbers that page one has of them."""

from math import exp, sqrt

import pandas as pd

from iatrogenesis.own_data.reporting.cells import left_out, numeric
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.report.entry import Number, number

MODEL = "tables/services_model.csv"
NORMAL_QUARTILE = 0.6745  # of the median odds ratio: Larsen & Merlo 2005, 10.1093/aje/kwi017


def last_period(results: Results) -> pd.DataFrame:
    """Return the rows of the table `services` that are of its last period; none where it is absent."""
    table = results.table("services")
    if not {"unit_id", "period", "rate"} <= set(table):
        return pd.DataFrame(columns=["unit_id", "period", "rate"])
    periods = results.about.periods or tuple(sorted(set(table["period"].astype(str))))
    seen = set(table["period"].astype(str))
    last = [period for period in periods if period in seen][-1:]
    return table[table["period"].astype(str).isin(last)]


def unlike_others(results: Results) -> pd.Series:
    """Whether the count of each row of `last_period` is higher than a unit like the others would have."""
    rows = last_period(results)
    return rows["unlike_others"] == "high" if "unlike_others" in rows else pd.Series(False, index=rows.index)


def unit_numbers(results: Results) -> dict[str, Number]:
    """Return the numbers of page one for counts: names as in `iatrogenesis.own_data.reporting.numbers.numbers`.

    `flagged` counts units that are unlike the others and exceed a typical one, `beyond` those unlike the others;
    `forecast_width` is the mean width of the 95 % intervals of the next period's rates, in percentage points;
    `covered` how many of 100 earlier counts lay within such intervals.
    """
    rows, source = last_period(results), "tables/services.csv"
    if rows.empty:
        return {}
    every = numeric(results.table("services"), "n")
    found = {"therapists": number(int(every["unit_id"].nunique()), source, results.units)}
    if every["n"].notna().all():
        found["courses"] = number(int(every["n"].sum()), source, "courses")
    judged = numeric(rows, "n")["n"] >= results.settings.privacy.least_named
    judged &= ~left_out(rows, "deteriorated")
    unlike = unlike_others(results)
    high = rows["exceeds"] == "high" if "exceeds" in rows else unlike
    found["judged"] = number(int(judged.sum()), source, results.units)
    found["beyond"] = number(int(unlike.sum()), source, results.units)
    found["flagged"] = number(int((unlike & high).sum()), source, results.units)
    return found | _model(results, str(rows["period"].iloc[0])) | _forecast(results)


def _model(results: Results, period: str) -> dict[str, Number]:
    """Rate of a typical unit, and the spread as a median odds ratio, which follows from the SD of the log odds."""
    table = numeric(results.table("services_model"), "estimate", "low", "high")
    if "parameter" not in table:
        return {}
    by = table.set_index("parameter")[["estimate", "low", "high"]]
    found = {}
    if (name := f"typical rate {period}") in by.index:
        found["rate"] = number(*_three(by.loc[name], lambda rate: 100 * rate))
    if "total" in by.index:
        found["mor"] = number(*_three(by.loc["total"], lambda sd: exp(sqrt(2) * NORMAL_QUARTILE * sd)))
    return found


def _three(row: pd.Series, shown) -> tuple[float, str, str, float, float]:
    value, low, high = (shown(float(one)) for one in row)
    return value, MODEL, "%", low, high


def _forecast(results: Results) -> dict[str, Number]:
    found = {}
    if results.has("forecast", "q025", "q975"):
        table = numeric(results.table("forecast"), "q025", "q975")
        width = 100 * float((table["q975"] - table["q025"]).mean())
        found["forecast_width"] = number(width, "tables/forecast.csv", "percentage points")
    if results.has("rolling_origin", "covered_95", "period"):
        table = numeric(results.table("rolling_origin"), "covered_95")
        every = table[table["period"].astype(str) == "all"]
        if len(every):
            found["covered"] = number(100 * float(every["covered_95"].iloc[0]), "tables/rolling_origin.csv", "of 100")
    return found
