"""How numbers range over plausible worlds, and the Monte Carlo errors of that, apart."""

import numpy as np
import pandas as pd
from scipy.stats.mstats import hdquantiles, hdquantiles_sd

from iatrogenesis.evidence.ensemble import LEVELS

RANGE = (*LEVELS, "low_90_mcse", "high_90_mcse", "mcse", "widened", "centre", "centre_mcse", "members")
"""Columns of a range, in their order."""


def ranges(members: pd.DataFrame, centre: pd.DataFrame) -> pd.DataFrame:
    """Median, 50 % and 90 % range of each conclusion over the members, and the Monte Carlo errors.

    Quantiles by the estimator of Harrell and Davis; ``low_90_mcse`` and ``high_90_mcse`` are the jackknife's errors of
    the ends, ``mcse`` the typical error of one member's value. That error widens the range; ``widened`` is by how many
    per cent, if it is independent of the value. A member without a value (a share of nobody) is left out.

    Parameters
    ----------
    members
        Columns conclusion, label, member, value, mcse.
    centre
        The same of routine care as the scenarios have it: a single member, of more clients.

    Returns
    -------
    pandas.DataFrame
        One row per conclusion that some members have a value of: conclusion, label, and `RANGE`.
    """
    rows, at = [], centre.set_index("conclusion")
    for name, part in members.dropna(subset=["value"]).groupby("conclusion", sort=False):
        values = part["value"].to_numpy()
        found = dict(zip(LEVELS, np.asarray(hdquantiles(values, list(LEVELS.values()))), strict=True))
        ends = np.asarray(hdquantiles_sd(values, [0.05, 0.95])) if len(values) > 1 else (np.nan, np.nan)
        error = float(np.sqrt(np.mean(part["mcse"] ** 2)))
        spread = float(values.std(ddof=1)) if len(values) > 1 else np.nan
        widened = 100 * (spread / np.sqrt(max(spread**2 - error**2, 1e-12)) - 1) if spread else 0.0
        rows.append(
            {"conclusion": name, "label": part["label"].iloc[0], **found}
            | {"low_90_mcse": ends[0], "high_90_mcse": ends[1], "mcse": error, "widened": widened}
            | {"centre": at.loc[name, "value"], "centre_mcse": at.loc[name, "mcse"], "members": len(values)}
        )
    return pd.DataFrame(rows, columns=["conclusion", "label", *RANGE])
