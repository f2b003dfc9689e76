"""What rounding and suppression do to the answer: the same counts, taken as ranges and taken as exact."""

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import expit

from iatrogenesis.own_data.services.counted import Counted
from iatrogenesis.own_data.services.forecasting import process
from iatrogenesis.own_data.services.posterior import Posterior, fit

MANY = 200  # courses from which a row counts as large


def table(data: Counted, seed: int) -> pd.DataFrame:
    """Fit counts as ranges, as exact, and with numbers of courses 2 more and 2 less, as rounding allows.

    Returns
    -------
    pandas.DataFrame
        One row per way to take the counts and group of rows (`at least 200 courses`, `fewer`, `suppressed`): `rows`;
        `mean_difference`, `greatest_difference` of modelled rates from those of ranges, in percentage points;
        `mean_difference_sd`, the former in posterior SDs; `width_ratio` of 95 % intervals; and the posterior means
        `total` and `next` of the fit.
    """
    ways = {
        "counts exact": data.as_exact(),
        "courses + 2": replace(data, n=np.where(data.seen, data.n + 2, 0)),
        "courses - 2": replace(data, n=np.where(data.seen, np.maximum(data.n - 2, np.maximum(data.high, 1)), 0)),
    }
    ranges = fit(data, process(data), seed)
    hidden, many = data.seen & np.isnan(data.shown), data.n >= MANY
    groups = {
        f"at least {MANY} courses": data.seen & ~hidden & many,
        "fewer": data.seen & ~hidden & ~many,
        "suppressed": hidden,
    }
    rows = []
    for way, changed in ways.items():
        other = fit(changed, process(data), seed)
        found = {name: other.parameters[name].mean() for name in ("total", "next") if name in other.parameters}
        for group, cells in groups.items():
            if cells.any():
                rows.append({"counts": way, "group": group, **_difference(ranges, other, cells), **found})
    return pd.DataFrame(rows)


def _difference(ranges: Posterior, other: Posterior, cells: np.ndarray) -> dict[str, float]:
    one, two = expit(ranges.log_odds[:, cells]), expit(other.log_odds[:, cells])
    apart = np.abs(two.mean(axis=0) - one.mean(axis=0))
    width = [np.diff(np.quantile(draws, [0.025, 0.975], axis=0), axis=0)[0] for draws in (one, two)]
    return {
        "rows": int(cells.sum()),
        "mean_difference": 100 * apart.mean(),
        "greatest_difference": 100 * apart.max(),
        "mean_difference_sd": (apart / one.std(axis=0)).mean(),
        "width_ratio": (width[1] / width[0]).mean(),
    }
