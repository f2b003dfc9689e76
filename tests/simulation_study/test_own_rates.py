"""Therapists' own rates, funnel limits and calibrated ratings, each against another computation."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import betabinom, binom, chi2

from iatrogenesis.inference.models.therapist import COVARIATES
from iatrogenesis.simulation_study.methods import beta_binomial, funnel, james_stein
from iatrogenesis.simulation_study.methods.answer import TRAITS
from iatrogenesis.simulation_study.methods.calibration import calibrating
from iatrogenesis.simulation_study.methods.rates import beta_table
from iatrogenesis.simulation_study.methods.regression import prepared
from tests.simulation_study.made import answer, estimate, made, without_spread


@pytest.fixture(scope="module")
def one():
    return made()


@pytest.fixture(scope="module")
def alike():
    return without_spread()


# Therapists' own rates, and funnels


def test_beta_binomial_likelihood_is_scipys_and_its_derivatives_are_its_own():
    generator = np.random.default_rng(7)
    clients = generator.integers(5, 60, 40)
    events = generator.binomial(clients, generator.beta(2, 20, 40))
    model = beta_binomial.BetaBinomial(events, clients)

    def theirs(x):
        mean, size = expit(x[0]), 1 / x[1] ** 2
        return betabinom.logpmf(events, clients, mean * size, (1 - mean) * size).sum()

    here, there = np.array([-2.0, 0.3]), np.array([-2.5, 0.15])
    assert model.at(here)[0] - model.at(there)[0] == pytest.approx(theirs(here) - theirs(there), abs=1e-8)
    _, gradient, information = model.at(here)
    step = 1e-5 * np.eye(2)
    np.testing.assert_allclose(gradient, [(theirs(here + s) - theirs(here - s)) / 2e-5 for s in step], atol=1e-4)
    bent = [(model.at(here + s)[1] - model.at(here - s)[1]) / 2e-5 for s in step]
    np.testing.assert_allclose(information, -np.array(bent), rtol=1e-5)


def test_own_rates_are_shrunk_and_counted_right(one, alike):
    raw = answer("raw", one).therapists["rate"]
    clients = prepared(one, ()).clients
    for name in ("beta_binomial", "james_stein"):
        found = answer(name, one).therapists
        assert found["rate"].std() < 0.9 * raw.std()
        assert np.average(found["rate"], weights=clients) == pytest.approx(np.average(raw, weights=clients), rel=0.03)
        assert np.all((found["low"] < found["rate"]) & (found["rate"] < found["high"]))
        assert np.corrcoef(found["rate"], raw)[0, 1] > 0.9
        assert (answer(name, alike).therapists.eval("high - low")).min() > 0.02


@pytest.mark.parametrize("spread", [0.0, 0.04])
def test_the_variance_of_rates_is_found_however_rare_events_are(spread):
    """Less than one event per therapist; the truth is that of the beta distribution drawn from."""
    generator, clients = np.random.default_rng(11), np.resize([2, 5, 12, 30], 400)
    size = 0.05 * 0.95 / max(spread, 1e-6) ** 2 - 1
    rates = generator.beta(0.05 * size, 0.95 * size, (300, 400))
    found = [james_stein.moments(events, clients) for events in generator.binomial(clients, rates)]
    between = np.array([one.between for one in found])
    assert between.mean() == pytest.approx(spread**2, abs=4 * between.std() / np.sqrt(300))
    # The estimate varies as it says that it does.
    expected = [2 * (max(one.between, 0) + one.within) ** 2 / one.freedom for one in found]
    assert between.var() == pytest.approx(np.mean(expected), rel=0.35)


def test_the_moments_of_rates_are_those_of_all_counts():
    mean, variance = 0.06, 0.002
    size = mean * (1 - mean) / variance - 1
    for clients in (1, 2, 3, 20):
        counts = np.arange(clients + 1)
        chances = betabinom.pmf(counts, clients, mean * size, (1 - mean) * size), binom.pmf(counts, clients, mean)
        for chance, known in zip(chances, (variance, 0.0), strict=True):
            expected = [chance @ (counts / clients - mean) ** power for power in (3, 4)]
            found = james_stein.central(mean, known, np.array([clients]))
            np.testing.assert_allclose(np.ravel(found), expected)


def test_james_stein_is_james_and_steins_where_rates_are_normal():
    """Many clients each, a spread well above chance: shrunk by (k - 3) / sum of squares in units of chance."""
    generator = np.random.default_rng(12)
    clients = np.full(12, 8000)
    events = generator.binomial(clients, 0.5 + 0.02 * generator.standard_normal(12))
    rates = events / clients
    found, variance = james_stein.shrunk(events, clients)
    expected = 9 * 0.25 / 8000 / np.sum((rates - rates.mean()) ** 2)
    share = 1 - (found - rates.mean()) / (rates - rates.mean())
    np.testing.assert_allclose(share, expected, rtol=0.05)
    assert np.all(variance < 0.25 / 8000)  # surer than alone


def test_james_stein_finds_who_differs_among_few_clients_of_a_rare_event():
    """1,000 therapists, 15 clients each: as much spread as maximum likelihood finds, and rates in their intervals."""
    generator = np.random.default_rng(13)
    many = made(0.7, therapists=600, clients=14, rate=-3.0)
    ours, theirs = (answer(name, many).therapists for name in ("james_stein", "beta_binomial"))
    assert ours["rate"].std() == pytest.approx(theirs["rate"].std(), rel=0.15) and ours["rate"].std() > 0.01
    clients = np.full(1000, 15)
    true = generator.beta(0.06 * 40, 0.94 * 40, 1000)
    rate, variance = james_stein.shrunk(generator.binomial(clients, true), clients)
    table = beta_table(rate, variance)
    assert np.mean((table["low"] <= true) & (true <= table["high"])) > 0.93


def test_where_moments_find_no_spread_james_stein_is_not_certain(alike):
    data = prepared(alike, ())
    assert james_stein.moments(data.events, data.clients).between < 0
    rate, variance = james_stein.shrunk(data.events, data.clients)
    assert np.ptp(rate) > 0.005 and np.all(np.sqrt(variance) > 0.01)


def test_overdispersion_widens_limits_as_spiegelhalter_says():
    expected = np.linspace(4, 40, 50)
    chance = np.random.default_rng(8)
    equal = chance.poisson(expected)
    z, between = funnel.overdispersed(equal, expected)
    plain = 2 * (np.sqrt(equal) - np.sqrt(expected))
    inner = np.clip(plain, *np.quantile(plain, [0.1, 0.9]))
    assert (between > 0) == (np.sum(inner**2) > 49)
    unequal = chance.poisson(expected * np.exp(chance.normal(0, 0.6, 50)))
    z, between = funnel.overdispersed(unequal, expected)
    # SD .6 of the log is about .3 of the square root; the tails are cut, so it is found too small.
    assert 0.1**2 < between < 0.35**2
    np.testing.assert_allclose(z, (np.sqrt(unequal / expected) - 1) / np.sqrt(1 / (4 * expected) + between))
    assert 0.8 < z.std() < 1.6
    low, high = funnel.exact(np.array([0, 5]), np.array([2.0, 2.0]))
    np.testing.assert_allclose([low[1], high[1]], chi2.ppf([0.025, 0.975], [10, 12]) / 4)
    assert low[0] == 0 and high[0] == pytest.approx(chi2.ppf(0.975, 2) / 4)


def test_funnel_flags_who_stands_out(one):
    clients = one.clients.copy()
    worse = clients["therapist_id"] == "T00001"
    clients.loc[worse, "deteriorated"] = True
    found = answer("funnel", replace(one, clients=clients)).therapists
    assert list(found.index[found["flag"] == 1.0]) == [1]
    assert found.loc[1, "exceeds"] > 0.99


# Regression calibration


def test_calibration_undoes_what_errors_of_ratings_do(one):
    """Many therapists: the matrix is then 1 / sqrt(reliability), and what is left open 1 - reliability."""
    data = prepared(made(therapists=600, clients=6, reliability=0.7), COVARIATES)
    found = calibrating(data, np.full(3, 0.7))
    np.testing.assert_allclose(found.matrix, np.eye(3) / np.sqrt(0.7), atol=0.12)
    np.testing.assert_allclose(found.left, 0.3 * np.eye(2), atol=0.05)


def test_what_unsure_ratings_add_is_what_resampled_ratings_vary(one):
    generator = np.random.default_rng(9)
    truth, error = np.array([[1.0, 0.3], [0.3, 1.0]]) * 0.8, 0.2 * np.eye(2)
    rated, root, found = np.array([0.4, -0.3]), np.sqrt(0.8), []
    for _ in range(3000):
        sample = np.cov(generator.multivariate_normal([0, 0], truth + error, 500).T)
        found.append(root * np.linalg.solve(sample - error, sample) @ rated)
    data = prepared(one, COVARIATES)
    known = replace(calibrating(data, np.full(3, 0.8)), ratings=truth + error, trait=truth, therapists=500)
    expected = np.cov(np.array(found).T)
    np.testing.assert_allclose(np.diag(known.unsure(rated)), np.diag(expected), rtol=0.12)


def test_without_error_calibration_is_maximum_likelihood(one):
    sure = replace(one, reliability=dict.fromkeys(TRAITS, 1.0))
    found, plain = answer("calibration", sure), answer("glmm", sure)
    for trait in TRAITS:
        ours, theirs = estimate(found, f"log_odds_ratio[{trait}]"), estimate(plain, f"log_odds_ratio_rated[{trait}]")
        np.testing.assert_allclose(ours[1:5], theirs[1:5])
    np.testing.assert_allclose(
        estimate(found, "risk_change[burnout]")[1:5], estimate(plain, "risk_change_rated[burnout]")[1:5]
    )
    ours, theirs = estimate(found, "residual_sd"), estimate(plain, "residual_sd_rated")
    np.testing.assert_allclose((ours.estimate, ours.low, ours.high), (theirs.estimate, theirs.low, theirs.high))


def test_ratings_that_are_error_alone_cannot_be_calibrated(one):
    found = answer("calibration", replace(one, reliability=dict.fromkeys(TRAITS, 0.05)))
    assert not found.passed and "cannot be calibrated" in found.problem
