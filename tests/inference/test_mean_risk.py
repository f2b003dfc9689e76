"""Mean risks at posterior draws, and where the posterior is looked for, recomputed by plain sums and differences."""

import numpy as np
import pytest
from scipy.special import expit

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.answers.mean_risk import evenly, mean_risks
from iatrogenesis.inference.data.posterior import points, posterior_tree
from iatrogenesis.inference.engines.collapsed.engine import DIMS
from iatrogenesis.inference.engines.collapsed.marginal import rule
from iatrogenesis.inference.engines.collapsed.proposal import _derivatives
from iatrogenesis.inference.engines.collapsed.target import Target
from iatrogenesis.study.study import load_study
from tests.conftest import CONFIG
from tests.inference.test_collapsed_integrals import people


@pytest.fixture(scope="module")
def data():
    return people()


def drawn(name: str, *shape: int) -> np.ndarray:
    return Noise(3).normal(name, client=np.arange(int(np.prod(shape)))).reshape(shape)


@pytest.mark.parametrize("draws", [16, 23, 40, 1000])  # whole blocks, a part of one, all there are
def test_the_mean_risk_is_that_of_every_client(data, draws):
    parameters = {
        "intercept": drawn("intercept", 2, 20) - 2,
        "therapist_sd": np.ones((2, 20)),
        "therapist_effect": drawn("effect", 2, 20, len(data.therapist_ids)),
        "coefficients": drawn("coefficients", 2, 20, 2),
    }
    tree = posterior_tree(data, parameters, {}, {"model": "casemix", "engine": "none", "seed": 1}, DIMS)
    expected = [
        expit(
            point["intercept"] + point["therapist_effect"][data.therapist] + data.covariates @ point["coefficients"]
        ).mean()
        for point in points(tree, draws)
    ]
    found = mean_risks(tree, data.therapist, data.covariates, draws)
    assert len(found) == len(evenly(tree, draws)) == min(draws, 40)
    np.testing.assert_allclose(found, expected, rtol=1e-10)


@pytest.mark.parametrize("sd", [1e-6, 0.4, 2.5])
def test_slopes_and_curvatures_are_those_of_the_integrals(data, sd):
    target = Target.of(data, load_study(CONFIG / "tiny.yaml", CONFIG).config.fit.priors)
    by, beta, step = rule(21), np.array([-0.8, 0.3, -0.2]), 1e-4
    rows = (by.points, by.log_weights, target.design, target.events, target.trials, target.starts)

    def at(place: np.ndarray) -> np.ndarray:
        found = np.zeros((4, 4))
        _derivatives(*rows, place, sd, found)
        return found

    exact = target.integrals(beta[None], np.array([sd]), target.parabolas(beta, sd), nodes=21)[0].sum()
    here, ways = at(beta), step * np.eye(3)
    assert here[0, 0] == pytest.approx(exact, abs=1e-5)
    slopes = [(at(beta + way)[0, 0] - at(beta - way)[0, 0]) / (2 * step) for way in ways]
    np.testing.assert_allclose(here[1:, 0], slopes, atol=1e-3)
    curves = [(at(beta + way)[1:, 0] - at(beta - way)[1:, 0]) / (2 * step) for way in ways]
    np.testing.assert_allclose(here[1:, 1:], curves, atol=0.02)
