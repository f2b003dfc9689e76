"""Which CUSUM charts are shown: all where they are few, else those that come nearest to an alarm."""

import pandas as pd

from iatrogenesis.own_data.reporting.cells import numeric, true
from iatrogenesis.own_data.reporting.results import Results

MOST = 12


def charts_shown(results: Results) -> pd.DataFrame:
    """Return the rows of the table `cusum` that have a picture: services first, then those nearest to an alarm."""
    if not results.has("cusum", "level", "unit"):
        return pd.DataFrame()
    table = numeric(results.table("cusum"), "max", "threshold", "p_value")
    drawn = set(results.table("cusum_paths").get("unit", pd.Series(dtype=str)).astype(str))
    table = table[table["unit"].astype(str).isin(drawn)]
    near = (table["max"] / table["threshold"]).fillna(0)
    alarm = true(table["alarm"]) if "alarm" in table else pd.Series(False, index=table.index)
    order = table.assign(_service=table["level"] == "service", _alarm=alarm, _near=near)
    order = order.sort_values(["_service", "_alarm", "_near"], ascending=False, kind="stable")
    services = order[order["_service"]].head(MOST // 3)
    rest = order[~order["_service"]].head(MOST - len(services))
    return pd.concat([services, rest])[list(results.table("cusum"))]
