"""The numbers a posterior is asked for, defined before any method: spread between therapists, odds ratios, mean rate.

What they mean; which of them a model answers, and from which parameters, its own file says (``estimands``).

===========================  ==========================================================================================
`therapist_sd`               s, standard deviation of the therapists' log odds
`service_sd`                 the same of the services
`dropout_sd`,                the same of the therapists' log odds that a client drops out, or completes, after a session
`completion_sd`
`vpc`, `vpc_service`,        s^2 / (s^2 + pi^2 / 3), variance partition coefficient on the latent logistic scale; where
`vpc_dropout`                services differ too, each one's variance over the sum of all
`mor`                        exp(sqrt(2) 0.6745 s), median odds ratio between two therapists drawn at random
                             (Larsen & Merlo 2005, 10.1093/aje/kwi017)
`log_odds_ratio[covariate]`  coefficient, per unit of the column; in the model `ordinal` of a worse outcome, in
                             `dropout` of `dropout:covariate` and `completion:covariate`
`mean_rate`                  deterioration rate of the data's clients if each were with a therapist drawn at random
`level`, `slope`             score at the first session, and points per doubling of the number of sessions
`on_level[covariate]`,       points per unit of the column
`on_slope[covariate]`
`slope_share`                share of the variance of slopes that lies between therapists
===========================  ==========================================================================================
"""

import arviz_stats as az
import numpy as np
import pandas as pd
import xarray as xr

from iatrogenesis.inference.answers.standardise import stacked, standardised_rates
from iatrogenesis.inference.models.by_name import model

NODES = 21  # Gauss-Hermite, over therapists; exact to 1e-9 for a therapist SD of 1


def draws(tree: xr.DataTree) -> xr.Dataset:
    """Return the posterior draws of every estimand that the model answers, each with dims (chain, draw)."""
    module, posterior = model(tree.attrs["model"]), tree["posterior"]
    found = module.estimands(posterior)
    if getattr(module, "STANDARDISED", False):
        sd = posterior["therapist_sd"]
        found["mean_rate"] = sd.copy(data=_mean_rate(tree).reshape(sd.shape))
    return xr.Dataset(found)


def table(tree: xr.DataTree, level: float = 0.95) -> pd.DataFrame:
    """Summarise the posterior of every estimand.

    Parameters
    ----------
    tree
        A posterior, from any engine.
    level
        Probability of the equal-tailed interval.

    Returns
    -------
    pandas.DataFrame
        One row per estimand. Columns: estimand, estimate (posterior mean), sd (posterior), low, high (equal-tailed
        interval), mcse (of the estimate) and ess_bulk (effective draws).
    """
    found = draws(tree)
    tails = found.quantile([(1 - level) / 2, (1 + level) / 2], dim=("chain", "draw"))
    mcse, ess = az.mcse(found, method="mean"), az.ess(found, method="bulk")
    most = float(tree["sample_stats"]["effective"].values.flat[0]) if "effective" in tree["sample_stats"] else np.inf
    rows = [
        {
            "estimand": name,
            "estimate": float(values.mean()),
            "sd": float(values.std(ddof=1)),
            "low": float(tails[name][0]),
            "high": float(tails[name][1]),
            # Draws by importance repeat themselves, which a chain's autocorrelation does not show.
            "mcse": max(float(mcse[name]), float(values.std(ddof=1)) / np.sqrt(most)),
            "ess_bulk": min(float(ess[name]), most),
        }
        for name, values in found.data_vars.items()
    ]
    return pd.DataFrame(rows)


def _mean_rate(tree: xr.DataTree) -> np.ndarray:
    points, weights = np.polynomial.hermite.hermgauss(NODES)
    variance = stacked(tree, "therapist_sd") ** 2
    if "service_sd" in tree["posterior"]:
        variance = variance + stacked(tree, "service_sd") ** 2
    therapists = np.sqrt(2.0 * variance)[:, None] * points
    rates = standardised_rates(tree, stacked(tree, "intercept")[:, None] + therapists)
    return rates @ (weights / np.sqrt(np.pi))
