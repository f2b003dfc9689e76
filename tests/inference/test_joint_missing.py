"""Clients leave because of their course, which is planted: `joint` finds it, and what it did to those who left."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr
import yaml
from scipy.special import expit

from iatrogenesis.core.definitions import Judgement
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers import imputed_ends as ends
from iatrogenesis.inference.answers import missing_last_scores as missing
from iatrogenesis.inference.answers.joint_ends import ends as joint_ends
from iatrogenesis.inference.answers.standardise import stacked
from iatrogenesis.inference.data.courses import from_courses
from iatrogenesis.inference.data.joint import from_endings
from iatrogenesis.inference.data.posterior import points
from iatrogenesis.inference.engines import nuts
from iatrogenesis.inference.engines.sampler import Sampler
from iatrogenesis.inference.models import growth, joint
from tests.conftest import CONFIG
from tests.inference.test_joint import JOINT_PRIORS, TRUTH, template, whole


def planted():
    """Who gets worse leaves, whatever the scores show; and the slopes of all courses, which only a simulation knows."""
    people, noise = template(20, 30, 7), Noise(9)
    truth = whole(TRUTH | {"dropout_by_slope": 0.8}, 20, 8)
    data = joint.replicate(people, truth, noise)
    data = replace(data, courses=replace(data.courses, dataset="planted"))
    slope = truth["slope"] + growth._pairs(truth, "client", noise, np.arange(600))[1]
    slope = slope + data.courses.covariates @ truth["slope_coefficients"]
    return data, truth, slope + truth["therapist_slope"][data.courses.therapist]


def gap(data, point, slope, seed: int) -> float:
    """How far the slopes drawn for those who left lie above their own, on average."""
    left = np.bincount(data.courses.row, data.left) == 1
    one, eight = (joint_ends(data, point, Noise(seed), np.full(600, session)) for session in (1, 8))
    return float(((eight - one) / 3 - slope)[left].mean())


BLIND = {"dropout_by_score": 0.0, "dropout_by_slope": 0.0}


def test_the_ends_of_who_left_are_right_with_the_mechanism_and_too_good_without():
    data, truth, slope = planted()
    left = np.bincount(data.courses.row, data.left) == 1
    assert 0.3 < left.mean() < 0.9
    error = TRUTH["client_slope_sd"] / np.sqrt(left.sum())
    assert np.mean([gap(data, truth, slope, seed) for seed in range(30)]) == pytest.approx(0.0, abs=2 * error)
    assert np.mean([gap(data, truth | BLIND, slope, seed) for seed in range(30)]) < -6 * error


def test_the_rate_of_all_who_started_is_found_by_the_mechanism_and_not_at_random():
    """Tables of 6,000 clients, half of whom leave because their course rises, whatever the scores show."""
    clients, sessions, rate = courses_that_make_clients_leave(6000)
    data = from_endings(sessions, clients, ("deprivation",), dataset="planted", score="phq9")
    courses = from_courses(sessions, clients, ("deprivation",), ("phq9",), dataset="planted")
    truth = whole(TRUTH | NO_THERAPISTS, 30, 2) | {"dropout_by_slope": 1.2, "dropout_by_score": 0.0}
    draws = {name: np.broadcast_to(value, (1, 20, *np.shape(value))) for name, value in truth.items()}
    tree = xr.DataTree.from_dict(
        {"posterior": xr.Dataset({name: (("chain", "draw", f"of_{name}")[: v.ndim], v) for name, v in draws.items()})}
    )
    rules = Instruments.model_validate(yaml.safe_load((CONFIG / "instruments.yaml").read_text())).only(("phq9",))
    by_joint = ends.impute_jointly(courses, data, tree, 1, 20)
    at_random = ends.impute(courses, 1, 20)
    found = {
        name: missing.pooled(one.worse("left early", 0.0, Judgement(instruments=("phq9",)), rules), courses.therapist)
        for name, one in (("joint", by_joint), ("at random", at_random))
    }
    assert found["joint"]["rate"] == pytest.approx(rate, abs=0.012)
    assert not found["at random"]["rate_low"] < rate < found["at random"]["rate_high"]
    assert found["at random"]["rate"] < rate - 0.06
    with pytest.raises(DataError, match="of phq9 alone"):
        ends.impute_jointly(replace(courses, instruments=("gad7",)), data, tree, 1, 20)


NO_THERAPISTS = {"therapist_level_sd": 1e-9, "therapist_slope_sd": 1e-9, "dropout_sd": 1e-9, "client_slope_sd": 2.0}


def courses_that_make_clients_leave(n: int):
    """Clients, sessions, and the rate of deterioration at session 10 that nobody has seen."""
    rng = np.random.default_rng(6)
    deprivation = rng.integers(1, 11, n)
    x = (deprivation - deprivation.mean()) / deprivation.std()
    r = TRUTH["client_correlation"]
    first, second = rng.standard_normal((2, n))
    level = 15.0 + 0.5 * x + 4.0 * first
    slope = -1.5 + 0.1 * x + 2.0 * (r * first + np.sqrt(1 - r**2) * second)
    time = np.log2(np.arange(1, 11))
    score = np.clip(np.rint(level[:, None] + slope[:, None] * time + 3.5 * rng.standard_normal((n, 10))), 0, 27)
    leaves = rng.random((n, 9)) < expit(-2.6 + 1.2 * (slope[:, None] + 1.5))
    attended = np.where(leaves.any(axis=1), leaves.argmax(axis=1) + 1, 10)
    ids = np.array([f"C{i:05d}" for i in range(n)])
    clients = pd.DataFrame({"client_id": ids, "therapist_id": [f"T{i % 30:03d}" for i in range(n)]})
    clients = clients.assign(
        deprivation=deprivation, n_sessions=attended, finished=attended > 1,
        end=np.where(attended < 10, "dropped_out", "completed"),
    )  # fmt: skip
    row, step = np.nonzero(np.arange(10) < attended[:, None])
    sessions = pd.DataFrame({"client_id": ids[row], "session": step + 1, "phq9": score[row, step]})
    return clients, sessions, float(np.mean(score[:, 9] - score[:, 0] >= 6))


@pytest.mark.slow
def test_a_planted_mechanism_is_found():
    """`joint` finds it, and the courses of those who left with it; `growth` takes them for better than they are."""
    data, truth, slope = planted()
    sampler = Sampler(chains=2, draws=250, tune=300)
    tree = nuts.sample(nuts.compile_model("joint", data, JOINT_PRIORS), data, sampler, 1)
    for name in ("dropout_by_score", "dropout_by_slope", "slope", "client_slope_sd"):
        draws = stacked(tree, name)
        assert abs(draws.mean() - truth[name]) < 3 * draws.std(), name
    assert np.quantile(stacked(tree, "dropout_by_slope"), 0.025) > 0
    apart = nuts.sample(nuts.compile_model("growth", data.courses, JOINT_PRIORS), data.courses, sampler, 1)
    nothing = BLIND | {"dropout_effect": np.zeros(20), "dropout_baseline": np.zeros(8)}
    ours = np.mean([gap(data, point, slope, seed) for seed, point in enumerate(points(tree, 100))])
    theirs = np.mean([gap(data, point | nothing, slope, seed) for seed, point in enumerate(points(apart, 100))])
    assert abs(ours) < 0.4  # the prior of the odds ratio draws it towards no link
    assert theirs < ours - 0.25
