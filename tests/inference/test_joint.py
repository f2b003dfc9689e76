"""Scores and leaving together: density against plain integrals, replicated data, ends of courses."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import halfnorm, multivariate_normal, norm

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers.joint_ends import ends as joint_ends
from iatrogenesis.inference.data.joint import from_endings
from iatrogenesis.inference.models import growth, joint
from iatrogenesis.inference.models.priors import Priors
from tests.inference.test_model_family import density
from tests.inference.test_models import PRIORS, REASON

GROWTH = {
    "level": {"mean": 14.0, "sd": 4.0},
    "slope": {"mean": -1.5, "sd": 1.5},
    "level_coefficient": {"sd": 2.0},
    "slope_coefficient": {"sd": 0.5},
    "residual_sd": {"scale": 4.0},
    "client_level_sd": {"scale": 5.0},
    "client_slope_sd": {"scale": 1.5},
    "therapist_level_sd": {"scale": 1.0},
    "therapist_slope_sd": {"scale": 0.5},
}
JOINT_PRIORS = Priors.model_validate(
    PRIORS.model_dump(exclude_none=True)
    | {
        "growth": {name: prior | {"reason": REASON} for name, prior in GROWTH.items()},
        "hazard": {"mean": -3.0, "sd": 1.5, "reason": REASON},
    }
)
TRUTH = {
    "level": 15.0, "slope": -1.5, "level_coefficients": np.array([0.5]), "slope_coefficients": np.array([0.1]),
    "residual_sd": 3.5, "client_level_sd": 4.0, "client_slope_sd": 1.6, "client_correlation": -0.2,
    "therapist_level_sd": 0.5, "therapist_slope_sd": 0.3, "therapist_correlation": 0.0,
    "dropout_baseline": np.full(8, -2.6), "dropout_by_score": 0.3, "dropout_by_slope": 0.6, "dropout_sd": 0.4,
}  # fmt: skip


def template(therapists: int, each: int, seed: int, sessions: int = 10):
    """Everybody to come for so many sessions: people for replicated data."""
    n, rng = therapists * each, np.random.default_rng(seed)
    ids = [f"C{i:05d}" for i in range(n)]
    clients = pd.DataFrame({"client_id": ids, "therapist_id": [f"T{i // each:03d}" for i in range(n)]})
    clients["deprivation"] = rng.integers(1, 11, n)
    clients = clients.assign(end="completed", n_sessions=sessions)
    table = pd.DataFrame({"client_id": np.repeat(ids, sessions), "session": np.tile(np.arange(1, sessions + 1), n)})
    table["phq9"] = rng.integers(5, 20, len(table))
    return from_endings(table, clients, ("deprivation",), dataset="template", score="phq9")


def whole(point, therapists: int, seed: int):
    """A point with effects of therapists drawn."""
    noise, j = Noise(seed), np.arange(therapists)
    level, slope = growth._pairs(point, "therapist", noise, j)
    effect = point["dropout_sd"] * noise.normal("dropout_effect", client=j)
    return point | {"therapist_level": level, "therapist_slope": slope, "dropout_effect": effect}


@pytest.fixture(scope="module")
def data():
    people = template(3, 6, 1)
    return joint.replicate(people, whole(TRUTH, 3, 2), Noise(3))


def test_replicated_courses_end_where_clients_leave(data):
    left = np.bincount(data.courses.row, data.left)
    held = data.courses.sums[:, 0]
    assert set(left) == {0.0, 1.0}
    assert (held[left == 0] == 10).all() and (held[left == 1] < 10).all()
    # At risk once for every session that took place, but for the last one of who completed.
    np.testing.assert_array_equal(np.bincount(data.courses.row, data.at_risk), held - (left == 0))
    people = template(3, 6, 1)
    stays = joint.replicate(people, whole(TRUTH | {"dropout_baseline": np.full(8, -50.0)}, 3, 2), Noise(3))
    assert stays.left.sum() == 0


def test_density_is_that_of_the_equations():
    """Each client's scores and leaving by a fine grid over level and slope, from raw scores; and PyMC's the same."""
    rng, sessions = np.random.default_rng(4), (1, 3, 6, 4)
    ids = [f"C{i}" for i in range(4)]
    clients = pd.DataFrame({"client_id": ids, "therapist_id": ["T0", "T0", "T1", "T1"], "n_sessions": sessions})
    clients["deprivation"], clients["end"] = [1, 4, 7, 9], ["dropped_out", "completed", "dropped_out", "referred"]
    rows = [(name, s) for name, n in zip(ids, sessions, strict=True) for s in range(1, n + 1)]
    table = pd.DataFrame(rows, columns=["client_id", "session"])
    table["phq9"] = rng.integers(5, 20, len(table))
    data = from_endings(table, clients, ("deprivation",), dataset="d", score="phq9")
    for seed in range(3):
        point = joint.prior_point(data, JOINT_PRIORS, Noise(seed)) | {"client_level_sd": 3.0, "client_slope_sd": 1.0}
        point |= {"dropout_by_score": 0.3, "dropout_by_slope": -0.4, "residual_sd": 3.0, "client_correlation": 0.3}
        expected = [_brute(data, table, clients, point, i) for i in range(4)]
        np.testing.assert_allclose(joint.log_likelihood(data, point, nodes=15), expected, rtol=1e-6)
        np.testing.assert_allclose(joint.log_likelihood(data, point), expected, atol=2e-3)  # what three nodes cost


def _brute(data, table, clients, point, client: int) -> float:
    mine = table[table["client_id"] == clients["client_id"][client]]
    j, x, t = data.courses.therapist[client], data.courses.covariates[client], np.log2(mine["session"].to_numpy())
    mean = np.array(
        [
            point["level"] + x @ point["level_coefficients"] + point["therapist_level"][j],
            point["slope"] + x @ point["slope_coefficients"] + point["therapist_slope"][j],
        ]
    )
    sds = np.array([point["client_level_sd"], point["client_slope_sd"]])
    covariance = np.outer(sds, sds) * np.array([[1, point["client_correlation"]], [point["client_correlation"], 1]])
    axes = [np.linspace(m - 8 * s, m + 8 * s, 601) for m, s in zip(mean, sds, strict=True)]
    level, slope = np.meshgrid(*axes, indexing="ij")
    log = multivariate_normal(mean, covariance).logpdf(np.stack([level, slope], axis=-1))
    for session, score, time in zip(mine["session"], mine["phq9"], t, strict=True):
        course = level + slope * time
        log = log + norm.logpdf(score, course, point["residual_sd"])
        end = clients["end"][client] if session == clients["n_sessions"][client] else "goes on"
        if end == "completed":
            continue
        stage = min(session, 4) - 1 if session < 5 else 4
        odds = point["dropout_baseline"][stage] + point["dropout_effect"][j]
        odds = odds + point["dropout_by_score"] * (course - point["level"]) / 5
        odds = odds + point["dropout_by_slope"] * (slope - point["slope"])
        log = log + np.log(expit(odds) if end == "dropped_out" else expit(-odds))
    cell = np.prod([axis[1] - axis[0] for axis in axes])
    return float(np.log(np.exp(log - log.max()).sum() * cell) + log.max())


@pytest.mark.slow
def test_pymc_says_the_same(data):
    built = joint.build(data, JOINT_PRIORS)
    for seed in range(3):
        point = joint.prior_point(data, JOINT_PRIORS, Noise(seed))
        r, slope = point["therapist_correlation"], point["therapist_slope"] / point["therapist_slope_sd"]
        first = point["therapist_level"] / point["therapist_level_sd"]
        standard = {
            "therapist_level_standard": first,
            "therapist_slope_standard": (slope - r * first) / np.sqrt(1 - r**2),
        }
        expected = joint.log_likelihood(data, point).sum() + 0.5 * data.courses.sums[:, 0].sum() * np.log(2 * np.pi)
        expected += sum(norm.logpdf(values).sum() for values in standard.values())
        expected += norm.logpdf(point["dropout_effect"], 0, point["dropout_sd"]).sum()
        for name in ("level", "slope"):
            prior = getattr(JOINT_PRIORS.growth, name)
            expected += norm.logpdf(point[name], prior.mean, prior.sd)
            sd = getattr(JOINT_PRIORS.growth, f"{name}_coefficient").sd
            expected += norm.logpdf(point[f"{name}_coefficients"], 0, sd).sum()
        for name in growth.SPREADS:
            expected += halfnorm.logpdf(point[name], scale=getattr(JOINT_PRIORS.growth, name).scale)
        expected += 2 * np.log(0.5) + norm.logpdf(point["dropout_baseline"], -3.0, 1.5).sum()
        for name in ("dropout_by_score", "dropout_by_slope"):
            expected += norm.logpdf(point[name], 0, 0.5)
        expected += halfnorm.logpdf(point["dropout_sd"], scale=0.5)
        assert density(built, point | standard) == pytest.approx(expected, rel=1e-8)


def test_without_a_link_it_is_growth_and_leaving_apart(data):
    point = whole(TRUTH | {"dropout_by_score": 0.0, "dropout_by_slope": 0.0}, 3, 2)
    odds = point["dropout_baseline"][data.stage] + point["dropout_effect"][data.courses.therapist][data.courses.row]
    leaving = np.bincount(data.courses.row, data.left * odds - data.at_risk * np.logaddexp(0, odds))
    np.testing.assert_allclose(
        joint.log_likelihood(data, point), growth.log_likelihood(data.courses, point) + leaving, rtol=1e-10
    )


def test_ends_are_drawn_from_courses_given_scores_and_leaving():
    """Leaving that goes with a rising course moves the end of who left up, by as much as integration says."""
    people = template(1, 400, 5, sessions=3)
    point = whole(TRUTH | {"dropout_by_slope": 1.5, "dropout_by_score": 0.0}, 1, 2)
    data = joint.replicate(people, point, Noise(6))
    left = (np.bincount(data.courses.row, data.left) == 1) & (data.courses.sums[:, 0] == 1)
    session = np.full(400, 8)
    drawn = np.array([joint_ends(data, point, Noise(seed), session) for seed in range(200)]).mean(axis=0)
    blind = point | {"dropout_by_slope": 0.0}
    without = np.array([joint_ends(data, blind, Noise(seed), session) for seed in range(200)]).mean(axis=0)
    # One session: the slope's conditional given the score is normal; weigh it by the odds of leaving after session 1.
    expected = []
    for client in np.flatnonzero(left)[:10]:
        at = (point["level"], point["slope"], data.courses.covariates[client])
        expected.append(_mean_end(data, point, client, *at))
    found = drawn[left][:10]
    np.testing.assert_allclose(found, expected, atol=1.5)  # an end has an SD of 6, its mean of 200 one of .43
    assert np.mean(found - expected) == pytest.approx(0.0, abs=0.45)
    assert (drawn - without)[left].mean() > 2.0


def _mean_end(data, point, client, level, slope, x) -> float:
    """Expected score at session 8 of a client who left after the first session, by a grid."""
    assert data.courses.sums[client, 0] == 1
    score = data.courses.sums[client, 3] + data.courses.centre
    level = level + x @ point["level_coefficients"] + point["therapist_level"][0]
    slope = slope + x @ point["slope_coefficients"] + point["therapist_slope"][0]
    a, b, r = (point[f"client_{name}"] for name in ("level_sd", "slope_sd", "correlation"))
    one, two = np.meshgrid(np.linspace(-7, 7, 301), np.linspace(-7, 7, 301), indexing="ij")
    levels, slopes = level + a * one, slope + b * (r * one + np.sqrt(1 - r**2) * two)
    odds = point["dropout_baseline"][0] + point["dropout_effect"][0]
    odds = odds + point["dropout_by_slope"] * (slopes - point["slope"])
    weight = np.exp(-0.5 * (one**2 + two**2)) * norm.pdf(score, levels, point["residual_sd"]) * expit(odds)
    return float(np.sum(weight * (levels + 3 * slopes)) / weight.sum())


@pytest.mark.trial(kind="refused", what="endings of courses that cannot be")
def test_faulty_endings_are_refused(data):
    with pytest.raises(DataError, match="left after a session"):
        replace(data, left=np.ones_like(data.left)).validate()
    with pytest.raises(DataError, match="one value per session"):
        replace(data, stage=data.stage[1:]).validate()
    with pytest.raises(DataError, match="must be 0 or 1"):
        replace(data, at_risk=data.at_risk * 0.5).validate()
