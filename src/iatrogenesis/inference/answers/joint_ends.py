"""The ends of courses by the model `joint`: drawn from all that is known of a client, scores and leaving.

Given the scores, a client's level and slope are normal; what leaving adds makes that a density of two dimensions. It is
drawn from by importance: around its mode, from the normal that touches there, one of a few candidates by its weight.
"""

import numpy as np
from scipy.special import expit, logsumexp

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.joint import JointData
from iatrogenesis.inference.models import joint
from iatrogenesis.inference.models.generative import Point

STEPS = 6  # Newton steps towards each client's mode; what they leave, weights make good
CANDIDATES = 16


def ends(data: JointData, point: Point, noise: Noise, session: np.ndarray) -> np.ndarray:
    """Draw every client's score at some session.

    Parameters
    ----------
    point
        Parameters of `joint`, one draw.
    session
        Number of the session, shape (clients,).

    Returns
    -------
    numpy.ndarray
        Shape (clients,); not rounded.
    """
    people, who = data.courses, data.courses.therapist
    level = people.covariates @ point["level_coefficients"] + point["therapist_level"][who]
    slope = people.covariates @ point["slope_coefficients"] + point["therapist_slope"][who]
    _, mean, root = joint.courses(np, tuple(people.sums.T), level, slope, point, people.centre)
    one, two = _drawn(data, point, mean, root, noise)
    level, slope = mean[0] + root[0] * one, mean[1] + root[1] * one + root[2] * two
    error = point["residual_sd"] * noise.normal("end", client=np.arange(len(who)))
    return point["level"] + level + (point["slope"] + slope) * np.log2(session) + error


def _drawn(data: JointData, point: Point, mean, root, noise: Noise) -> np.ndarray:
    """Level and slope in units of their normal given the scores, shape (2, clients)."""
    people, index = data.courses, data.courses.row
    count = len(people.sums)
    centre = joint.leaving(joint.plain(data), point, people.therapist)(*mean)
    by_level = point["dropout_by_score"] / joint.POINTS
    by_slope = by_level * people.times + point["dropout_by_slope"]
    ways = np.array([by_level * root[0][index] + by_slope * root[1][index], by_slope * root[2][index]])

    def by_client(values: np.ndarray) -> np.ndarray:
        return np.bincount(index, weights=values, minlength=count)

    z = np.zeros((2, count))
    covariance = np.tile(np.eye(2), (count, 1, 1))
    for _ in range(STEPS):
        rate = expit(centre + np.sum(ways * z[:, index], axis=0))
        pull = np.array([by_client(way * (data.left - data.at_risk * rate)) for way in ways]) - z
        information = data.at_risk * rate * (1 - rate)
        products = np.array([[by_client(one * other * information) for other in ways] for one in ways])
        covariance = np.linalg.inv(np.eye(2) + products.transpose(2, 0, 1))
        z = z + np.einsum("nij,jn->in", covariance, pull)
    clients, kinds = np.arange(count), np.arange(2)[:, None]
    factor, found, weights = np.linalg.cholesky(covariance), [], []
    for candidate in range(CANDIDATES):
        normal = noise.normal("course", client=clients, therapist=kinds, occasion=candidate)
        tried = z + np.einsum("nij,jn->in", factor, normal)
        odds = centre + np.sum(ways * tried[:, index], axis=0)
        leaving = by_client(data.left * odds - data.at_risk * np.logaddexp(0.0, odds))
        weights.append(leaving - 0.5 * np.sum(tried**2, axis=0) + 0.5 * np.sum(normal**2, axis=0))
        found.append(tried)
    chance = np.exp(np.array(weights) - logsumexp(weights, axis=0))
    above = noise.uniform("which course", client=clients) > np.cumsum(chance, axis=0)
    return np.array(found)[np.minimum(above.sum(axis=0), CANDIDATES - 1), :, clients].T
