"""Estimands and therapists' tables, from posteriors made up so that the answers are known."""

import subprocess
import sys

import arviz as az
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import binomtest, norm

from iatrogenesis.core.proportions import clopper_pearson
from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.answers import estimands, therapists
from iatrogenesis.inference.answers.standardise import gauss, standardised_rates
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.outcomes import counts
from iatrogenesis.inference.data.posterior import posterior_tree
from iatrogenesis.inference.engines.collapsed.engine import DIMS
from iatrogenesis.inference.models.spread import mor, vpc
from iatrogenesis.simulation_study.logit_normal import LogitNormal, simulate

ABOUT = {"model": "casemix", "engine": "none", "seed": 1}
CHAINS, DRAWS = 2, 300


def normal(name: str, *shape: int) -> np.ndarray:
    """Keyed normals of shape (chains, draws, ...)."""
    size = int(np.prod(shape))
    numbers = Noise(7).normal(name, therapist=np.arange(CHAINS * DRAWS)[:, None], client=np.arange(size))
    return numbers.reshape(CHAINS, DRAWS, *shape)


@pytest.fixture(scope="module")
def counted():
    data = counts("counted", ("a", "b", "c"), [0, 4, 20], [20, 40, 20]).over(("a", "b", "c", "empty"))
    posterior = {
        "intercept": -2.5 + 0.1 * normal("intercept"),
        "therapist_sd": np.abs(0.6 + 0.1 * normal("sd")),
        "therapist_effect": np.array([-0.5, 0.0, 2.0, 0.0]) + 0.2 * normal("effect", 4),
    }
    return posterior_tree(data, posterior, {}, ABOUT, DIMS)


@pytest.fixture(scope="module")
def adjusted():
    design = LogitNormal(clients_per_therapist=(40, 60), intercept=-1.0, therapist_sd=0.5)
    data = from_clients(simulate(design, Noise(2)).clients, ("phq9_first", "deprivation"), dataset="adjusted")
    posterior = {
        "intercept": -2.5 + 0.1 * normal("intercept"),
        "coefficients": np.array([0.8, -0.5]) + 0.1 * normal("coefficients", 2),
        "therapist_sd": np.abs(0.6 + 0.1 * normal("sd")),
        "therapist_effect": np.array([-0.5, 0.5]) + 0.2 * normal("effect", 2),
    }
    return posterior_tree(data, posterior, {}, ABOUT, DIMS)


def test_vpc_and_mor_have_their_closed_forms():
    assert vpc(np.sqrt(np.pi**2 / 3)) == pytest.approx(0.5)
    assert vpc(0.0) == 0.0
    assert vpc(0.608) == pytest.approx(0.101, abs=5e-4)
    assert mor(0.0) == 1.0
    # the median of exp|a - b| for a and b Normal(0, s): |a - b| has median s sqrt(2) x upper quartile
    assert mor(0.7) == pytest.approx(np.exp(0.7 * np.sqrt(2) * norm.ppf(0.75)))


def test_the_table_summarises_the_draws(counted):
    table = estimands.table(counted).set_index("estimand")
    assert list(table.index) == ["therapist_sd", "vpc", "mor", "mean_rate"]
    draws = counted["posterior"]["therapist_sd"].values.ravel()
    row = table.loc["therapist_sd"]
    assert row["estimate"] == pytest.approx(draws.mean())
    assert row["sd"] == pytest.approx(draws.std(ddof=1))
    assert (row["low"], row["high"]) == pytest.approx(tuple(np.quantile(draws, [0.025, 0.975])))
    assert row["mcse"] == pytest.approx(float(az.mcse(counted["posterior"]["therapist_sd"], method="mean")))
    # independent draws, so the error of their mean is about sd / sqrt(n)
    assert row["mcse"] == pytest.approx(draws.std() / np.sqrt(draws.size), rel=0.3)
    assert row["ess_bulk"] == pytest.approx(draws.size, rel=0.4)


def test_odds_ratios_are_named_after_their_covariates(adjusted):
    table = estimands.table(adjusted).set_index("estimand")
    assert list(table.index[3:5]) == ["log_odds_ratio[phq9_first]", "log_odds_ratio[deprivation]"]
    assert table.loc["log_odds_ratio[phq9_first]", "estimate"] == pytest.approx(0.8, abs=0.03)


def test_the_mean_rate_is_the_integral_over_therapists(counted):
    found = estimands.draws(counted)["mean_rate"].values
    for chain, draw in ((0, 0), (1, 299)):
        a, s = (float(counted["posterior"][name][chain, draw]) for name in ("intercept", "therapist_sd"))
        expected, _ = quad(lambda u, a=a, s=s: expit(a + s * u) * norm.pdf(u), -9, 9, epsabs=1e-12)
        assert found[chain, draw] == pytest.approx(expected, abs=1e-9)


def test_standardised_rates_are_averages_over_all_clients(adjusted):
    effects = adjusted["posterior"]["therapist_effect"].values.reshape(-1, 2)
    log_odds = adjusted["posterior"]["intercept"].values.reshape(-1, 1) + effects
    found = standardised_rates(adjusted, log_odds)
    fixed = (
        adjusted["posterior"]["coefficients"].values.reshape(-1, 2) @ adjusted["constant_data"]["covariates"].values.T
    )
    exact = expit(log_odds[:, :, None] + fixed[:, None, :]).mean(axis=2)
    np.testing.assert_allclose(found, exact, atol=5e-6)


@pytest.mark.parametrize("sd", [0.2, 0.7, 1.0])
def test_few_points_stand_for_clients_of_any_distribution(sd):
    noise, client = Noise(3), np.arange(2000)
    skewed = np.exp(noise.normal("a", replicate=np.arange(5)[:, None], client=client))
    values = sd * (skewed - skewed.mean()) / skewed.std()
    values = np.minimum(values, 3 * sd)
    weight = 1.0 + noise.uniform("w", client=client)
    points, weights = gauss(values, weight / weight.sum(), 8)
    at = np.linspace(-6, 2, 9)
    found = np.sum(weights[:, :, None] * expit(at + points[:, :, None]), axis=1)
    exact = np.average(expit(at + values[:, :, None]), axis=1, weights=weight)
    np.testing.assert_allclose(found, exact, atol=1e-8 if sd < 0.5 else 2e-5)
    few, of_few = gauss(np.array([[0.0, 1.0, 1.0, 0.0], [2.0, 2.0, 2.0, 2.0]]), np.full(4, 0.25), 5)
    assert of_few.sum(axis=1) == pytest.approx(1.0)
    assert (of_few * few).sum(axis=1) == pytest.approx([0.5, 2.0])
    assert (of_few * few**2).sum(axis=1) == pytest.approx([0.5, 4.0])


def test_each_client_counts_once_whatever_the_size_of_the_blocks(adjusted, monkeypatch):
    log_odds = adjusted["posterior"]["intercept"].values.reshape(-1, 1)
    whole = standardised_rates(adjusted, log_odds)
    monkeypatch.setattr("iatrogenesis.inference.answers.standardise.BLOCK", 1000)
    np.testing.assert_allclose(standardised_rates(adjusted, log_odds), whole, atol=1e-5)


def test_the_exact_interval_is_scipys():
    events, trials = np.array([0, 1, 5, 19, 20]), np.array([20, 20, 20, 20, 20])
    low, high = clopper_pearson(events, trials)
    for index, (k, n) in enumerate(zip(events, trials, strict=True)):
        expected = binomtest(int(k), int(n)).proportion_ci(0.95, method="exact")
        assert (low[index], high[index]) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_the_exact_interval_needs_no_costly_import():
    code = "import sys, iatrogenesis.core.proportions as p; sys.exit('scipy.stats' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_table_of_therapists_says_what_the_draws_say(counted):
    table = therapists.table(counted).set_index("therapist_id")
    assert list(table.index) == ["a", "b", "c"]  # nobody went to "empty"
    assert table["clients"].tolist() == [20, 40, 20]
    assert table["deteriorated"].tolist() == [0, 4, 20]
    assert table["raw_rate"].tolist() == [0.0, 0.1, 1.0]
    draws = expit(
        counted["posterior"]["intercept"].values.reshape(-1, 1)
        + counted["posterior"]["therapist_effect"].values.reshape(-1, 4)[:, :3]
    )
    np.testing.assert_allclose(table["rate"], draws.mean(axis=0))
    np.testing.assert_allclose(table["rate_high"], np.quantile(draws, 0.975, axis=0))
    exceeds = draws > 2 * draws.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(table["p_harmful"], exceeds.mean(axis=0))
    assert table.loc["c", "rank"] == 3
    assert table.loc["a", "rank"] == 1
    assert table.loc["a", "p_harmful_mcse"] == 0.0
    assert (table["rate_mcse"] < 0.01).all()
    sd = counted["posterior"]["therapist_sd"].values
    expected = 1 - counted["posterior"]["therapist_effect"].values[..., 0].var(ddof=1) / np.mean(sd**2)
    assert table.loc["a", "reliability"] == pytest.approx(expected)


def test_with_covariates_the_better_therapist_has_the_lower_standardised_rate(adjusted):
    table = therapists.table(adjusted).set_index("therapist_id")
    assert table.loc["T00000", "rate"] < table.loc["T00001", "rate"]
    assert table["clients"].tolist() == [40, 60]
