"""Scores at the end that nobody has seen: the imputer against plain formulas, and a planted mechanism found."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.special import expit

from iatrogenesis.core.definitions import Judgement
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers import imputed_ends as ends
from iatrogenesis.inference.answers import missing_last_scores as missing
from iatrogenesis.inference.data.courses import from_courses
from iatrogenesis.inference.engines.imputation import Imputer
from tests.conftest import CONFIG
from tests.inference.test_models import PRIORS

NAMES = ("phq9", "gad7")
JUDGEMENT = Judgement(instruments=NAMES)
LEVELS, SLOPES = np.array([15.0, 13.0]), np.array([-1.2, -1.0])
RESIDUAL = np.array([[7.0, 2.5], [2.5, 5.0]])
CLIENTS = np.array([[16.0, -1.0, 8.0, -0.5], [-1.0, 2.0, -0.5, 1.0], [8.0, -0.5, 12.0, -1.0], [-0.5, 1.0, -1.0, 1.5]])
THERAPISTS = np.diag([0.5, 0.2, 0.5, 0.2])
LEFT = "left early"


@pytest.fixture(scope="module")
def rules() -> Instruments:
    return Instruments.model_validate(yaml.safe_load((CONFIG / "instruments.yaml").read_text())).only(NAMES)


@dataclass(frozen=True)
class Planted:
    """Tables as a service has them, and the rate of deterioration at the end that only the test knows."""

    clients: pd.DataFrame
    sessions: pd.DataFrame
    rate: float
    seen_rate: float


def planted(rules, delta: float, seed: int, therapists: int = 40, each: int = 40) -> Planted:
    """Courses by the imputer's own model; who got worse by what was seen leaves sooner, and then is moved by delta."""
    rng, n = np.random.default_rng(seed), therapists * each
    therapist = np.repeat(np.arange(therapists), each)
    mean = np.column_stack([LEVELS, SLOPES]).ravel()
    b = mean + rng.multivariate_normal(np.zeros(4), THERAPISTS, therapists)[therapist]
    b = (b + rng.multivariate_normal(np.zeros(4), CLIENTS, n)).reshape(n, 2, 2)
    planned = rng.integers(6, 13, n)
    known = [rules.by_name()[name] for name in NAMES]
    score = np.empty((n, 12, 2))
    for session in range(1, 13):
        line = b[:, :, 0] + b[:, :, 1] * np.log2(session) + rng.multivariate_normal(np.zeros(2), RESIDUAL, n)
        score[:, session - 1] = np.column_stack([one.score(line[:, k]) for k, one in enumerate(known)])
    attended, leaves = planned.copy(), np.zeros(n, dtype=bool)
    for session in range(1, 12):
        here = ~leaves & (session < planned)
        goes = here & (rng.random(n) < expit(-2.3 + 0.2 * (score[:, session - 1, 0] - score[:, 0, 0])))
        attended[goes], leaves = session, leaves | goes
    change = np.array([float(one.reliable_change) for one in known])
    at = np.log2(planned)[:, None]
    end = b[:, :, 0] + b[:, :, 1] * at + rng.multivariate_normal(np.zeros(2), RESIDUAL, n) + delta * change
    end = np.column_stack([one.score(end[:, k]) for k, one in enumerate(known)])
    end = np.where(leaves[:, None], end, score[np.arange(n), planned - 1])
    first = {name: score[:, 0, k] for k, name in enumerate(NAMES)}
    worse, _ = JUDGEMENT.worse_and_better(first, {name: end[:, k] for k, name in enumerate(NAMES)}, rules)
    ids = np.array([f"C{i:05d}" for i in range(n)])
    row, step = np.nonzero(np.arange(12)[None] < attended[:, None])
    sessions = pd.DataFrame({"client_id": ids[row], "session": step + 1})
    sessions = sessions.assign(**{name: score[row, step, k] for k, name in enumerate(NAMES)})
    clients = pd.DataFrame({"client_id": ids, "therapist_id": [f"T{j:02d}" for j in therapist]})
    clients["deprivation"] = rng.integers(1, 11, n)
    clients["finished"], clients["end"] = attended > 1, np.where(leaves, "dropped_out", "completed")
    return Planted(clients, sessions, float(worse.mean()), float(worse[~leaves].mean()))


def read(found: Planted):
    return from_courses(found.sessions, found.clients, ("deprivation",), NAMES, dataset="planted")


@pytest.fixture(scope="module")
def at_random(rules):
    return planted(rules, 0.0, 1)


@pytest.fixture(scope="module")
def courses(at_random):
    return read(at_random)


def test_courses_are_those_of_the_tables(courses, at_random):
    sessions = at_random.sessions
    groups = sessions.groupby("client_id")[list(NAMES)]
    np.testing.assert_array_equal(courses.first, groups.first())
    np.testing.assert_array_equal(courses.last, groups.last())
    np.testing.assert_array_equal(courses.sessions, sessions.groupby("client_id").size())
    assert courses.unseen[LEFT].sum() == (at_random.clients["end"] == "dropped_out").sum()
    assert 0.15 < courses.unseen[LEFT].mean() < 0.5
    fewer = courses.without_end()
    assert len(courses.row) - len(fewer.row) == (courses.completed & (courses.sessions > 2)).sum()
    np.testing.assert_array_equal(
        np.bincount(fewer.row), np.where(courses.hidden, courses.sessions - 1, courses.sessions)
    )


def test_a_course_given_the_rest_has_its_moments_by_the_whole_covariance_matrix(courses):
    """One client's conditional mean and covariance, by regression on all scores of that client."""
    imputer = Imputer(courses, Noise(1))
    covariance = {"client": CLIENTS, "residual": RESIDUAL}
    mean = np.tile([1.0, -1.5, 0.5, -0.8], (len(courses.sessions), 1))
    drawn = np.array([imputer._courses(mean, covariance, sweep) for sweep in range(600)])
    for client in np.flatnonzero(courses.sessions > 3)[:3]:
        mine = courses.row == client
        z = np.kron(np.eye(2), np.column_stack([np.ones(mine.sum()), courses.times[mine]]))
        whole = z @ CLIENTS @ z.T + np.kron(RESIDUAL, np.eye(mine.sum()))
        gain = CLIENTS @ z.T @ np.linalg.inv(whole)
        expected = mean[client] + gain @ (courses.scores[mine].T.ravel() - z @ mean[client])
        spread = CLIENTS - gain @ z @ CLIENTS
        found = drawn[:, client]
        error = np.sqrt(np.diag(spread) / 600)
        np.testing.assert_array_less(np.abs(found.mean(axis=0) - expected), 4 * error)
        np.testing.assert_allclose(np.cov(found.T), spread, atol=0.2 * np.sqrt(np.outer(*2 * [np.diag(spread)])).max())


def test_the_imputer_finds_the_covariances_that_made_the_data(courses):
    """Scores are rounded and cut off at the floor, which shrinks variances by a few per cent."""
    drawn = list(Imputer(courses, Noise(2)).draws(60))
    residual = np.mean([one.residual for one in drawn], axis=0)
    np.testing.assert_allclose(residual, RESIDUAL, rtol=0.12)
    clients = np.mean([one.clients for one in drawn], axis=0)
    np.testing.assert_allclose(np.diag(clients), np.diag(CLIENTS), rtol=0.25)
    assert clients[0, 2] == pytest.approx(8.0, rel=0.25)
    slopes = np.mean([one.means[:, :, 1].mean(axis=0) for one in drawn], axis=0)
    np.testing.assert_allclose(slopes, SLOPES, atol=0.25)


@pytest.mark.parametrize("delta", [0.0, 1.0])
def test_the_planted_rate_is_found_at_the_right_delta_and_not_at_another(rules, delta):
    found = planted(rules, delta, 3)
    courses = read(found)
    imputed = ends.impute(courses, 1, imputations=30)
    at = {
        tried: missing.pooled(imputed.worse(LEFT, tried, JUDGEMENT, rules), courses.therapist) for tried in (0.0, 1.0)
    }
    spread = [imputed.worse(LEFT, tried, JUDGEMENT, rules).mean(axis=1).std(ddof=1) for tried in (0.0, 1.0)]
    right, wrong = at[delta], at[1.0 - delta]
    # Of these very clients: what is unknown is only what was imputed.
    assert right["rate"] == pytest.approx(found.rate, abs=4 * max(spread))
    assert right["rate_low"] < found.rate < right["rate_high"]
    assert abs(wrong["rate"] - found.rate) > 10 * max(spread)
    assert not wrong["rate_low"] < found.rate < wrong["rate_high"]


def test_missing_at_random_is_not_the_rate_of_those_seen(rules, at_random, courses):
    """Who leaves was worse before: the rate of those who stayed is too low, that imputed is not."""
    rate = missing.pooled(ends.impute(courses, 1, 30).worse(LEFT, 0.0, JUDGEMENT, rules), courses.therapist)["rate"]
    assert at_random.seen_rate < at_random.rate - 0.01
    assert abs(rate - at_random.rate) < abs(at_random.seen_rate - at_random.rate) / 2


def test_rubins_rules_by_hand():
    worse = np.array([[1, 0, 0, 1], [1, 1, 0, 1]], dtype=bool)
    therapist = np.array([0, 0, 1, 1])
    found = missing.pooled(worse, therapist)
    assert found["rate"] == pytest.approx((0.5 + 0.75) / 2)
    # Residuals per therapist: 1 - .5 x 2 = 0 twice; 2 - .75 x 2 = .5 and 1 - .75 x 2 = -.5; over 4 clients.
    within = np.mean([0.0, 2 * 0.5 / 16])
    between = np.var([0.5, 0.75], ddof=1)
    assert found["rate_se"] == pytest.approx(np.sqrt(within + 1.5 * between))


def test_nobody_unseen_is_moved_and_more_delta_is_more_harm(rules, courses):
    imputed = ends.impute(courses, 1, 5)
    before = None
    for delta in (-1.0, 0.0, 1.0):
        worse = imputed.worse(LEFT, delta, JUDGEMENT, rules)
        seen = worse[:, ~courses.unseen[LEFT]]
        assert (seen == seen[0]).all()
        assert before is None or (worse.mean(axis=1) > before).all()
        before = worse.mean(axis=1)


def test_the_table_has_answers_and_tips_where_a_line_says(rules, courses):
    found = missing.table(courses, JUDGEMENT, rules, PRIORS, 1, deltas=(0.0, 1.0))
    assert list(found.columns) == list(missing.COLUMNS)
    assert set(found["missing"]) == {"no second score", LEFT}
    left = found[found["missing"] == LEFT]
    assert left["rate"].is_monotonic_increasing and left["rank_correlation"].iloc[1] < 1
    assert abs(left["completed_delta"].iloc[0]) < 0.05  # nobody chose when to end here
    assert (found["therapist_sd_low"] < found["therapist_sd"]).all()
    line = pd.DataFrame({"delta": [0.0, 0.5, 1.0], "rate": [0.05, 0.07, 0.11], "reported_high": 0.08})
    assert missing.tipping_point(line) == pytest.approx(0.5 + 0.5 * 0.25)
    assert missing.tipping_point(line.assign(reported_high=0.02)) == 0.0
    assert np.isnan(missing.tipping_point(line.assign(reported_high=0.2)))


def test_who_completes_when_well_is_seen(rules, courses):
    """Last scores of those who completed two points lower on one and none on the other: a third and nothing."""
    last = courses.last - np.array([2.0, 0.0]) * courses.completed[:, None]
    found = ends.completed_delta(replace(courses, last=last), rules, 1)
    known = ends.completed_delta(courses, rules, 1)
    assert found - known == pytest.approx(-np.mean([2 / 6, 0]), abs=1e-9)


@pytest.mark.trial(kind="refused", what="courses without what missing last scores need")
def test_courses_that_cannot_be_read_are_refused(at_random):
    clients, sessions = at_random.clients, at_random.sessions
    with pytest.raises(DataError, match="has no first session"):
        read(replace(at_random, sessions=sessions[~((sessions["client_id"] == "C00001") & (sessions["session"] == 1))]))
    long = sessions["client_id"].value_counts().idxmax()
    gap = sessions[~((sessions["client_id"] == long) & (sessions["session"] == 2))]
    with pytest.raises(DataError, match="lacks a session"):
        read(replace(at_random, sessions=gap))
    with pytest.raises(DataError, match="nobody completed"):
        read(replace(at_random, clients=clients.assign(end="dropped_out")))
