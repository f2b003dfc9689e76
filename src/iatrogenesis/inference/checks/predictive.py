"""Predictive checks: statistics of the data against those of prior and posterior predictive data.

Before: parameters from the prior; are the data among what it thinks possible, and does it think the absurd possible?
After: parameters from the posterior; replicated data that differ from the observed say what the model does not see.
"""

import numpy as np
import pandas as pd
import xarray as xr

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.inference.data.outcomes import FitData
from iatrogenesis.inference.data.posterior import points
from iatrogenesis.inference.models import key
from iatrogenesis.inference.models.by_name import model as model_module
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.inference.models.statistics import statistics

DRAWS = 200
LEVEL = 0.95
COLUMNS = ("model", "dataset", "check", "statistic", "observed", "expected", "low", "high", "p", "p_mcse", "inside")


def check(model: str, data: FitData, tree: xr.DataTree, priors: Priors, seed: int, draws: int = DRAWS) -> pd.DataFrame:
    """Observed statistics beside those of replicated data, from the prior and from the posterior.

    Returns
    -------
    pandas.DataFrame
        One row per check (prior, posterior) and statistic; columns `COLUMNS`. expected, low and high are the median and
        the interval of the replicates; p is the share of replicates at or above the observed value (ties count half),
        p_mcse its Monte Carlo error; inside says whether the observed value lies in the interval.
    """
    module, observed = model_module(model), statistics(data)
    tables = []
    for kind in ("prior", "posterior"):
        noise = [Noise(derived_seed(seed, "predictive", kind, key(model), data.dataset, draw)) for draw in range(draws)]
        drawn = (module.prior_point(data, priors, one) for one in noise) if kind == "prior" else points(tree, draws)
        replicated = [statistics(module.replicate(data, point, one)) for point, one in zip(drawn, noise, strict=False)]
        tables.append(_compared(observed, pd.DataFrame(replicated)).assign(check=kind))
    return pd.concat(tables).assign(model=model, dataset=data.dataset)[list(COLUMNS)]


def _compared(observed: dict[str, float], replicated: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for name, value in observed.items():
        values = replicated[name].dropna().to_numpy()
        low, median, high = np.quantile(values, [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2])
        p = float(np.mean(values > value) + 0.5 * np.mean(values == value))
        rows.append(
            {
                "statistic": name,
                "observed": value,
                "expected": median,
                "low": low,
                "high": high,
                "p": p,
                "p_mcse": float(np.sqrt(max(p * (1 - p), 0.25 / len(values)) / len(values))),
                "inside": bool(low <= value <= high),
            }
        )
    return pd.DataFrame(rows)
