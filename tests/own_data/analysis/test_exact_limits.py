"""Exact limits flag at most 2.5 % of alike therapists a side, whatever their number of clients."""

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import binom

from iatrogenesis.core.streams import Noise
from iatrogenesis.own_data.analysis.exact_limits import FAR_TAIL, TAIL, Overdispersion, counts_beyond, funnel, tails
from iatrogenesis.own_data.analysis.risks import expected_risk

SIZES = np.arange(3, 501)


@pytest.mark.parametrize("rate", [0.02, 0.06, 0.2])
@pytest.mark.parametrize("tail", [TAIL, FAR_TAIL])
def test_the_chance_to_be_beyond_is_at_most_the_tail_at_every_number_of_clients(rate, tail):
    upper, lower = counts_beyond(SIZES, rate, tail)
    assert (binom.sf(upper - 1, SIZES, rate) <= tail).all()
    assert (binom.cdf(lower, SIZES, rate) <= tail).all()
    # And no limit is wider than it must be.
    assert (binom.sf(upper - 2, SIZES, rate) > tail).all()
    assert (binom.cdf(lower + 1, SIZES, rate) > tail).all()


@pytest.mark.parametrize("size", [3, 4, 10, 37, 100, 500])
def test_simulated_alike_therapists_are_seldom_flagged(size):
    number = 4000
    noise, who, client = Noise(size), np.arange(number)[:, None], np.arange(size)
    risk = 0.02 + 0.1 * noise.uniform("risk", client=client)  # the same clients for all: one law of the count
    counts = (noise.uniform("worse", therapist=who, client=client) < risk).sum(axis=1)
    possible = np.unique(counts)
    found = tails(np.tile(risk, len(possible)), np.repeat(np.arange(len(possible)), size), possible)
    p_high, p_low = (dict(zip(possible, found[name], strict=True)) for name in ("p_high", "p_low"))
    for p in (p_high, p_low):
        share = np.mean([p[count] <= TAIL for count in counts])
        assert share <= TAIL + 3 * np.sqrt(TAIL * (1 - TAIL) / number)
    np.testing.assert_allclose(found["expected"], risk.sum())


@pytest.mark.slow
def test_limits_hold_where_the_risks_are_estimated_from_the_same_courses():
    """Thirty alike therapists of 3 to 500 clients, fifty times; risks are calibrated to what was observed."""
    sizes = np.geomspace(3, 500, 30).astype(int)
    who, beyond = np.repeat(np.arange(30), sizes), []
    for service in range(50):
        noise, client = Noise(12), np.arange(len(who))
        score = 0.5 * noise.normal("case mix", client=client, replicate=service)
        worse = noise.uniform("worse", client=client, replicate=service) < expit(-2.9 + score)
        counts = np.bincount(who, weights=worse).astype(np.int64)
        found = tails(expected_risk(score, worse), who, counts)
        beyond.append(np.stack([found["p_high"] <= TAIL, found["p_low"] <= TAIL]))
    share = np.mean(beyond, axis=0)  # (2 sides, 30 therapists)
    assert (share.mean(axis=1) <= TAIL).all()
    assert (share <= TAIL + 4 * np.sqrt(TAIL / 50)).all()


def test_one_of_three_is_not_flagged_and_equal_risks_are_binomial():
    found = tails(np.full(103, 0.06), np.repeat([0, 1], [3, 100]), np.array([1, 13]))
    np.testing.assert_allclose(found["p_high"], binom.sf([0, 12], [3, 100], 0.06))
    np.testing.assert_allclose(found["p_low"], binom.cdf([1, 13], [3, 100], 0.06))
    np.testing.assert_allclose(found["p_high_mid"], found["p_high"] - binom.pmf([1, 13], [3, 100], 0.06) / 2)
    assert found["p_high"][0] > 0.15 and found["p_high"][1] < TAIL


def test_the_line_of_the_funnel_parts_those_who_are_flagged_from_the_others():
    alike = Overdispersion(np.array([6, 5, 7, 6, 6]), np.full(5, 6.0))
    n = np.array([3, 30, 140])
    found = funnel(n, 0.06, alike)
    for row in found.itertuples():
        counts = np.arange(row.clients + 1)
        beyond = binom.sf(counts - 1, row.clients, 0.06) <= TAIL
        np.testing.assert_array_equal(counts / row.clients > row.high_95, beyond)
    assert np.isnan(found["low_95"][0]) and found["low_95"][2] > 0


@pytest.mark.parametrize("kind", ["multiplicative", "additive"])
def test_limits_with_overdispersion_hold_their_tail_where_therapists_differ(kind):
    """Hundred therapists of 140 clients whose log odds have an SD of .6, sixty times: uncorrected, it is above 4 %."""
    noise, who, beyond = Noise(8), np.arange(100), []
    for service in range(60):
        rate = expit(-2.8 + 0.6 * noise.normal("differ", therapist=who, replicate=service))
        observed = binom.ppf(noise.uniform("count", therapist=who, replicate=service), 140, rate)
        expected = np.full(100, observed.mean())
        _, high = Overdispersion(observed, expected).limits(expected, TAIL, kind)
        beyond.append(observed / expected > high)
    assert 0.5 * TAIL < np.mean(beyond) < 1.3 * TAIL


def test_overdispersion_widens_and_alike_therapists_have_none():
    noise, who = Noise(2), np.arange(200)
    expected = np.full(200, 8.0)
    alike = binom.ppf(noise.uniform("alike", therapist=who), 133, 0.06).astype(int)
    differ = np.rint(alike * np.exp(0.6 * noise.normal("differ", therapist=who))).astype(int)
    none, some = Overdispersion(alike, expected), Overdispersion(differ, expected)
    assert none.factor < 1.3 and none.between < 0.01
    assert some.factor > 2 and some.between > 0.03
    for kind in ("multiplicative", "additive"):
        assert some.limits(expected, TAIL, kind)[1][0] > none.limits(expected, TAIL, kind)[1][0]
    assert some.table()["value"].tolist() == [some.factor, some.between]
