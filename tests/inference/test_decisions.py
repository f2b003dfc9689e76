"""Decisions by loss: known rates lead to known actions, and data are worth what they turn out to be worth."""

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.stats import beta, betabinom, binom

from iatrogenesis.core.definitions import HARMFUL_RATIO
from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers.decisions import ACTIONS, LOSSES, Losses, decided, value_of_another_year

MEAN = 0.06
DRAWS = 4000


def betas(events: int, clients: int) -> np.ndarray:
    """Equally probable values of the posterior of a rate under the prior Beta(1.2, 18.8), shape (DRAWS, 1)."""
    return beta.ppf((np.arange(DRAWS) + 0.5) / DRAWS, 1.2 + events, 18.8 + clients - events)[:, None]


def by_hand(action: int, rate: float, mean: float, losses: Losses = LOSSES) -> float:
    excess = 1000 * (rate - mean)
    if action == 0:
        return excess
    if action == 1:
        return excess - losses.support_share * max(excess, 0) + losses.support_cost
    return losses.pause_cost


def test_known_rates_lead_to_the_actions_that_the_docstring_says():
    assert ACTIONS == ("leave", "talk and support", "pause")
    ratios = np.array([0.2, 1.0, 1.49, 1.51, 0.99 * HARMFUL_RATIO, 1.01 * HARMFUL_RATIO, 4.0])
    assert decided(MEAN * ratios[None], MEAN).tolist() == [0, 0, 0, 1, 1, 2, 2]


def test_the_decision_has_the_least_mean_loss_over_draws():
    noise = Noise(4).normal("rates", replicate=np.arange(200)[:, None], therapist=np.arange(30))
    rates = MEAN * np.exp(0.7 * np.linspace(-1, 1.5, 30) + 0.5 * noise)
    found = decided(rates)
    for j in range(30):
        means = [np.mean([by_hand(a, rate[j], rate.mean()) for rate in rates]) for a in range(3)]
        assert found[j] == np.argmin(means)
    assert set(found) == {0, 1, 2}


def test_dear_actions_are_not_taken():
    rates = np.array([[0.0, 0.5]])
    assert decided(rates, MEAN, Losses(support_cost=1e6, pause_cost=1e6)).tolist() == [0, 0]
    assert decided(rates, MEAN, Losses(pause_cost=0.0)).tolist() == [0, 2]
    with pytest.raises(ValidationError):
        Losses(support_share=1.5)


@pytest.mark.parametrize(("events", "clients", "more"), [(3, 20, 20), (0, 30, 60), (8, 40, 1), (6, 60, 50)])
def test_the_value_is_that_of_conjugate_updating(events, clients, more):
    """Beta posterior: what is known after y more events is a beta distribution again."""
    found = value_of_another_year(betas(events, clients), more, MEAN)
    now = LOSSES.of(betas(events, clients), MEAN).mean(axis=1).min()
    chance = betabinom.pmf(np.arange(more + 1), more, 1.2 + events, 18.8 + clients - events)
    then = [LOSSES.of(betas(events + y, clients + more), MEAN).mean(axis=1).min() for y in range(more + 1)]
    assert found.evsi[0] == pytest.approx(now - chance @ np.array(then), abs=0.02)
    assert 0 <= found.evsi[0] <= found.evpi[0]


def test_data_that_cannot_change_the_decision_are_worth_nothing():
    sure = np.full((50, 1), 0.3)
    assert value_of_another_year(sure, 100, MEAN) == (pytest.approx(0, abs=1e-9), 0)
    # Two events at most among two clients, and even two would leave this therapist alone.
    good = betas(0, 400)
    assert decided(betas(2, 402), MEAN) == 0
    assert value_of_another_year(good, 2, MEAN).evsi[0] == pytest.approx(0, abs=1e-9)
    assert value_of_another_year(good, 0, MEAN).evsi[0] == pytest.approx(0, abs=1e-9)


def test_more_data_are_worth_more_and_never_more_than_the_truth():
    rates = np.repeat(betas(4, 30)[::10], 6, axis=1)
    found = value_of_another_year(rates, [0, 1, 10, 50, 500, 6000], MEAN)  # the last one in several blocks
    assert np.all(np.diff(found.evsi) >= -1e-9) and found.evsi[2] > 0.1
    assert np.all(found.evsi <= found.evpi + 1e-9)
    assert found.evsi[-1] == pytest.approx(found.evpi[-1], rel=0.02)


def test_the_expected_value_is_what_another_year_brings():
    """Therapists with one posterior, a true rate each, a simulated next year, and the decision after it."""
    draws, people, more = betas(4, 30)[:, 0], 40_000, 60
    expected = value_of_another_year(draws[:, None], more, MEAN).evsi[0]
    who = {"therapist": np.arange(people)}
    truth = beta.ppf(Noise(2).uniform("truth", **who), 1.2 + 4, 18.8 + 26)
    events = binom.ppf(Noise(2).uniform("events", **who), more, truth).astype(int)
    action = np.array([decided(betas(4 + y, 30 + more), MEAN)[0] for y in range(more + 1)])[events]
    losses = LOSSES.of(truth, MEAN)
    gain = losses[decided(draws[:, None], MEAN)[0]] - losses[action, np.arange(people)]
    assert gain.mean() == pytest.approx(expected, abs=4 * gain.std() / np.sqrt(people) + 0.02)
    assert expected > 1


@pytest.mark.parametrize("clients", [-1, 2.5, np.nan])
def test_clients_are_whole_numbers(clients):
    with pytest.raises(DataError, match="whole numbers"):
        value_of_another_year(betas(1, 10), clients, MEAN)
