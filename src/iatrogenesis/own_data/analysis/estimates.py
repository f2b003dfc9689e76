"""The estimates of every model, per SD and per point, with the prior beside the posterior.

`moved` says how much of an estimate is the data's: the share of the prior's variance that they took away (contraction,
1 - posterior variance / prior variance; Betancourt 2018), and how much prior and posterior still overlap. Where the
data hardly move the prior, the interval is the prior's, and the row says so.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from scipy.special import expit

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.inference.answers import estimands
from iatrogenesis.inference.data.covariates import FLAG, standardised
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.inference.models.spread import LATENT_VARIANCE, mor, vpc
from iatrogenesis.own_data.analysis.names import drawn_by, estimand_name, model_name
from iatrogenesis.own_data.analysis.ready import Ready
from iatrogenesis.own_data.analysis.risks import lighter

LEVEL = 0.95
PRIOR_DRAWS = 4000
HARDLY, MOSTLY = 0.25, 0.75  # contraction
ROUGH, PRECISE = 1.0, 0.5  # width of the interval over the estimate
RATIO = "log_odds_ratio["
UNKNOWN_DIRECTION = "direction not known"
COLUMNS = (
    *("model", "estimand", "name", "estimate", "low", "high", "unit", "odds_ratio", "odds_ratio_low"),
    *("odds_ratio_high", "per_point", "per_point_low", "per_point_high", "point", "precision", "prior_estimate"),
    *("prior_low", "prior_high", "contraction", "overlap", "moved", "mcse", "ess"),
)


class Unit(NamedTuple):
    """What a coefficient is per, and how many points of the column that is (NaN where there are none)."""

    per: str
    points: float
    point: str


def table(ready: Ready, posteriors: Mapping[str, xr.DataTree], priors: Priors) -> pd.DataFrame:
    """Return one row per model and estimand; fits without draws have none.

    Returns
    -------
    pandas.DataFrame
        model, estimand (identifier), name (in words); estimate with its 95 % interval and unit; odds_ratio and
        per_point (log odds ratio per `point` of the column in its own units) where it is a coefficient; precision;
        prior_estimate with its interval; contraction, overlap and moved; mcse and ess of the estimate.
    """
    rows = []
    for key, tree in posteriors.items():
        if "failed" in tree.attrs:
            continue
        light = lighter(tree)
        summary = estimands.table(light, LEVEL).set_index("estimand")
        posterior = {name: values.values.reshape(-1) for name, values in estimands.draws(light).data_vars.items()}
        prior = _prior_draws(light, priors, derived_seed(ready.settings.analysis.seed, "prior", drawn_by(key)))
        for name, row in summary.iterrows():
            unit = unit_of(str(name), light)
            words = {"model": model_name(key), "estimand": name, "name": estimand_name(str(name)), "unit": unit.per}
            found = {column: float(row[column]) for column in ("estimate", "low", "high", "mcse")}
            words |= {"point": unit.point, "precision": precision(str(name), found)}
            found |= _as_ratio(str(name), found, unit) | {"ess": float(row["ess_bulk"])}
            rows.append(words | found | _beside(posterior[str(name)], prior.get(str(name))))
        rows += list(_disattenuated(ready, key, light, rows))
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS))


def unit_of(estimand: str, tree: xr.DataTree) -> Unit:
    """Return what an estimand is per."""
    if not estimand.startswith(RATIO):
        units = {"vpc": "share", "vpc_service": "share", "mean_rate": "share", "mor": "odds ratio"}
        return Unit(units.get(estimand, "log odds"), float("nan"), "")
    column = estimand.removeprefix(RATIO)[:-1]
    if "[" in column:
        reference = "26-64" if column.startswith("age[") else "the most frequent level"
        return Unit(f"log odds ratio against {reference}", float("nan"), "")
    if standardised(column):
        names = [str(name) for name in tree["posterior"]["covariate"].values]
        scale = float(tree["constant_data"]["scale"].values[names.index(column)])
        point = "point of the score" if column.endswith("_first") else "unit of the column"
        return Unit("log odds ratio per SD of these clients", scale, point)
    if column == FLAG:
        return Unit("log odds ratio, yes against no", float("nan"), "")
    return Unit("log odds ratio per SD of the rating", float("nan"), "")


def _as_ratio(name: str, found: Mapping[str, float], unit: Unit) -> dict[str, float]:
    if not name.startswith(RATIO):
        return {}
    ends = {"": "estimate", "_low": "low", "_high": "high"}
    ratio = {f"odds_ratio{end}": float(np.exp(found[column])) for end, column in ends.items()}
    return ratio | {f"per_point{end}": found[column] / unit.points for end, column in ends.items()}


def precision(name: str, found: Mapping[str, float]) -> str:
    """Say how well an estimate is known: its direction, for a coefficient, else the width of the interval."""
    if name.startswith(RATIO):
        if found["low"] <= 0 <= found["high"]:
            return UNKNOWN_DIRECTION
        return "goes with a higher risk" if found["low"] > 0 else "goes with a lower risk"
    middle = found["estimate"] - 1 if name == "mor" else found["estimate"]
    width = (found["high"] - found["low"]) / max(middle, 1e-12)
    if width > ROUGH:
        return "hardly known: the interval is wider than the estimate"
    return "roughly known" if width > PRECISE else "well known"


def _prior_draws(tree: xr.DataTree, priors: Priors, seed: int) -> dict[str, np.ndarray]:
    """Draws of estimands from the prior, by name."""
    noise, who = Noise(seed), np.arange(PRIOR_DRAWS)
    sd = np.abs(priors.therapist_sd.scale * noise.normal("therapist_sd", client=who))
    variance = sd**2
    found = {"therapist_sd": sd, "mor": mor(sd), "vpc": vpc(sd)}
    if "service_sd" in tree["posterior"]:
        services = np.abs(priors.section("service_sd").scale * noise.normal("service_sd", client=who))
        variance = variance + services**2
        total = variance + LATENT_VARIANCE
        found |= {"service_sd": services, "vpc": sd**2 / total, "vpc_service": services**2 / total}
    if "coefficients" in tree["posterior"]:
        names = [str(name) for name in tree["posterior"]["covariate"].values]
        columns = np.arange(len(names))
        drawn = priors.coefficient.sd * noise.normal("coefficients", client=who[:, None], occasion=columns)
        found |= {f"{RATIO}{name}]": drawn[:, k] for k, name in enumerate(names)}
        spread = np.atleast_2d(np.cov(tree["constant_data"]["covariates"].values, rowvar=False))
        variance = variance + np.einsum("dk,kl,dl->d", drawn, spread, drawn)
    if "trait" in tree["posterior"]:
        names = [str(name) for name in tree["posterior"]["trait"].values]
        drawn = priors.coefficient.sd * noise.normal("traits", client=who[:, None], occasion=np.arange(len(names)))
        found |= {f"{RATIO}{name}]": drawn[:, k] for k, name in enumerate(names)}
    intercept = priors.intercept.mean + priors.intercept.sd * noise.normal("intercept", client=who)
    points, weights = np.polynomial.hermite.hermgauss(21)
    rates = expit(intercept[:, None] + np.sqrt(2 * variance)[:, None] * points)
    return found | {"mean_rate": rates @ (weights / np.sqrt(np.pi))}


def _beside(posterior: np.ndarray, prior: np.ndarray | None) -> dict[str, object]:
    if prior is None:
        return {"moved": "its prior is not one number"}
    low, high = np.quantile(prior, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    contraction = 1 - posterior.var() / prior.var()
    said = "moved by the data in part"
    if contraction >= MOSTLY:
        said = "mostly the data"
    elif contraction < HARDLY:
        said = "hardly moved by the data: this is mostly the prior"
    return {
        "prior_estimate": float(prior.mean()),
        "prior_low": float(low),
        "prior_high": float(high),
        "contraction": float(contraction),
        "overlap": overlap(posterior, prior),
        "moved": said,
    }


def overlap(one: np.ndarray, other: np.ndarray, bins: int = 40) -> float:
    """Return the area that the densities of two samples share, from 0 to 1."""
    edges = np.linspace(min(one.min(), other.min()), max(np.quantile(one, 0.999), np.quantile(other, 0.999)), bins + 1)
    edges[-1] = np.inf
    shares = [np.histogram(values, edges)[0] / len(values) for values in (one, other)]
    return float(np.minimum(*shares).sum())


def _disattenuated(ready: Ready, key: str, tree: xr.DataTree, rows: list[dict]):
    """Per SD of what a rating rates: the coefficient over the square root of the reliability, where that is given.

    Given its rating, a trait is expected at sqrt(R) times the rating; so that a coefficient b of the trait is b sqrt(R)
    of the rating. That holds for one rating of a trait that goes with none of the other columns.
    """
    if key != "therapist":
        return
    for trait, value in ready.settings.analysis.rating_reliability.items():
        name = f"{RATIO}{trait}_rating]"
        for row in [row for row in rows if row["model"] == model_name(key) and row["estimand"] == name]:
            root = np.sqrt(value)
            found = {column: row[column] / root for column in ("estimate", "low", "high")}
            ratio = {
                f"odds_ratio{end}": np.exp(found[at])
                for end, at in (("", "estimate"), ("_low", "low"), ("_high", "high"))
            }
            yield {
                "model": model_name(key),
                "estimand": f"{RATIO}{trait}]",
                "name": f"log odds ratio of true {trait}",
                "unit": f"log odds ratio per SD of {trait} itself, reliability {value:g}",
                **found,
                **ratio,
                "precision": row["precision"],
                "moved": row["moved"],
            }
