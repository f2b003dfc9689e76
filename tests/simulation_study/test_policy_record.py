"""What a service works out of its own record: its level, its spread, and who is probably harmful."""

import numpy as np
import pytest
from scipy.stats import gamma

from iatrogenesis.simulation_study.policy_record import RECENT, Record, relative_variance

RNG = np.random.default_rng(7)


def recorded(offset: np.ndarray, *quarters: tuple[np.ndarray, np.ndarray]) -> Record:
    record = Record(offset)
    for events, clients in quarters:
        record.add(events, clients)
    return record


def test_the_level_is_that_of_the_last_quarters():
    """As many are expected as there were (and half of one), whatever was before."""
    offset = RNG.normal(0, 0.7, size=(3, 20))
    clients = RNG.integers(10, 40, size=(RECENT, 3, 20)).astype(float)
    events = RNG.binomial(clients.astype(int), 0.1).astype(float)
    many = (np.full((3, 20), 9.0), np.full((3, 20), 10.0))
    record = recorded(offset, many, *zip(events, clients, strict=True))
    rates = record.rates()
    expected = (clients.sum(axis=0) * rates).sum(axis=1)
    total = clients.sum(axis=(0, 2))
    assert expected == pytest.approx(total * (events.sum(axis=(0, 2)) + 0.5) / (total + 1))
    odds = np.log(rates / (1 - rates)) - offset
    assert odds == pytest.approx(np.broadcast_to(odds[:, :1], odds.shape))


def test_the_spread_comes_back():
    """Of rates that differ by a gamma distribution, and of rates that do not."""
    expected = RNG.uniform(2, 20, size=(4000, 50))
    for truth in (0.0, 0.3):
        ratio = RNG.gamma(1 / truth, truth, size=expected.shape) if truth else 1.0
        found = relative_variance(RNG.poisson(ratio * expected).astype(float), expected, expected)
        if truth:
            assert found.mean() == pytest.approx(truth, abs=0.01)
        else:
            assert np.median(found) < 0.01 and (found == 0).mean() == pytest.approx(0.5, abs=0.1)
    assert relative_variance(np.zeros((1, 4)), np.zeros((1, 4)), np.zeros((1, 4)))[0] == 0


def test_flags_are_those_of_the_posterior():
    """One therapist with far more than expected: by SciPy's gamma distribution; whoever saw nobody is not flagged."""
    clients = np.full((1, 30), 200.0)
    events = np.full((1, 30), 10.0)
    events[0, ::3] = 4.0
    for count, flagged in ((26.0, False), (40.0, True)):
        events[0, 1] = count
        record = recorded(np.zeros((1, 30)), (events, clients))
        expected = clients * record.rates()
        spread = relative_variance(events, expected, expected * (1 - expected / clients))[0]
        by_hand = gamma.sf(2, 1 / spread + count, scale=1 / (1 / spread + expected[0, 1]))
        assert (by_hand >= 0.8) == flagged
        assert np.flatnonzero(record.probably_harmful()).tolist() == ([1] if flagged else [])
    record.begin_anew(np.arange(30)[None] == 1)
    assert not record.probably_harmful()[0, 1]
    assert np.isneginf(record.excess()[0, 1]) and np.isneginf(record.raw()[0, 1])


def test_flags_are_right_as_often_as_they_say():
    """In services as the model has them: of the flagged, as many are harmful as their posterior says on average."""
    expected = RNG.uniform(5, 60, size=(400, 50))
    trials = np.rint(expected / 0.06)
    ratio = RNG.gamma(1 / 0.35, 0.35, size=expected.shape)
    events = RNG.binomial(trials.astype(int), np.minimum(0.06 * ratio, 1)).astype(float)
    flags = recorded(np.zeros_like(trials), (events, trials)).probably_harmful()
    assert flags.sum() > 200
    assert 0.85 < (ratio[flags] > 2).mean() < 0.97


def test_excess_is_per_client_and_by_case_mix():
    offset = np.array([[0.0, 1.0]])
    events, clients = np.array([[10.0, 20.0]]), np.array([[100.0, 50.0]])
    record = recorded(offset, (events, clients))
    rates = record.rates()
    assert record.excess() == pytest.approx(events / clients - rates)
    assert np.log(rates[0, 1] / (1 - rates[0, 1])) - np.log(rates[0, 0] / (1 - rates[0, 0])) == pytest.approx(1)
