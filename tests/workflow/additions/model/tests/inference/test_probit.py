"""The model `probit`: its density against a plain one, and a fit that finds the spread it was made with."""

import numpy as np
import pytest
from scipy.stats import binom, halfnorm, norm
from tests.inference.test_model_family import density

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.answers import estimands
from iatrogenesis.inference.data.outcomes import counts
from iatrogenesis.inference.engines.fit import fit_all
from iatrogenesis.inference.engines.sampler import Sampler
from iatrogenesis.inference.models import probit

IDS = tuple(f"T{number:02d}" for number in range(30))


@pytest.fixture(scope="module")
def priors(study):
    return study.config.fit.priors


@pytest.fixture(scope="module")
def made(priors):
    """Thirty therapists with 200 clients each, whose SD is .4 on the probit scale."""
    empty = counts("made", IDS, [0] * 30, [200] * 30)
    effect = 0.4 * norm.ppf((np.arange(30) + 0.5) / 30)
    return probit.replicate(empty, {"intercept": -1.4, "therapist_effect": effect}, Noise(1))


def test_density(priors, made):
    point = {"intercept": -1.2, "therapist_sd": 0.5, "therapist_standard": np.linspace(-1, 1, 30)}
    rate = norm.cdf(-1.2 + 0.5 * point["therapist_standard"])
    expected = binom.logpmf(made.deteriorated, 200, rate).sum() - binom.logpmf(made.deteriorated, 200, 0.5).sum()
    expected += 200 * 30 * np.log(0.5)  # so that no coefficient is left
    expected += norm.logpdf(-1.2, priors.probit.intercept.mean, priors.probit.intercept.sd)
    expected += halfnorm.logpdf(0.5, scale=priors.probit.therapist_sd.scale)
    expected += norm.logpdf(point["therapist_standard"]).sum()
    assert density(probit.build(made, priors), point) == pytest.approx(expected)


def test_a_fit_finds_the_spread(priors, made):
    sampler = Sampler(chains=2, draws=200, tune=200, target_accept=0.9)
    (tree,) = fit_all("probit", [made], priors, sampler, 1, engine="collapsed")
    assert tree["posterior"]["therapist_effect"].dims == ("chain", "draw", "therapist")
    table = estimands.table(tree).set_index("estimand")
    assert list(table.index) == ["therapist_sd_probit", "vpc"]
    assert table.loc["therapist_sd_probit", "low"] < 0.4 < table.loc["therapist_sd_probit", "high"]
