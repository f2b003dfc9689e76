"""The numbers a posterior is asked for, defined before any method: spread between therapists, odds ratios, mean rate.

===========================  ==========================================================================================
`therapist_sd`               s, standard deviation of the therapists' log odds
`vpc`                        s^2 / (s^2 + pi^2 / 3), variance partition coefficient on the latent logistic scale
`mor`                        exp(sqrt(2) 0.6745 s), median odds ratio between two therapists drawn at random
                             (Larsen & Merlo 2005, 10.1093/aje/kwi017)
`log_odds_ratio[covariate]`  coefficient, per unit of the column
`mean_rate`                  deterioration rate of the data's clients if each were with a therapist drawn at random
===========================  ==========================================================================================
"""

import arviz as az
import numpy as np
import pandas as pd
import xarray as xr

from iatrogenesis.evaluate.standardise import stacked, standardised_rates

LATENT_VARIANCE = np.pi**2 / 3  # of the standard logistic distribution
UPPER_QUARTILE = 0.6744897501960817  # of the standard normal distribution
NODES = 21  # Gauss-Hermite, over therapists; exact to 1e-9 for a therapist SD of 1


def vpc(therapist_sd):
    """Variance partition coefficient of a therapist SD in log odds; numbers or arrays, in [0, 1)."""
    return therapist_sd**2 / (therapist_sd**2 + LATENT_VARIANCE)


def mor(therapist_sd):
    """Median odds ratio of a therapist SD in log odds; numbers or arrays, at least 1."""
    return np.exp(np.sqrt(2.0) * UPPER_QUARTILE * therapist_sd)


def draws(tree: xr.DataTree) -> xr.Dataset:
    """Return the posterior draws of every estimand, each with dims (chain, draw)."""
    posterior = tree["posterior"]
    sd = posterior["therapist_sd"]
    found = {"therapist_sd": sd, "vpc": vpc(sd), "mor": mor(sd)}
    if "coefficients" in posterior:
        for name in posterior["covariate"].values:
            found[f"log_odds_ratio[{name}]"] = posterior["coefficients"].sel(covariate=name, drop=True)
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
    rows = [
        {
            "estimand": name,
            "estimate": float(values.mean()),
            "sd": float(values.std(ddof=1)),
            "low": float(tails[name][0]),
            "high": float(tails[name][1]),
            "mcse": float(mcse[name]),
            "ess_bulk": float(ess[name]),
        }
        for name, values in found.data_vars.items()
    ]
    return pd.DataFrame(rows)


def _mean_rate(tree: xr.DataTree) -> np.ndarray:
    points, weights = np.polynomial.hermite.hermgauss(NODES)
    therapists = stacked(tree, "therapist_sd")[:, None] * np.sqrt(2.0) * points
    rates = standardised_rates(tree, stacked(tree, "intercept")[:, None] + therapists)
    return rates @ (weights / np.sqrt(np.pi))
