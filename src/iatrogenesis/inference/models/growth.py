"""Model `growth`: every session's score, with clients and therapists who begin and change differently.

How fast do clients get better, how much does that differ between clients and between therapists, and what does burnout
do to it?

    score_it = level_i + slope_i t + Normal(0, residual_sd)              t = log2(session), doublings
    level_i  = level + x_i level_coefficients + therapist_level[j] + client_level_i
    slope_i  = slope + x_i slope_coefficients + therapist_slope[j] + client_slope_i
    (client_level, client_slope)       ~ normal, SDs client_level_sd and client_slope_sd, correlation client_correlation
    (therapist_level, therapist_slope) ~ the same with therapist_*_sd and therapist_correlation

    level, slope ~ Normal(mean, sd); coefficients ~ Normal(0, sd); SDs ~ HalfNormal(scale)
    correlations ~ Uniform(-1, 1)

All that is normal is integrated out exactly. A client's sessions enter as six sums; clients are integrated out one by
one in two dimensions, then therapists; what is sampled are about thirty numbers, whatever the number of clients. Each
therapist's own level and slope are drawn afterwards from their exact conditionals. So ten thousand clients take
minutes.

Scores are whole numbers with a floor and a ceiling, which a normal model does not know; who leaves early is assumed to
leave for reasons that the scores before show (missing at random).
"""

from dataclasses import replace

import numpy as np

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.clients import Tables
from iatrogenesis.inference.data.sessions import SessionData, from_sessions, summed
from iatrogenesis.inference.models import generative
from iatrogenesis.inference.models.answered import per_name
from iatrogenesis.inference.models.generative import Point, many
from iatrogenesis.inference.models.priors import Priors

PLACE = 8
COVARIATES = ("deprivation", "age", "competence_rating", "burnout_rating", "fit_rating")
PARAMETERS = {
    "level": (None, "growth.level"),
    "slope": (None, "growth.slope"),
    "level_coefficients": ("covariate", "growth.level_coefficient"),
    "slope_coefficients": ("covariate", "growth.slope_coefficient"),
    "residual_sd": (None, "growth.residual_sd"),
    "client_level_sd": (None, "growth.client_level_sd"),
    "client_slope_sd": (None, "growth.client_slope_sd"),
    "client_correlation": (None, None),
    "therapist_level_sd": (None, "growth.therapist_level_sd"),
    "therapist_slope_sd": (None, "growth.therapist_slope_sd"),
    "therapist_correlation": (None, None),
    "therapist_level": ("therapist", None),
    "therapist_slope": ("therapist", None),
}
OWN_PRIORS = {
    "growth": (
        {
            "level": "Normal",
            "slope": "Normal",
            "level_coefficient": "CentredNormal",
            "slope_coefficient": "CentredNormal",
            "residual_sd": "HalfNormal",
            "client_level_sd": "HalfNormal",
            "client_slope_sd": "HalfNormal",
            "therapist_level_sd": "HalfNormal",
            "therapist_slope_sd": "HalfNormal",
        },
        "In points of the instrument; slopes are per doubling of the number of sessions.",
    )
}
UNITS = {"level": "points", "slope_share": "share"}
TABLES = ("clients", "sessions")
DATASETS = ("routine_care",)
SCORE = "phq9"
SPREADS = ("residual_sd", "client_level_sd", "client_slope_sd", "therapist_level_sd", "therapist_slope_sd")
CORRELATIONS = ("client_correlation", "therapist_correlation")


def prepare(tables: Tables, dataset: str, *, truth: bool = False) -> SessionData:
    """Return the sums over every client's sessions."""
    return from_sessions(tables["sessions"], tables["clients"], COVARIATES, dataset=dataset, score=SCORE)


def build(data: SessionData, priors: Priors, *, centred: bool = False):
    """Return the PyMC model; see the module for its equations.

    Raises
    ------
    DataError
        If the data fail a check.
    """
    import pymc as pm
    import pytensor.tensor as pt

    from iatrogenesis.inference.models import base

    prior = priors.section("growth")
    with base.model_of(data.validate()) as model:
        level = pm.Normal("level", prior.level.mean, prior.level.sd)
        slope = pm.Normal("slope", prior.slope.mean, prior.slope.sd)
        on_level = pm.Normal("level_coefficients", 0.0, prior.level_coefficient.sd, dims="covariate")
        on_slope = pm.Normal("slope_coefficients", 0.0, prior.slope_coefficient.sd, dims="covariate")
        found = {name: pm.HalfNormal(name, getattr(prior, name).scale) for name in SPREADS}
        found |= {name: pm.Uniform(name, -1.0, 1.0) for name in CORRELATIONS}
        mean_level = level - data.centre + pt.dot(model["covariates"], on_level)
        mean_slope = slope + pt.dot(model["covariates"], on_slope)
        sums = tuple(model["sums"][:, k] for k in range(6))
        clients, weights, pulls = _clients_out(pt, sums, mean_level, mean_slope, found)
        index = model["therapist_index"]

        def by_therapist(values):
            return pt.inc_subtensor(pt.zeros(len(data.therapist_ids))[index], values)

        information = [by_therapist(values) for values in weights]
        pull = [by_therapist(values) for values in pulls]
        covariance = _covariance(found, "therapist")
        pm.Potential("scores", clients.sum() + _therapists_out(pt, information, pull, covariance))
    return model


def _covariance(found, unit: str):
    """Variances of level and slope and their covariance."""
    of_level, of_slope = found[f"{unit}_level_sd"], found[f"{unit}_slope_sd"]
    return of_level**2, found[f"{unit}_correlation"] * of_level * of_slope, of_slope**2


def _clients_out(np_or_pt, sums, mean_level, mean_slope, found):
    """Log density of the clients' scores without therapists' effects, and what they say about those.

    Returns each client's log density; each client's information on (level, slope) as a, b, c of a symmetric matrix;
    and information times the client's deviation, two numbers.
    """
    xp = np_or_pt
    n, t, tt, y, ty, yy = sums
    noise = found["residual_sd"] ** 2
    # Sums of squares around the mean line, and the line's pull, in units of the residual variance.
    pull0 = (y - n * mean_level - t * mean_slope) / noise
    pull1 = (ty - t * mean_level - tt * mean_slope) / noise
    square = yy - 2 * (mean_level * y + mean_slope * ty)
    square = square + n * mean_level**2 + 2 * t * mean_level * mean_slope + tt * mean_slope**2
    s00, s01, s11 = n / noise, t / noise, tt / noise
    v00, v01, v11 = _covariance(found, "client")
    # M = I + S V; information = M^-1 S, pulls = M^-1 pull
    m00, m01 = 1 + s00 * v00 + s01 * v01, s00 * v01 + s01 * v11
    m10, m11 = s01 * v00 + s11 * v01, 1 + s01 * v01 + s11 * v11
    determinant = m00 * m11 - m01 * m10
    q0, q1 = (m11 * pull0 - m01 * pull1) / determinant, (m00 * pull1 - m10 * pull0) / determinant
    w00, w01 = (m11 * s00 - m01 * s01) / determinant, (m11 * s01 - m01 * s11) / determinant
    w11 = (m00 * s11 - m10 * s01) / determinant
    # quadratic form: square / noise - pull' V M^-1 pull
    explained = (v00 * pull0 + v01 * pull1) * q0 + (v01 * pull0 + v11 * pull1) * q1
    log_density = -0.5 * (n * xp.log(noise) + xp.log(determinant) + square / noise - explained)
    return log_density, (w00, w01, w11), (q0, q1)


def _therapists_out(np_or_pt, information, pull, covariance):
    """What integrating over the therapists' effects adds to the log density."""
    m, back = _solve(information, pull, covariance)
    return 0.5 * (pull[0] * back[0] + pull[1] * back[1]).sum() - 0.5 * np_or_pt.log(m).sum()


def _solve(information, pull, covariance):
    """Determinant of I + V W, and the conditional mean (W + V^-1)^-1 pull = (I + V W)^-1 V pull, per therapist."""
    w00, w01, w11 = information
    v00, v01, v11 = covariance
    m00, m01 = 1 + v00 * w00 + v01 * w01, v00 * w01 + v01 * w11
    m10, m11 = v01 * w00 + v11 * w01, 1 + v01 * w01 + v11 * w11
    determinant = m00 * m11 - m01 * m10
    a, b = v00 * pull[0] + v01 * pull[1], v01 * pull[0] + v11 * pull[1]
    return determinant, ((m11 * a - m01 * b) / determinant, (m00 * b - m10 * a) / determinant)


def estimands(posterior) -> dict:
    """Return the average course, how far clients and therapists differ from it, and what the covariates do to it."""
    units = ("therapist", "client")
    found = {name: posterior[name] for name in ("level", "slope", "residual_sd")}
    found |= {f"{unit}_{what}_sd": posterior[f"{unit}_{what}_sd"] for unit in units for what in ("level", "slope")}
    found |= {f"{unit}_correlation": posterior[f"{unit}_correlation"] for unit in units}
    between, within = (posterior[f"{unit}_slope_sd"] ** 2 for unit in units)
    found["slope_share"] = between / (between + within)
    found |= per_name(posterior, "level_coefficients", "on_level[{}]")
    return found | per_name(posterior, "slope_coefficients", "on_slope[{}]")


def complete(data: SessionData, posterior: dict[str, np.ndarray], noise: Noise) -> dict[str, np.ndarray]:
    """Draw each therapist's level and slope from their conditional, for every draw: shapes (chains, draws, J)."""
    chains, draws = posterior["level"].shape
    j = len(data.therapist_ids)
    found = {name: np.empty((chains, draws, j)) for name in ("therapist_level", "therapist_slope")}
    who = {"therapist": np.arange(j)}
    sums = tuple(np.ascontiguousarray(data.sums.T))
    for chain in range(chains):
        for draw in range(draws):
            point = {name: values[chain, draw] for name, values in posterior.items()}
            mean_level = point["level"] - data.centre + data.covariates @ point["level_coefficients"]
            mean_slope = point["slope"] + data.covariates @ point["slope_coefficients"]
            _, weights, pulls = _clients_out(np, sums, mean_level, mean_slope, point)
            information = [np.bincount(data.therapist, weights=values, minlength=j) for values in weights]
            pull = [np.bincount(data.therapist, weights=values, minlength=j) for values in pulls]
            covariance = _covariance(point, "therapist")
            determinant, (level, slope) = _solve(information, pull, covariance)
            # Conditional covariance (I + V W)^-1 V, by its Cholesky factor.
            v00, v01, v11 = covariance
            w00, w01, w11 = information
            det_v = v00 * v11 - v01**2
            c00, c01 = (v00 + det_v * w11) / determinant, (v01 - det_v * w01) / determinant
            c11 = (v11 + det_v * w00) / determinant
            when = {**who, "client": chain, "occasion": draw}
            first, second = noise.normal("therapist_level", **when), noise.normal("therapist_slope", **when)
            root = np.sqrt(np.maximum(c00, 1e-300))
            found["therapist_level"][chain, draw] = level + root * first
            rest = np.sqrt(np.maximum(c11 - (c01 / root) ** 2, 0.0))
            found["therapist_slope"][chain, draw] = slope + c01 / root * first + rest * second
    return found


def prior_point(data: SessionData, priors: Priors, noise: Noise) -> dict[str, np.ndarray]:
    """Draw every parameter from its prior."""
    prior, k, j = priors.section("growth"), len(data.covariate_names), len(data.therapist_ids)
    point = {
        "level": prior.level.mean + prior.level.sd * noise.normal("level"),
        "slope": prior.slope.mean + prior.slope.sd * noise.normal("slope"),
        "level_coefficients": prior.level_coefficient.sd * many(noise, "level_coefficients", k),
        "slope_coefficients": prior.slope_coefficient.sd * many(noise, "slope_coefficients", k),
    }
    point |= {name: generative.positive(noise, name, getattr(prior, name).scale) for name in SPREADS}
    point |= {name: 2.0 * noise.uniform(name) - 1.0 for name in CORRELATIONS}
    level, slope = _pairs(point, "therapist", noise, np.arange(j))
    return point | {"therapist_level": level, "therapist_slope": slope}


def _pairs(point: Point, unit: str, noise: Noise, who: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    first, second = noise.normal(f"{unit}_level", client=who), noise.normal(f"{unit}_slope", client=who)
    r = point[f"{unit}_correlation"]
    return point[f"{unit}_level_sd"] * first, point[f"{unit}_slope_sd"] * (r * first + np.sqrt(1 - r**2) * second)


def scores(data: SessionData, point: Point, noise: Noise) -> np.ndarray:
    """Return a score for each session of the data, drawn anew from the model at one point."""
    level, slope = _pairs(point, "client", noise, np.arange(len(data.therapist)))
    level = level + point["level"] + data.covariates @ point["level_coefficients"]
    slope = slope + point["slope"] + data.covariates @ point["slope_coefficients"]
    level, slope = level + point["therapist_level"][data.therapist], slope + point["therapist_slope"][data.therapist]
    error = point["residual_sd"] * many(noise, "residual", len(data.times))
    return level[data.row] + slope[data.row] * data.times + error


def log_likelihood(data: SessionData, point: Point) -> np.ndarray:
    """Return each client's log density given the therapist, clients integrated out, shape (clients,)."""
    level = point["level"] - data.centre + data.covariates @ point["level_coefficients"]
    slope = point["slope"] + data.covariates @ point["slope_coefficients"]
    level, slope = level + point["therapist_level"][data.therapist], slope + point["therapist_slope"][data.therapist]
    found, _, _ = _clients_out(np, tuple(data.sums.T), level, slope, point)
    return found - 0.5 * data.sums[:, 0] * np.log(2 * np.pi)


def replicate(data: SessionData, point: Point, noise: Noise) -> SessionData:
    """Return the same sessions with scores drawn anew from the model at one point."""
    drawn = scores(data, point, noise) - data.centre
    return replace(data, sums=summed(data.times, drawn, data.row, len(data.sums)))
