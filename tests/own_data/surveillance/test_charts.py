"""Paths by hand, thresholds beside exact probabilities, alarms at the stated rate."""

from collections import defaultdict

import numpy as np
import pytest

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.surveillance.charts import Asked, chart
from iatrogenesis.own_data.surveillance.scores import TINY, changed, costs, first_above, path
from iatrogenesis.own_data.surveillance.simulated import highest, run_lengths

LOG2 = float(np.log(2))


def exact_above(risk: np.ndarray, odds_ratio: float, threshold: float) -> float:
    """Probability that a chart exceeds a threshold, by the distribution of its value course by course."""
    alive, gone = {0.0: 1.0}, 0.0
    for p in risk:
        after: dict[float, float] = defaultdict(float)
        cost = np.log(1 - p + odds_ratio * p)
        for value, chance in alive.items():
            for happens, gain in ((p, np.log(odds_ratio)), (1 - p, 0.0)):
                new = max(value + gain - cost, 0.0)
                if new > threshold + TINY:
                    gone += chance * happens
                else:
                    after[round(new, 10)] += chance * happens
        alive = after
    return gone


def test_six_clients_by_hand():
    """Risk .1 and odds ratio 2: log 2 - log 1.1 for an event, - log 1.1 for none, never below 0."""
    step, up = np.log(1.1), LOG2 - np.log(1.1)
    found = path(np.array([0, 1, 0, 1, 1, 0]), np.full(6, 0.1), 2.0)
    np.testing.assert_allclose(found, [0, up, up - step, 2 * up - step, 3 * up - step, 3 * up - 2 * step])
    assert first_above(found, 2 * up) is None or found[first_above(found, 2 * up)] > 2 * up
    assert first_above(found, 2 * up - step) == 4 and first_above(found, 3 * up - step) is None


def test_an_event_says_more_where_it_was_less_expected():
    low, high = (path(np.array([1]), np.array([risk]), 2.0)[0] for risk in (0.02, 0.4))
    assert low == pytest.approx(np.log(2 / 1.02)) and high == pytest.approx(np.log(2 / 1.4)) and low > high


def test_the_order_of_courses_counts():
    events, risk = np.array([1, 1, 1, 0, 0, 0, 0, 0]), np.full(8, 0.2)
    ours, turned = path(events, risk, 2.0), path(events[::-1], risk, 2.0)
    assert ours[-1] < turned[-1] and ours.max() == pytest.approx(turned.max())
    assert not np.array_equal(ours, turned)


def test_changed_odds_are_so_many_times_the_expected():
    risk = np.array([0.02, 0.1, 0.5])
    worse = changed(risk, 3.0)
    np.testing.assert_allclose(worse / (1 - worse), 3 * risk / (1 - risk))


@pytest.mark.parametrize("mixed", [False, True], ids=["one risk", "mixed risks"])
def test_false_alarms_are_those_of_exact_probabilities(mixed):
    """The distribution of the chart's value, course by course, without simulation."""
    risk = np.tile([0.03, 0.06, 0.15], 12) if mixed else np.full(60, 0.08)
    found = chart("a", np.zeros(len(risk)), risk, Asked(2.0, 0.05, 20_000, 50, 1e4), 7)
    exact = exact_above(risk, 2.0, found.threshold)
    assert found.false_alarm.value == pytest.approx(exact, abs=4 * found.false_alarm.mcse)
    assert found.false_alarm.value <= 0.05 and found.alarm is None
    worse = exact_power(risk, found.threshold)
    assert found.power.value == pytest.approx(worse, abs=4 * found.power.mcse)


def exact_power(risk: np.ndarray, threshold: float) -> float:
    """As `exact_above`, the outcomes being those of doubled odds."""
    alive, gone = {0.0: 1.0}, 0.0
    for p, worse in zip(risk, changed(risk, 2.0), strict=True):
        after: dict[float, float] = defaultdict(float)
        for value, chance in alive.items():
            for happens, gain in ((worse, LOG2), (1 - worse, 0.0)):
                new = max(value + gain - np.log1p(p), 0.0)
                if new > threshold + TINY:
                    gone += chance * happens
                else:
                    after[round(new, 10)] += chance * happens
        alive = after
    return gone


def test_units_without_a_change_alarm_at_the_stated_rate():
    """600 units of a rare event, drawn by another generator, each with a threshold of its own."""
    rng, asked, alarms, stated = np.random.default_rng(3), Asked(2.0, 0.05, 1000, 2, 1.0), [], []
    for unit in range(600):
        risk = rng.beta(3, 40, 50)
        found = chart(f"u{unit}", (rng.random(50) < risk).astype(float), risk, asked, 1)
        assert (found.alarm is not None) == (found.p_value <= 0.05)
        alarms.append(found.alarm is not None)
        stated.append(found.false_alarm.value)
    assert np.mean(alarms) == pytest.approx(np.mean(stated), abs=3.5 * np.sqrt(0.05 * 0.95 / 600))


def test_a_rate_estimated_from_the_chart_itself_makes_false_alarms_rarer():
    """A service's only chart, 300 courses of a rare event, expected at the rate that they had; 300 services."""
    rng, asked, alarms = np.random.default_rng(5), Asked(2.0, 0.05, 1000, 2, 1.0), {}
    worse = rng.binomial(1, 0.06, size=(300, 300)).astype(float)
    for events in worse:
        risk = np.full(300, events.mean())
        key = int(events.sum())
        if key not in alarms:
            alarms[key] = chart(f"rate {key}", events, risk, asked, 1).threshold
    raised = [
        path(events, np.full(300, events.mean()), 2.0).max() > alarms[int(events.sum())] + TINY for events in worse
    ]
    assert np.mean(raised) < 0.05


def test_more_clients_find_doubled_odds_sooner():
    """As a share of the time that all courses take, and more surely."""
    found = [chart("a", np.zeros(n), np.full(n, 0.06), Asked(2.0, 0.05, 4000, 300, 1e5), 5) for n in (50, 200, 800)]
    power, delay = [one.power.value for one in found], [one.delay.value for one in found]
    assert power[0] + 0.1 < power[1] < power[2] - 0.1 and power[2] > 0.9
    shares = np.array(delay) / [50, 200, 800]
    assert shares[0] > 1.3 * shares[1] > 1.6 * shares[2]
    for one in found:
        assert one.delay.value < 0.5 * one.run_length.value and one.run_length.mcse < 0.1 * one.run_length.value


def test_run_lengths_of_a_chart_that_alarms_at_the_first_event():
    """The mean of a geometric length is 1 / p."""
    risk = np.full(10, 0.1)
    found = run_lengths(1, "a", risk, costs(risk, 2.0), LOG2, 0.0, 4000, 10_000)
    assert found.alarm.all()
    assert found.courses.mean() == pytest.approx(10, abs=4 * np.sqrt(90 / 4000))


def test_noise_belongs_to_the_unit():
    risk, asked = np.full(30, 0.1), Asked(2.0, 0.05, 500, 20, 100.0)
    one, again, other = (chart(name, np.zeros(30), risk, asked, 2) for name in ("a", "a", "b"))
    assert one.run_length == again.run_length and one.threshold == again.threshold
    assert one.run_length != other.run_length
    cost = costs(risk, 2.0)
    some, more = (highest(1, "a", risk, cost, LOG2, number) for number in (300, 1000))
    np.testing.assert_array_equal(some, more[:300])


@pytest.mark.trial(kind="refused", what="a chance of false alarms too small to be simulated")
def test_a_chance_too_small_to_be_simulated_is_refused():
    with pytest.raises(DataError, match=r"surveillance\.false_alarms: 1e-05 is too small for 1,000"):
        chart("a", np.zeros(5), np.full(5, 0.1), Asked(2.0, 1e-5, 1000, 10, 10.0), 1)
    assert Asked.of(2.0, 1e-3, 1000).simulations >= 20_000
    assert Asked.of(2.0, 0.05, 10**7).simulations == 1000
