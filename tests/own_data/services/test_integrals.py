"""The compiled likelihood and integral beside SciPy, and a whole posterior beside a grid."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import binom, norm

from iatrogenesis.core.streams import Noise
from iatrogenesis.own_data.services.counted import counted, log_choose
from iatrogenesis.own_data.services.integrals import log_likelihood
from iatrogenesis.own_data.services.posterior import Integrated, fit
from iatrogenesis.own_data.services.processes import LEVEL, ONE_PERIOD, PROCESSES
from tests.own_data.services.simulated import simulated


def _log_range(x, n, low, width):
    ratios = log_choose(np.array(float(n)), low + np.arange(width + 1.0)) - log_choose(np.array(float(n)), low)
    return log_likelihood(x, float(n), float(low), width, ratios)


@pytest.mark.parametrize(("n", "low", "width"), [(300, 18, 0), (300, 18, 4), (60, 0, 4), (400, 0, 4)])
@pytest.mark.parametrize("x", [-5.0, -2.7, -1.0])
def test_a_range_has_its_binomial_probability_and_derivatives(n, low, width, x):
    value, slope, curve = _log_range(x, n, low, width)
    inside = binom.pmf(low + np.arange(width + 1), n, expit(x)).sum()
    assert value + log_choose(np.array(float(n)), float(low)) == pytest.approx(np.log(inside), abs=1e-9)
    step = 1e-4
    up, down = (_log_range(x + sign * step, n, low, width)[0] for sign in (1, -1))
    assert slope == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-4)
    assert curve == pytest.approx(-(up - 2 * value + down) / step**2, rel=1e-3, abs=1e-3)


def _exact(n, y, mean, sd):
    """The integral of one unit, without the binomial coefficient."""
    return quad(lambda x: np.exp(y * x - n * np.logaddexp(0, x)) * norm.pdf(x, mean, sd), -9, 5, epsabs=0)[0]


def test_the_integral_over_a_unit_is_unbiased():
    """Few clients, so that Laplace alone is off by more than the mean of many estimates is."""
    table, _ = simulated(units=5, periods=1, courses=25, total=0.6)
    data = counted(table)
    integrated, point = Integrated(data, ONE_PERIOD), np.array([0.2])
    sd = ONE_PERIOD.values(point)["total"]
    found = [integrated.draw(point, Noise(5), number) for number in range(30)]
    means, values = np.array([one[0][0] for one in found]), np.array([one[2] for one in found])
    for s in range(5):
        exact = [_exact(data.n[s, 0], data.low[s, 0], mean, sd) for mean in means]
        off = values[:, s] - np.log(exact)
        assert np.abs(off).max() < 0.1
        assert off.mean() == pytest.approx(0, abs=4 * off.std() / np.sqrt(30) + 1e-4)


def test_one_period_is_the_posterior_of_a_grid():
    table, _ = simulated(units=12, periods=1, courses=60, total=0.5, seed=3)
    data = counted(table)
    posterior = fit(data, ONE_PERIOD, seed=1, draws=2000)
    sds, levels = np.linspace(0.005, 2.0, 80), np.linspace(-4.2, -1.4, 70)
    points, weights = np.polynomial.hermite_e.hermegauss(60)
    x = levels[:, None, None] + sds[:, None] * points
    total = np.zeros((levels.size, sds.size))
    for n, y in zip(data.n[:, 0], data.low[:, 0], strict=True):
        total += np.log((np.exp(y * x - n * np.logaddexp(0, x) + 3 * y) * weights).sum(axis=2))
    total += norm.logpdf(levels, *LEVEL)[:, None] + norm.logpdf(sds, 0, 0.5)
    density = np.exp(total - total.max())
    density /= density.sum()
    sd, level = density.sum(axis=0) @ sds, density.sum(axis=1) @ levels
    error = posterior.parameters["total"].std() / np.sqrt(posterior.effective)
    assert posterior.parameters["total"].mean() == pytest.approx(sd, abs=4 * error)
    assert posterior.periods[:, 0].mean() == pytest.approx(
        level, abs=4 * posterior.periods[:, 0].std() / np.sqrt(posterior.effective)
    )


def test_correlations_are_what_parameters_say():
    values = {"total": 0.4, "next": 0.8, "lasting": 0.5}
    found = PROCESSES["ar"].covariance(values, 60) / 0.4**2
    assert found[0, 1] == pytest.approx(0.8)
    assert found[0, 59] == pytest.approx(0.4, abs=1e-6)
    assert PROCESSES["ar and noise"].covariance(values | {"noise": 0.25}, 3)[0, 1] == pytest.approx(0.75 * 0.8 * 0.4**2)
    assert PROCESSES["exchangeable"].covariance({"total": 0.4, "next": 0.8}, 3)[0, 2] == pytest.approx(0.8 * 0.4**2)
    walk = PROCESSES["walk"].covariance({"stable": 0.3, "step": 0.1, "jump": 0.2}, 3)
    assert np.diag(walk) == pytest.approx([0.13, 0.14, 0.15])
