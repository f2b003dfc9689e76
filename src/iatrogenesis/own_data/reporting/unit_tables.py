"""Tables of counts on the page: units by their labels, rates in per cent, few columns."""

import pandas as pd

from iatrogenesis.own_data.reporting.cells import numeric
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.shown import shown
from iatrogenesis.own_data.reporting.units import last_period
from iatrogenesis.report.tables import Table

SERVICES = (
    *("unit_id", "period", "n", "deteriorated", "raw_rate", "rate", "rate_low", "rate_high", "ratio", "exceeds"),
    *("unlike_others",),
)
FORECAST = ("unit_id", "period", "n", "mean", "mean_low", "mean_high")
SCORES = ("width_80", "log_score", "log_score_difference", "log_score_difference_mcse", "crps")


def services(results: Results) -> Table:
    """The last period of each unit."""
    table = last_period(results)
    return shown(_labelled(table[[name for name in SERVICES if name in table]], results))


def forecast(results: Results) -> Table:
    """The mean of each unit's forecast with its 95 % interval, in per cent."""
    table = results.table("forecast").rename(columns={"q025": "mean_low", "q975": "mean_high"})
    rates = ["mean", "mean_low", "mean_high"]
    if set(rates) <= set(table):
        table = numeric(table, *rates)
        table = table.assign(**{name: 100 * table[name] for name in rates})
    kept = table[[name for name in FORECAST if name in table]]
    return shown(_labelled(kept, results), headings={"mean": "Forecast rate, % (95 % interval)"})


def rolling(results: Results) -> Table:
    """How each method did over all periods."""
    table = results.table("rolling_origin")
    if "period" in table:
        table = table[table["period"].astype(str) == "all"].drop(columns="period")
    covered = [name for name in table if name.startswith("covered_")]
    kept = [name for name in ("method", "courses", "periods", *covered, *SCORES) if name in table]
    # Of a sample of periods, and not of simulation, so that the usual heading would be wrong.
    errors = [name for name in kept if f"{name}_mcse" in kept]
    headings = {name: name.capitalize().replace("_", " ") + " (standard error)" for name in errors}
    return shown(table[kept], headings=headings)


def _labelled(table: pd.DataFrame, results: Results) -> pd.DataFrame:
    if "unit_id" not in table:
        return table
    return table.assign(unit_id=[results.names.of(one) for one in table["unit_id"]])
