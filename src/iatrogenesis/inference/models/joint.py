"""Model `joint`: scores and dropping out together, because both come from the same course.

Do clients drop out whose course goes worse than their scores so far could show?

    score_it = m_i(t) + Normal(0, residual_sd),   m_i(t) = level_i + slope_i t          as in `growth`, covariates too
    after a session, if not completed: drops out with log odds
        dropout_baseline[stage] + dropout_by_score (m_i(t) - level) / 5 + dropout_by_slope (slope_i - slope)
        + dropout_effect[therapist]
    dropout_effect_j ~ Normal(0, dropout_sd); dropout_by_score, dropout_by_slope ~ Normal(0, sd); the rest as in
    `growth` and `dropout`

The course itself, and not its scores, makes clients leave: so scores that are not there are missing not at random, and
what is learnt of who left tells of their courses (a shared-parameter model). How far that goes rests on the model's
form, which no data can show: `iatrogenesis.inference.answers.missing_last_scores` asks the same without it. Completing
is taken as given.

A client's level and slope are normal given the scores; what leaving adds is integrated by Gauss-Hermite quadrature
around that normal, in two dimensions. So no client is sampled, but three numbers of each therapist.
"""

from dataclasses import replace

import numpy as np
from scipy.special import expit

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.clients import Tables
from iatrogenesis.inference.data.joint import STAGE_NAMES, JointData, from_endings
from iatrogenesis.inference.data.sessions import summed
from iatrogenesis.inference.models import generative, growth
from iatrogenesis.inference.models.generative import Point, many
from iatrogenesis.inference.models.growth import CORRELATIONS, COVARIATES, SPREADS
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.inference.models.statistics import statistics

PLACE = 12
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
    "dropout_baseline": ("stage", "hazard"),
    "dropout_by_score": (None, "coefficient"),
    "dropout_by_slope": (None, "coefficient"),
    "dropout_sd": (None, "therapist_sd"),
    "dropout_effect": ("therapist", None),
}
UNITS = {"dropout_by_score": "log odds", "dropout_by_slope": "log odds"}
TABLES = ("clients", "sessions")
DATASETS = ("routine_care",)
SCORE = growth.SCORE
POINTS = 5.0  # about one SD between clients
NODES = 3  # in each of two dimensions: log odds differ by a few tenths over what scores leave open of a course


def prepare(tables: Tables, dataset: str, *, truth: bool = False) -> JointData:
    """Return every client's sessions and ending."""
    return from_endings(tables["sessions"], tables["clients"], COVARIATES, dataset=dataset, score=SCORE)


def build(data: JointData, priors: Priors, *, centred: bool = False):
    """Return the PyMC model; see the module for its equations.

    Raises
    ------
    DataError
        If the data fail a check.
    """
    import pymc as pm
    import pytensor.tensor as pt

    from iatrogenesis.inference.models import base

    prior, hazard = priors.section("growth"), priors.section("hazard")
    with base.model_of(data.validate()) as model:
        found = {
            name: pm.Normal(name, getattr(prior, name).mean, getattr(prior, name).sd) for name in ("level", "slope")
        }
        for part in ("level", "slope"):
            sd = getattr(prior, f"{part}_coefficient").sd
            found[f"{part}_coefficients"] = pm.Normal(f"{part}_coefficients", 0.0, sd, dims="covariate")
        found |= {name: pm.HalfNormal(name, getattr(prior, name).scale) for name in SPREADS}
        found |= {name: pm.Uniform(name, -1.0, 1.0) for name in CORRELATIONS}
        found |= _therapists(pm, found)
        found["dropout_baseline"] = pm.Normal("dropout_baseline", hazard.mean, hazard.sd, dims="stage")
        for name in ("dropout_by_score", "dropout_by_slope"):
            found[name] = pm.Normal(name, 0.0, priors.coefficient.sd)
        spread = base.spread("dropout_sd", priors.therapist_sd.scale)
        # Centred, because a year's clients say more of it than the population does: 256 effective draws instead of 16.
        found["dropout_effect"] = pm.Normal("dropout_effect", 0.0, spread, dims="therapist")
        clients, index = model["sums"].shape[0], model["client_index"]

        def by_client(values):
            return pt.inc_subtensor(pt.zeros(clients)[index], values)

        density = _density(pt, model, found, data.courses.centre, by_client, pt.softplus)
        pm.Potential("courses", density.sum())
    return model


def _therapists(pm, found) -> dict:
    """Therapists' levels and slopes, not centred, correlated."""
    first = pm.Normal("therapist_level_standard", 0.0, 1.0, dims="therapist")
    second = pm.Normal("therapist_slope_standard", 0.0, 1.0, dims="therapist")
    r = found["therapist_correlation"]
    parts = {"therapist_level": first, "therapist_slope": r * first + (1 - r**2) ** 0.5 * second}
    return {name: pm.Deterministic(name, found[f"{name}_sd"] * part, dims="therapist") for name, part in parts.items()}


def _density(xp, arrays, found, centre, by_client, softplus, nodes=NODES):
    """Log density of each client's scores and leaving given therapists, shape (clients,)."""
    therapist, covariates = arrays["therapist_index"], arrays["covariates"]
    level = xp.dot(covariates, found["level_coefficients"]) + found["therapist_level"][therapist]
    slope = xp.dot(covariates, found["slope_coefficients"]) + found["therapist_slope"][therapist]
    sums = tuple(arrays["sums"][:, k] for k in range(6))
    scores, course, root = courses(xp, sums, level, slope, found, centre)
    log_odds = leaving(arrays, found, therapist)
    points, weights = np.polynomial.hermite.hermgauss(nodes)
    log_weights, points = np.log(weights / np.sqrt(np.pi)), np.sqrt(2.0) * points
    terms = []
    for one, log_one in zip(points, log_weights, strict=True):
        for two, log_two in zip(points, log_weights, strict=True):
            odds = log_odds(course[0] + root[0] * one, course[1] + root[1] * one + root[2] * two)
            left = by_client(arrays["left"] * odds - arrays["at_risk"] * softplus(odds))
            terms.append(log_one + log_two + left)
    highest = terms[0]
    for term in terms[1:]:
        highest = xp.maximum(highest, term)
    return scores + highest + xp.log(sum(xp.exp(term - highest) for term in terms))


def courses(xp, sums, level, slope, found, centre):
    """Log density of each client's scores, and what they say of level and slope around the average client's.

    Returns the density, the conditional means, and the three numbers of the conditional covariance's Cholesky factor.
    """
    mean_level, mean_slope = found["level"] - centre + level, found["slope"] + slope
    density, _, (q0, q1) = growth._clients_out(xp, sums, mean_level, mean_slope, found)
    v00, v01, v11 = growth._covariance(found, "client")
    noise = found["residual_sd"] ** 2
    s00, s01, s11 = sums[0] / noise, sums[1] / noise, sums[2] / noise
    m00, m01 = 1 + s00 * v00 + s01 * v01, s00 * v01 + s01 * v11
    m10, m11 = s01 * v00 + s11 * v01, 1 + s01 * v01 + s11 * v11
    determinant = m00 * m11 - m01 * m10
    # Conditional covariance V M^-1 and mean V M^-1 pull.
    c00, c01 = (v00 * m11 - v01 * m10) / determinant, (v01 * m00 - v00 * m01) / determinant
    c11 = (v11 * m00 - v01 * m01) / determinant
    root = xp.sqrt(c00)
    factor = (root, c01 / root, xp.sqrt(xp.maximum(c11 - c01**2 / c00, 1e-12)))
    return density, (level + v00 * q0 + v01 * q1, slope + v01 * q0 + v11 * q1), factor


def leaving(arrays, found, therapist):
    """Return the log odds of leaving after each session as a function of the clients' levels and slopes."""
    index, time = arrays["client_index"], arrays["time"]
    fixed = found["dropout_baseline"][arrays["stage_index"]] + found["dropout_effect"][therapist[index]]
    by_score, by_slope = found["dropout_by_score"] / POINTS, found["dropout_by_slope"]

    def log_odds(level, slope):
        # Around the average client's course: m_i(t) - level holds the average slope, too.
        return fixed + by_score * (level[index] + (found["slope"] + slope[index]) * time) + by_slope * slope[index]

    return log_odds


def estimands(posterior) -> dict:
    """Return what `growth` answers, and what course and therapist have to do with leaving."""
    found = growth.estimands(posterior)
    return found | {name: posterior[name] for name in ("dropout_by_score", "dropout_by_slope", "dropout_sd")}


def prior_point(data: JointData, priors: Priors, noise: Noise) -> dict[str, np.ndarray]:
    """Draw every parameter from its prior."""
    hazard, sd = priors.section("hazard"), generative.positive(noise, "dropout_sd", priors.therapist_sd.scale)
    return growth.prior_point(data.courses, priors, noise) | {
        "dropout_baseline": hazard.mean + hazard.sd * many(noise, "dropout_baseline", len(STAGE_NAMES)),
        "dropout_by_score": priors.coefficient.sd * noise.normal("dropout_by_score"),
        "dropout_by_slope": priors.coefficient.sd * noise.normal("dropout_by_slope"),
        "dropout_sd": sd,
        "dropout_effect": sd * many(noise, "dropout_effect", len(data.therapist_ids)),
    }


def plain(data: JointData) -> dict[str, np.ndarray]:
    """Return the arrays that the model reads, by name."""
    return {name: values for name, (_, values) in data.arrays().items()}


def log_likelihood(data: JointData, point: Point, nodes: int = NODES) -> np.ndarray:
    """Return each client's log density given the therapist, the course integrated out, shape (clients,)."""
    clients, index = len(data.courses.sums), data.courses.row

    def by_client(values):
        return np.bincount(index, weights=values, minlength=clients)

    density = _density(np, plain(data), point, data.courses.centre, by_client, lambda x: np.logaddexp(0.0, x), nodes)
    return density - 0.5 * data.courses.sums[:, 0] * np.log(2 * np.pi)


def replicate(data: JointData, point: Point, noise: Noise) -> JointData:
    """Return the same clients, for as many sessions at most, with scores and leaving drawn anew at one point."""
    people, arrays = data.courses, plain(data)
    who = people.therapist
    level, slope = growth._pairs(point, "client", noise, np.arange(len(who)))
    level = level + people.covariates @ point["level_coefficients"] + point["therapist_level"][who]
    slope = slope + people.covariates @ point["slope_coefficients"] + point["therapist_slope"][who]
    odds = leaving(arrays, point, who)(level, slope)
    leaves = (noise.uniform("leaves", client=np.arange(len(odds))) < expit(odds)) & (data.at_risk > 0)
    # The first session after which a client leaves is the last that takes place.
    first = np.full(len(who), np.inf)
    np.minimum.at(first, people.row[leaves], people.times[leaves])
    held = people.times <= first[people.row]
    error = point["residual_sd"] * many(noise, "residual", len(people.times))
    score = point["level"] + level[people.row] + (point["slope"] + slope[people.row]) * people.times + error
    sums = summed(people.times[held], score[held] - people.centre, people.row[held], len(who))
    return replace(
        data,
        courses=replace(people, sums=sums),
        at_risk=data.at_risk * held,
        left=(leaves & held).astype(float),
    )


@statistics.register
def _(data: JointData) -> dict[str, float]:
    return statistics(data.courses) | {
        "courses dropped out of, %": float(100 * data.left.sum() / len(data.courses.sums))
    }
