"""Sets of ranks: against a plain second writing, in known cases, and by simulation."""

import numpy as np
import pytest
from scipy.stats import rankdata

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers.rank_sets import confidence, credible

SERVICES = 400


def normals(name: str, *shape: int) -> np.ndarray:
    return Noise(5).normal(name, replicate=np.arange(shape[0])[:, None], therapist=np.arange(shape[1]))


def plain(estimate, se, level, replicate, stepdown, draws, families):
    """One family of tests after the other, hypothesis by hypothesis; families: lists of pairs (higher, lower)."""
    who = {"therapist": np.arange(len(se))[:, None], "occasion": np.arange(draws)}
    errors = Noise(0).normal("sets of ranks", replicate=replicate, **who) * se[:, None]
    rejected = []
    for family in families:
        active, found = list(family), set()
        while active:
            largest = np.max([(errors[i] - errors[k]) / np.hypot(se[i], se[k]) for i, k in active], axis=0)
            limit = np.sort(largest)[int(np.ceil(level * (draws - 1)))]
            new = {(i, k) for i, k in active if (estimate[i] - estimate[k]) / np.hypot(se[i], se[k]) > limit}
            found |= new
            active = [pair for pair in active if pair not in new] if new and stepdown else []
        rejected.append(found)
    return rejected


@pytest.mark.parametrize("stepdown", [True, False])
def test_confidence_sets_are_those_of_the_plain_writing(stepdown):
    count = 7
    estimate, se = 1.2 * normals("estimate", 1, count)[0], 0.2 + 0.3 * np.arange(count) / count
    found = confidence(estimate, se, replicate=3, stepdown=stepdown, draws=500)
    pairs = [(i, k) for i in range(count) for k in range(count) if i != k]
    families = [[pair for pair in pairs if j in pair] for j in range(count)]
    each = plain(estimate, se, 0.95, 3, stepdown, 500, families)
    (every,) = plain(estimate, se, 0.95, 3, stepdown, 500, [pairs])
    for j in range(count):
        assert found.low[j] == 1 + sum(i == j for i, _ in each[j])
        assert found.high[j] == count - sum(k == j for _, k in each[j])
        assert found.low_all[j] == 1 + sum(i == j for i, _ in every)
        assert found.high_all[j] == count - sum(k == j for _, k in every)
    assert 1 < (found.high - found.low).mean() < count - 2  # a case in between


def test_what_is_well_separated_has_one_rank():
    truth = np.array([3.0, 1.0, 2.0, 5.0, 4.0])
    for sets in (confidence(truth, np.full(5, 0.01)), credible(truth + 0.01 * normals("draw", 500, 5))):
        for low, high in ((sets.low, sets.high), (sets.low_all, sets.high_all)):
            assert low.tolist() == high.tolist() == [3, 1, 2, 5, 4]


def test_what_says_nothing_allows_every_rank():
    sets = confidence(np.zeros(6), np.full(6, 0.3))
    assert sets.low.tolist() == sets.low_all.tolist() == [1] * 6
    assert sets.high.tolist() == sets.high_all.tolist() == [6] * 6


def test_sets_nest_and_stepdown_never_widens():
    for replicate in range(20):
        estimate = normals("nested", 20, 30)[replicate]
        se = np.full(30, 0.3)
        step, single = (confidence(estimate, se, replicate=replicate, stepdown=which) for which in (True, False))
        assert np.all((single.low <= step.low) & (step.high <= single.high))
        assert np.all((single.low_all <= step.low_all) & (step.high_all <= single.high_all))
        assert np.all((step.low_all <= step.low) & (step.high <= step.high_all))


def held(low, high, truth):
    return (low <= rankdata(truth, "min")) & (rankdata(truth, "max") <= high)


@pytest.mark.parametrize("truth", [np.repeat([0.0, 0.0, 1.0, 1.0, 2.0], 3), np.zeros(15), np.linspace(0, 2, 15)])
def test_confidence_sets_cover_with_ties_too(truth):
    se = np.where(np.arange(15) % 2 == 0, 0.3, 0.5)
    each, every = [], []
    for replicate, error in enumerate(normals(f"ties{truth.sum():g}", SERVICES, 15)):
        sets = confidence(truth + se * error, se, replicate=replicate)
        each.append(held(sets.low, sets.high, truth))
        every.append(held(sets.low_all, sets.high_all, truth).all())
    least = 0.95 - 3 * np.sqrt(0.95 * 0.05 / SERVICES)
    assert np.mean(each, axis=0).min() > least
    assert np.mean(every) > least
    if np.ptp(truth) == 0:  # the only case in which the level is reached exactly
        assert np.mean(every) < 0.95 + 4 * np.sqrt(0.95 * 0.05 / SERVICES)


def test_credible_sets_hold_what_they_say_where_the_prior_is_right():
    count, draws, sd, se = 40, 500, 0.6, 0.4
    shrink, spread = sd**2 / (sd**2 + se**2), sd * se / np.hypot(sd, se)
    truths, errors = normals("truth", SERVICES, count), normals("error", SERVICES, count)
    each, every = [], []
    for replicate in range(SERVICES):
        truth = sd * truths[replicate]
        who = {"replicate": replicate, "therapist": np.arange(count), "occasion": np.arange(draws)[:, None]}
        rates = shrink * (truth + se * errors[replicate]) + spread * Noise(6).normal("posterior", **who)
        sets = credible(rates)
        ranks = rankdata(rates, axis=1)
        assert ((sets.low_all <= ranks) & (ranks <= sets.high_all)).all(axis=1).mean() >= 0.95
        assert sets.low_all.min() == 1  # somebody has the first rank
        each.append(held(sets.low, sets.high, truth).mean())
        every.append(held(sets.low_all, sets.high_all, truth).all())
    assert 0.95 - 4 * np.std(each) / np.sqrt(SERVICES) < np.mean(each) < 0.98
    assert np.mean(every) == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / SERVICES))


def test_a_widening_smaller_by_one_would_not_hold_all():
    rates = np.linspace(0, 1, 30) + 0.2 * normals("smaller", 500, 30)
    sets, ranks = credible(rates), rankdata(rates, axis=1)
    widening = (sets.low - sets.low_all).max()
    assert widening > 0
    low, high = sets.low - widening + 1, sets.high + widening - 1
    assert ((low <= ranks) & (ranks <= high)).all(axis=1).mean() < 0.95


def test_no_spread_between_draws_or_therapists():
    sets = credible(np.full((10, 4), 0.06))
    assert sets.low.tolist() == [2] * 4 and sets.high.tolist() == [3] * 4  # all share the rank 2.5
    assert credible(np.full((10, 1), 0.06)).high_all.tolist() == [1]


@pytest.mark.trial(kind="refused", what="estimates {estimate} with errors {se} to rank")
@pytest.mark.parametrize(("estimate", "se"), [([0.0, np.inf], [1, 1]), ([0.0, 1.0], [1, 0]), ([0, 1.0], [1, np.nan])])
def test_unusable_estimates_are_refused(estimate, se):
    with pytest.raises(DataError, match="Sets of ranks need"):
        confidence(np.array(estimate), np.array(se, dtype=float))
