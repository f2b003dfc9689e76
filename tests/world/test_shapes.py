"""Tukey's g-and-h distribution, standardised: against quadrature, and against the normal it holds as a case."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from iatrogenesis.world.shapes import g_and_h

Z = np.linspace(-6, 6, 241)


def moment(power: int, skewness: float, tails: float) -> float:
    """Mean of a power of the standardised numbers."""
    return quad(lambda z: float(g_and_h(np.array(z), skewness, tails)) ** power * norm.pdf(z), -30, 30, limit=300)[0]


def test_without_skewness_and_tails_it_is_the_normal():
    assert g_and_h(Z, 0.0, 0.0) == pytest.approx(Z, abs=1e-10)


@pytest.mark.parametrize(("skewness", "tails"), [(0.5, 0.0), (-0.5, 0.15), (0.0, 0.15), (0.3, 0.1), (1e-7, 0.05)])
def test_mean_is_0_and_sd_1(skewness, tails):
    assert moment(1, skewness, tails) == pytest.approx(0, abs=1e-6)
    assert moment(2, skewness, tails) == pytest.approx(1, abs=1e-6)


def test_the_long_tail_is_where_the_sign_says_and_order_is_kept():
    right, left, heavy = g_and_h(Z, 0.5, 0.0), g_and_h(Z, -0.5, 0.0), g_and_h(Z, 0.0, 0.15)
    assert right == pytest.approx(-left[::-1])
    assert moment(3, 0.5, 0.0) > 0.5
    assert heavy[-1] > Z[-1] and heavy[0] < Z[0]
    assert all(np.all(np.diff(values) > 0) for values in (right, left, heavy))


def test_each_member_has_its_own_form():
    found = g_and_h(np.array([2.0, 2.0]), np.array([0.0, 0.4]), np.array([0.1, 0.0]))
    assert found == pytest.approx([float(g_and_h(np.array(2.0), g, h)) for g, h in ((0.0, 0.1), (0.4, 0.0))])
