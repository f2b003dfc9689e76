"""Selection at a stated false discovery rate: against all sets, and where the prior is right, against the truth."""

from itertools import chain, combinations

import numpy as np
import pytest
from scipy.stats import beta, binom

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers.selection import FDR_LEVEL, capacity, expected_fdr, selected, significant

SHAPE = (1.5, 23.5)  # of rates: mean .06, SD .047
THERAPISTS, CLIENTS, SERVICES = 40, 150, 1500


def sets(count: int):
    return chain.from_iterable(combinations(range(count), size) for size in range(count + 1))


@pytest.mark.parametrize("level", [0.0, 0.1, 0.2, 0.5])
@pytest.mark.parametrize("most", [None, 2])
def test_no_other_set_within_the_level_is_larger(level, most):
    exceeds = Noise(3).uniform("exceeds", replicate=np.arange(30)[:, None], therapist=np.arange(8)) ** 0.3
    for own in exceeds:
        chosen = selected(own, level, most)
        allowed = [one for one in sets(8) if not one or np.mean([1 - own[j] for j in one]) <= level]
        largest = max(len(one) for one in allowed if most is None or len(one) <= most)
        assert chosen.sum() == largest
        assert expected_fdr(own, chosen) <= level + 1e-6
        # of sets of this size the one with the lowest rate
        assert not chosen.any() or own[chosen].min() >= max(own[~chosen], default=0)


def test_level_and_single_precision():
    assert FDR_LEVEL == 0.2
    assert selected(np.array([0.7, 0.9], dtype=np.float32)).sum() == 2  # .3 and .1, .2 on average
    assert selected([0.69, 0.9]).tolist() == [False, True]
    assert selected([0.79] * 5).sum() == 0
    assert selected([]).size == 0
    assert expected_fdr([0.3], np.array([False])) == 0.0


def test_capacity_is_at_least_one_therapist():
    assert [capacity(count) for count in (1, 20, 60, 200)] == [1, 1, 3, 10]


@pytest.mark.trial(kind="refused", what="probabilities to select by: {exceeds}")
@pytest.mark.parametrize("exceeds", [[0.5, np.nan], [1.2, 0.1], [-0.1]])
@pytest.mark.parametrize("select", [selected, significant])
def test_what_is_no_probability_is_refused(exceeds, select):
    with pytest.raises(DataError, match="within 0 and 1"):
        select(exceeds)


def test_p_values_need_to_be_small_and_not_only_so_on_average():
    exceeds = [0.7, 0.79, 0.81, 0.95, 0.999]
    assert selected(exceeds).tolist() == [True] * 5  # .15 on average
    # .001, .05 and .19 are below .04, .08 and .12 but for the last; .21 and .3 above .16 and .2
    assert significant(exceeds).tolist() == [False, False, False, True, True]
    assert significant(exceeds, most=1).tolist() == [False] * 4 + [True]
    assert significant([]).size == 0 and significant([0.85]).tolist() == [True]


@pytest.fixture(scope="module")
def drawn():
    """Rates from a known prior, binomial counts, and the exact posterior probability of exceeding .12."""
    who = {"replicate": np.arange(SERVICES)[:, None], "therapist": np.arange(THERAPISTS)}
    rate = beta.ppf(Noise(11).uniform("rate", **who), *SHAPE)
    events = binom.ppf(Noise(11).uniform("events", **who), CLIENTS, rate)
    return rate > 0.12, beta.sf(0.12, SHAPE[0] + events, SHAPE[1] + CLIENTS - events)


def by_service(harmful, chosen):
    """False discovery proportion of each service, 0 where nobody is selected."""
    return (chosen & ~harmful).sum(axis=1) / np.maximum(chosen.sum(axis=1), 1)


@pytest.mark.parametrize("level", [0.1, 0.2])
def test_where_the_prior_is_right_the_expected_rate_is_the_realised_one(drawn, level):
    harmful, exceeds = drawn
    chosen = np.array([selected(own, level) for own in exceeds])
    expected = np.array([expected_fdr(own, picked) for own, picked in zip(exceeds, chosen, strict=True)])
    gap = by_service(harmful, chosen) - expected
    assert chosen.sum() > 1000
    assert abs(gap.mean()) < 4 * gap.std() / np.sqrt(SERVICES)
    assert by_service(harmful, chosen).mean() <= level


def test_a_rule_that_ignores_the_level_is_caught(drawn):
    harmful, exceeds = drawn
    worst = np.argsort(-exceeds, axis=1)[:, : THERAPISTS // 4]
    chosen = np.zeros_like(harmful)
    np.put_along_axis(chosen, worst, True, axis=1)
    proportion = by_service(harmful, chosen)
    assert proportion.mean() - 4 * proportion.std() / np.sqrt(SERVICES) > FDR_LEVEL
