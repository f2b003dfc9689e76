"""The classical comparators, each against another computation; what R says of them is in tests/peers."""

from dataclasses import replace

import numpy as np
import pytest
from firthmodels import FirthLogisticRegression
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import chi2, norm
from scipy.stats import t as student_t
from statsmodels.genmod import families
from statsmodels.genmod.cov_struct import Exchangeable
from statsmodels.genmod.generalized_estimating_equations import GEE
from statsmodels.genmod.generalized_linear_model import GLM

from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.engines.laplace import Laplace
from iatrogenesis.inference.engines.profile import hermite, profile
from iatrogenesis.inference.engines.quadrature import Integrand
from iatrogenesis.inference.models import casemix
from iatrogenesis.inference.models.therapist import COVARIATES
from iatrogenesis.simulation_study.methods import firth, random_effects
from iatrogenesis.simulation_study.methods.likelihood import fitted
from iatrogenesis.simulation_study.methods.penalised import Penalised
from iatrogenesis.simulation_study.methods.regression import design, estimable, of_therapists, prepared
from tests.simulation_study.made import answer, estimate, made, without_spread

QUANTILE = norm.ppf(0.975)


@pytest.fixture(scope="module")
def one():
    return made()


@pytest.fixture(scope="module")
def alike():
    return without_spread()


# Firth


@pytest.mark.slow
def test_penalised_likelihood_is_the_librarys(one):
    """firthmodels with a column per therapist, whose profile intervals are held to R's logistf by its own tests."""
    data = prepared(one, firth.COVARIATES)
    names = [name for name in data.covariate_names if not name.endswith("_between")]
    columns = data.covariates[:, [data.covariate_names.index(name) for name in names]]
    dummies = (data.therapist[:, None] == np.arange(len(data.therapist_ids))).astype(float)
    theirs = FirthLogisticRegression(fit_intercept=False, max_iter=200, gtol=1e-9)
    theirs.fit(np.hstack([dummies, columns]), data.deteriorated)
    ours = Penalised(data.therapist, data.deteriorated, columns)
    a, b, best, converged = ours.maximum(np.full(len(data.therapist_ids), -2.0), np.zeros(len(names)))
    assert converged
    np.testing.assert_allclose(np.append(a, b), theirs.coef_, atol=2e-4)
    assert best.value == pytest.approx(theirs.loglik_, abs=1e-6)
    place = names.index("fit_rating_within")
    theirs_at = len(a) + place
    expected = theirs.conf_int(method="pl", features=[theirs_at], tol=1e-6, max_iter=100)[theirs_at]
    np.testing.assert_allclose(ours.interval(a, b, best, place, QUANTILE), expected, atol=1e-3)


def test_the_gradient_of_the_penalised_likelihood_is_its_gradient(one):
    data = prepared(one, firth.COVARIATES)
    model = Penalised(data.therapist, data.deteriorated, data.covariates[:, :2])
    a, b = np.linspace(-3, -1, len(data.therapist_ids)), np.array([0.2, -0.1])
    here, step = model.at(a, b), 1e-6
    for k, analytic in ((0, here.by_b[0]), (1, here.by_b[1])):
        ends = [model.at(a, b + sign * step * np.eye(2)[k]).value for sign in (1, -1)]
        assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(analytic, abs=1e-4)
    ends = [model.at(a + sign * step * (np.arange(len(a)) == 3), b).value for sign in (1, -1)]
    assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(here.by_a[3], abs=1e-4)


def test_firths_rates_expect_as_many_deteriorations_as_were_seen(one):
    data = prepared(one, firth.COVARIATES)
    log_odds = np.linspace(-4, 1, len(data.trials))
    shift = firth.correction(data, log_odds)
    assert expit(log_odds + shift).sum() == pytest.approx(data.deteriorated.sum())
    rates = [answer("firth", made(replicate=number)).therapists["rate"].mean() for number in range(6)]
    seen = [prepared(made(replicate=number), ()).events.sum() / 630 for number in range(6)]
    assert np.mean(rates) == pytest.approx(np.mean(seen), rel=0.08)


def test_a_therapists_interval_without_covariates_is_that_of_jeffreys_prior():
    """The penalised likelihood of one rate is the beta density of Jeffreys' prior, as a function of the log odds."""
    events, clients = np.array([0, 1, 5, 9]), 40
    therapist = np.repeat(np.arange(4), clients)
    outcome = np.concatenate([np.arange(clients) < number for number in events]).astype(int)
    column = np.tile(np.linspace(-1, 1, clients), 4)[:, None]
    own = Penalised(therapist, outcome, column).of_therapists(np.full(4, -2.0), np.zeros(1))
    for target in (-QUANTILE, QUANTILE):
        p = expit(own.end(target))
        best = (events + 0.5) / (clients + 1)

        def log_density(rate):
            return (events + 0.5) * np.log(rate) + (clients - events + 0.5) * np.log1p(-rate)

        np.testing.assert_allclose(2 * (log_density(best) - log_density(p)), chi2.ppf(0.95, 1), rtol=1e-4)
    np.testing.assert_allclose(own.best, np.log(best / (1 - best)), atol=1e-6)


# Maximum likelihood


@pytest.mark.parametrize("nodes", [1, 15])
def test_the_ends_of_the_profile_are_where_the_likelihood_has_dropped(one, nodes):
    found = fitted(one, casemix.COVARIATES, nodes)
    integrand = Laplace(found.data) if nodes == 1 else Integrand(found.data, found.nodes)

    def highest(sd):
        best = minimize(
            lambda beta: -integrand.at(np.append(beta, sd))[0],
            found.beta,
            jac=lambda beta: -integrand.at(np.append(beta, sd))[1][:-1],
            method="BFGS",
        )
        return -best.fun

    for end in (found.spread.high, found.spread.low)[: 2 if found.spread.low > 0 else 1]:
        assert 2 * (found.found.log_likelihood - highest(end)) == pytest.approx(chi2.ppf(0.95, 1), abs=5e-3)
    if found.spread.low == 0:
        assert 2 * (found.found.log_likelihood - highest(1e-9)) < chi2.ppf(0.95, 1)


def test_laplaces_gradient_and_information_are_those_of_its_value(one):
    data = prepared(one, casemix.COVARIATES)
    engine, plain = Laplace(data), Integrand(data, 1)
    here = np.r_[-2.3, np.full(data.covariates.shape[1], 0.1), 0.5]
    value, gradient, information = engine.at(here)
    assert value == pytest.approx(plain.at(here)[0])
    step = 1e-4 * np.eye(len(here))
    numeric = [(plain.at(here + one)[0] - plain.at(here - one)[0]) / 2e-4 for one in step]
    np.testing.assert_allclose(gradient, numeric, atol=1e-4)
    bent = [(engine.at(here + one)[1] - engine.at(here - one)[1]) / 2e-4 for one in step]
    np.testing.assert_allclose(information, -np.array(bent), atol=1e-2)


def test_a_spread_of_zero_has_an_interval_and_no_therapist_is_certain(alike):
    found = answer("glmm", alike)
    sd = estimate(found, "therapist_sd")
    assert sd.estimate == 0.0 and sd.low == 0.0 and 0.2 < sd.high < 3 and np.isfinite(sd.se)
    assert estimate(found, "mor").low == 1.0 and estimate(found, "vpc").low == 0.0
    one = fitted(alike, casemix.COVARIATES)
    log_odds, se = random_effects.predicted(one)[:2]
    assert np.ptp(log_odds) == pytest.approx(0.0, abs=1e-9)
    assert np.all(se > 1.2 * one.found.standard_error[0])
    assert (found.therapists["high"] - found.therapists["low"]).min() > 0.02


def test_the_error_of_a_prediction_is_that_of_predictions(one):
    """Where the spread is well known: variance given data and estimates, and the estimates' own by simulation."""
    found = fitted(made(0.8, 60, 60), casemix.COVARIATES)
    integrand = Integrand(found.data, 1)
    log_odds, se = random_effects.predicted(found)[:2]
    draws = np.random.default_rng(3).multivariate_normal(found.found.estimate, found.found.covariance, 400)
    moved, left = [], []
    for draw in draws:
        sd = abs(draw[-1])
        mode, spread = integrand.modes(integrand.design @ draw[:-1], sd)
        moved.append(draw[0] + sd * mode)
        left.append((sd * spread) ** 2)
    expected = np.sqrt(np.var(moved, axis=0) + np.mean(left, axis=0))
    assert np.median(np.abs(se / expected - 1)) < 0.03 and np.max(np.abs(se / expected - 1)) < 0.15
    np.testing.assert_allclose(log_odds, np.mean(moved, axis=0), atol=0.1)


def test_rates_are_means_over_the_distribution_of_the_effect(one):
    """Few clients: effects averaged over a grid at the estimates; rates at the modes add up to too few events."""
    found = fitted(made(0.7, 60, 12, rate=-2.9), casemix.COVARIATES)
    told = random_effects.predicted(found)
    data, sd, beta = found.data, found.found.estimate[-1], found.beta
    assert sd > 0.2
    effects = np.linspace(-5, 5, 401)
    odds = (data.covariates @ beta[1:] + beta[0])[:, None] + sd * effects
    value = data.deteriorated[:, None] * odds - np.logaddexp(0, odds)
    chance = np.exp(np.array([value[data.therapist == j].sum(axis=0) for j in range(len(data.clients))]))
    chance = chance * norm.pdf(effects)
    means = beta[0] + sd * (chance @ effects) / chance.sum(axis=1)
    # The third of five parts is at the estimate.
    np.testing.assert_allclose(told.centres[2], means, atol=0.003)
    assert np.max(told.log_odds - means) > 0.02
    expected, seen = [], []
    for number in range(8):
        few = made(0.7, 60, 12, number, rate=-2.9)
        expected.append(answer("glmm", few).therapists["rate"].mean())
        seen.append(prepared(few, ()).events.sum() / prepared(few, ()).clients.sum())
    assert np.mean(expected) == pytest.approx(np.mean(seen), rel=0.03)


def test_degrees_of_freedom_are_of_therapists_and_of_clients(one):
    found = fitted(one, COVARIATES)
    own = of_therapists(found.data)
    names = np.array(["intercept", *found.data.covariate_names])
    assert set(names[own]) == {"intercept", "competence_rating", "burnout_rating", "fit_rating_between"}
    assert set(found.freedom[own]) == {21 - 4}
    assert set(found.freedom[~own]) == {630 - 21 - np.count_nonzero(~own)}
    burnout = estimate(answer("glmm", one), "log_odds_ratio_rated[burnout]")
    assert burnout.high - burnout.estimate == pytest.approx(student_t.ppf(0.975, 17) * burnout.se)


# Estimating equations


def test_the_sandwich_of_the_estimating_equations_is_that_of_matrices(one):
    """Mancl & DeRouen's correction written out, therapist by therapist."""
    data = estimable(prepared(one))
    columns, family = design(data), families.Binomial()
    start = GLM(data.deteriorated, columns, family=family).fit().params
    model = GEE(data.deteriorated, columns, groups=data.therapist, family=family, cov_struct=Exchangeable())
    found = model.fit(start_params=start)
    risk, alpha = expit(columns @ found.params), model.cov_struct.dep_params
    parts, bread = [], np.zeros((columns.shape[1],) * 2)
    for j in range(len(data.therapist_ids)):
        own = data.therapist == j
        weight = risk[own] * (1 - risk[own])
        slopes = columns[own] * weight[:, None]
        alike = (1 - alpha) * np.eye(own.sum()) + alpha
        inverse = np.linalg.inv(np.sqrt(np.outer(weight, weight)) * alike)
        parts.append((slopes, slopes.T @ inverse, data.deteriorated[own] - risk[own]))
        bread += slopes.T @ inverse @ slopes
    bread = np.linalg.inv(bread)
    meat = np.zeros_like(bread)
    for slopes, weighted, residual in parts:
        leverage = slopes @ bread @ weighted
        score = weighted @ np.linalg.solve(np.eye(len(residual)) - leverage, residual)
        meat += np.outer(score, score)
    errors = np.sqrt(np.diag(bread @ meat @ bread))
    ours = estimate(answer("gee", one), "log_odds_ratio_marginal[burnout]")
    place = 1 + data.covariate_names.index("burnout_rating")
    assert ours.se == pytest.approx(errors[place], rel=1e-4)
    assert ours.high - ours.estimate == pytest.approx(student_t.ppf(0.975, 21 - 4) * ours.se)


def test_estimating_equations_that_do_not_settle_take_clients_as_independent(one, monkeypatch):
    """Asked for one step, the search for the correlation cannot end; without correlation there is none to make."""
    fits = GEE.fit

    def hurried(self, *arguments, **options):
        steps = {"maxiter": 1} if isinstance(self.cov_struct, Exchangeable) else {}
        return fits(self, *arguments, **options, **steps)

    monkeypatch.setattr(GEE, "fit", hurried)
    found, plain = answer("gee", one), answer("logistic", one)
    name = "log_odds_ratio_marginal[burnout]"
    assert found.passed and estimate(found, name).estimate == pytest.approx(estimate(plain, name).estimate, abs=1e-5)
    assert estimate(found, name).se > 1.1 * estimate(plain, name).se


# What is shared


def test_a_data_set_is_prepared_and_fitted_once(one):
    assert prepared(one) is prepared(one) and fitted(one, COVARIATES) is fitted(one, COVARIATES)
    assert prepared(replace(one, name="other")) is not prepared(one)
    with pytest.raises(DataError, match="nothing to regress on"):
        fitted(replace(one, clients=one.clients.assign(deteriorated=False)), COVARIATES)


def test_profile_and_hermite_are_of_the_standard_normal():
    points, weights = hermite(5)
    assert weights.sum() == pytest.approx(1.0) and weights @ points**4 == pytest.approx(3.0)


def test_the_confidence_distribution_has_its_ends_and_a_mass_at_zero(one, alike):
    spread = fitted(one, casemix.COVARIATES).spread
    assert spread.at(0.0)[0] == pytest.approx(spread.estimate)
    assert spread.at(spread.quantile)[0] == pytest.approx(spread.high)
    assert spread.at(min(spread.at_zero, -spread.quantile) - 0.1)[0] <= spread.low + 1e-9
    none = fitted(alike, casemix.COVARIATES)
    assert none.spread.at(-0.5)[0] == 0.0 and none.spread.at(1.0)[0] > 0
    again = profile(Integrand(none.data, none.nodes).at, none.found)
    assert again.high == pytest.approx(none.spread.high)
