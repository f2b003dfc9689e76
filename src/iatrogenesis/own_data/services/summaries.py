"""What rolling origin found: coverage, scores and calibration by method, with errors clustered by target period."""

import numpy as np
import pandas as pd

from iatrogenesis.core.montecarlo import ratio
from iatrogenesis.own_data.services.predictive import LEVELS
from iatrogenesis.own_data.services.processes import BEST
from iatrogenesis.own_data.services.rolling import KNOWN

ALL = "all"
BINS = 10
COLUMNS = (
    ["method", "courses", "period", "periods", "rows"]
    + [f"covered_{level}{end}" for level in LEVELS for end in ("", "_mcse")]
    + ["width_80", "log_score", "log_score_difference", "log_score_difference_mcse"]
    + ["crps", "crps_difference", "crps_difference_mcse"]
)


def summary(rows: pd.DataFrame, reference: str = BEST) -> pd.DataFrame:
    """Return one row per method, number of courses and target period, and over all periods.

    Differences are to the reference on the same units and periods: a positive difference of the log score, or a
    negative one of the CRPS (in percentage points), favours the method. Columns `_mcse` are standard errors
    with target periods as clusters (of the sample of periods, not of simulation); there is none of a single one.
    """
    base = rows[(rows["method"] == reference) & (rows["courses"] == KNOWN)].set_index(["unit_id", "period"])
    found = []
    for (method, courses), part in rows.groupby(["method", "courses"], sort=True):
        part = part.set_index(["unit_id", "period"])
        for score in ("log_score", "crps"):
            part = part.assign(**{f"{score}_difference": part[score] - base[score].reindex(part.index)})
        for period in (ALL, *sorted(set(part.index.get_level_values("period")))):
            these = part if period == ALL else part[part.index.get_level_values("period") == period]
            found.append({"method": method, "courses": courses, "period": period, **_row(these)})
    return pd.DataFrame(found).reindex(columns=COLUMNS)


def _row(part: pd.DataFrame) -> dict[str, float]:
    groups = part.groupby(level="period", sort=True)
    found = {"periods": groups.ngroups, "rows": len(part), "width_80": part["width_80"].mean()}
    clustered = [f"covered_{level}" for level in LEVELS] + ["log_score_difference", "crps_difference"]
    for name in clustered:
        found[name] = part[name].astype(float).mean()
        if groups.ngroups > 1:
            sums = groups[name].sum().to_numpy(dtype=float), groups.size().to_numpy(dtype=float)
            found[f"{name}_mcse"] = ratio(*sums)[1]
    return found | {name: part[name].mean() for name in ("log_score", "crps")}


def histogram(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the PIT histogram: method, courses, bin (low, high), share; 0.1 in each where forecasts are calibrated."""
    edges = np.linspace(0, 1, BINS + 1)
    found = []
    for (method, courses), part in rows.groupby(["method", "courses"], sort=True):
        share = np.histogram(part["pit"], edges)[0] / len(part)
        parts = {"method": method, "courses": courses, "low": edges[:-1], "high": edges[1:], "share": share}
        found.append(pd.DataFrame(parts))
    return pd.concat(found, ignore_index=True)
