"""Maximum likelihood against numerical integration, against its own limits, and against known truth."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.hospitals import hospital_outcomes
from iatrogenesis.inference.data.outcomes import counts
from iatrogenesis.inference.engines.maximum_likelihood import fit
from iatrogenesis.inference.engines.quadrature import Integrand
from iatrogenesis.inference.models.therapist import TRUE_STATES
from iatrogenesis.simulation_study.logit_normal import Coefficients, LogitNormal, simulate, truth


def log_likelihood(events, trials, intercept, sigma):
    """One therapist at a time by scipy's adaptive integration, around the highest point."""
    total = 0.0
    for y, n in zip(events, trials, strict=True):

        def log_integrand(u, y=y, n=n):
            x = intercept + sigma * u
            return y * x - n * np.logaddexp(0, x) - u**2 / 2 - np.log(2 * np.pi) / 2

        grid = np.linspace(-30, 30, 12001)
        values = log_integrand(grid)
        top, where = values.max(), grid[values.argmax()]
        reach = grid[values > top - 60]
        area, _ = quad(
            lambda u, f=log_integrand, top=top: np.exp(f(u) - top),
            *(reach.min(), reach.max()), points=[where], epsabs=0, epsrel=1e-12, limit=400,
        )  # fmt: skip
        total += top + np.log(area)
    return total


@pytest.mark.parametrize(
    ("sigma", "nodes", "error"), [(0.1, 15, 1e-8), (0.6, 15, 1e-8), (1.0, 15, 1e-6), (2.0, 41, 3e-4)]
)
def test_the_marginal_likelihood_is_that_of_numerical_integration(sigma, nodes, error):
    events, trials = [0, 1, 10, 3, 250, 700], [10, 10, 10, 75, 5000, 5000]
    data = counts("sizes", tuple("abcdef"), events, trials)
    found, _, _ = Integrand(data, nodes).at(np.array([-2.8, sigma]))
    assert found == pytest.approx(log_likelihood(events, trials, -2.8, sigma), abs=error)


def test_gradient_and_information_are_the_derivatives():
    design = LogitNormal(clients_per_therapist=(30,) * 8, intercept=-1.0, therapist_sd=0.8)
    data = from_clients(simulate(design, Noise(3)).clients, ("phq9_first", "fit"), dataset="d")
    integrand, at, step = Integrand(data, 25), np.array([-1.0, 0.2, -0.3, 0.1, 0.7]), 1e-5
    _, gradient, information = integrand.at(at)
    for index, shift in enumerate(step * np.eye(at.size)):
        above, below = integrand.at(at + shift), integrand.at(at - shift)
        assert gradient[index] == pytest.approx((above[0] - below[0]) / (2 * step), rel=1e-6, abs=1e-6)
        np.testing.assert_allclose(-information[index], (above[1] - below[1]) / (2 * step), rtol=1e-5, atol=1e-5)


def test_the_maximum_is_that_of_numerical_integration():
    data = hospital_outcomes()
    found = fit(data)
    direct = minimize(
        lambda x: -log_likelihood(data.deteriorated, data.trials, *x), [-2.5, 0.4], method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-10},
    )  # fmt: skip
    assert found.converged
    assert not found.boundary
    np.testing.assert_allclose(found.estimate, direct.x, atol=1e-5)
    assert found.log_likelihood == pytest.approx(-direct.fun, abs=1e-7)


def test_vpc_and_its_standard_error_are_those_of_the_delta_method():
    found = fit(hospital_outcomes())
    step, sigma = 1e-6, found.estimate[-1]

    def vpc(s):
        return s**2 / (s**2 + np.pi**2 / 3)

    slope = (vpc(sigma + step) - vpc(sigma - step)) / (2 * step)
    assert found.vpc == pytest.approx((vpc(sigma), slope * found.standard_error[-1]), rel=1e-6)
    table = found.table().set_index("estimand")
    assert list(table.index) == ["intercept", "therapist_sd", "vpc"]
    assert table.loc["vpc", "low"] == 0.0
    half = 1.959963984540054 * table.loc["intercept", "se"]
    assert table.loc["intercept", "high"] == pytest.approx(table.loc["intercept", "estimate"] + half)


def test_counts_and_clients_give_the_same_answer():
    data = counts("counts", ("a", "b", "c"), [1, 5, 12], [40, 40, 40])
    clients = simulate(LogitNormal(clients_per_therapist=(40, 40, 40), intercept=0, therapist_sd=0), Noise(1)).clients
    order = clients.groupby("therapist_id").cumcount()
    clients["deteriorated"] = order < clients["therapist_id"].map({"T00000": 1, "T00001": 5, "T00002": 12})
    rows = Integrand(from_clients(clients, ("phq9_first",), dataset="rows"), 15)
    value, gradient, _ = rows.at(np.array([-1.5, 0.0, 0.9]))
    expected, slope, _ = Integrand(data, 15).at(np.array([-1.5, 0.9]))
    assert value == pytest.approx(expected)
    np.testing.assert_allclose(gradient[[0, 2]], slope)


def test_no_variance_between_therapists_is_reported_as_a_boundary():
    found = fit(counts("alike", tuple("abcdef"), [6] * 6, [100] * 6))
    assert found.boundary
    assert found.converged
    assert found.estimate[-1] == 0.0
    assert found.vpc[0] == 0.0
    assert np.isnan(found.standard_error[-1])
    assert found.estimate[0] == pytest.approx(np.log(0.06 / 0.94))
    assert found.standard_error[0] == pytest.approx(1 / np.sqrt(600 * 0.06 * 0.94))
    assert found.log_likelihood == found.log_likelihood_without_therapists


@pytest.mark.trial(kind="refused", what="data without a maximum likelihood estimate")
def test_what_has_no_estimate_is_refused():
    with pytest.raises(DataError, match=r"0 of 20 deteriorated.*infinite"):
        fit(counts("none", ("a", "b"), [0, 0], [10, 10]))
    with pytest.raises(DataError, match=r"20 of 20 deteriorated.*infinite"):
        fit(counts("all", ("a", "b"), [10, 10], [10, 10]))
    with pytest.raises(DataError, match="two therapists"):
        fit(counts("one", ("a",), [3], [10]))


def test_therapists_without_clients_change_nothing():
    narrow = hospital_outcomes()
    np.testing.assert_array_equal(fit(narrow).estimate, fit(narrow.over((*"ABCDEFGHIJKLMN",))).estimate)


def test_known_truth_is_found_with_honest_standard_errors():
    coefficients = Coefficients(phq9_first=0.3, deprivation=0.2, age_65_74=-0.3, competence=-0.2, burnout=0.2, fit=-0.3)
    design = LogitNormal(clients_per_therapist=(50,) * 150, intercept=-2.0, therapist_sd=0.6, coefficients=coefficients)
    scores = []
    for replicate in range(12):
        data = from_clients(simulate(design, Noise(20), replicate).clients, TRUE_STATES, dataset="known")
        found = fit(data)
        assert found.converged
        expected = np.array(list(truth(design, data).values()))[[0, *range(2, 12), 1]]
        scores.append((found.estimate - expected) / found.standard_error)
    # 144 roughly standard normal numbers: none beyond 4.5, means and variance within 4.5 standard errors.
    assert np.abs(scores).max() < 4.5
    assert np.abs(np.mean(scores, axis=0)).max() < 4.5 / np.sqrt(12)
    assert abs(np.mean(np.square(scores)) - 1) < 4.5 * np.sqrt(2 / 144)
