"""The cluster bootstrap against other computations; what R says of it is in tests/peers."""

import numpy as np
import pytest
from scipy.stats import bootstrap
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from iatrogenesis.core.streams import Noise
from iatrogenesis.simulation_study.methods import bootstrap as cluster_bootstrap
from iatrogenesis.simulation_study.methods.regression import design, estimable, prepared
from tests.conftest import design_cells
from tests.simulation_study.made import answer, estimate, made


@pytest.fixture(scope="module")
def one():
    return made()


def test_weighted_regressions_are_those_of_statsmodels(one):
    data = estimable(prepared(one))
    columns, therapists = design(data), len(data.therapist_ids)
    # A band of ages without events has no finite coefficient in some resamples; that touches no other.
    traits = [1 + k for k, name in enumerate(data.covariate_names) if "rating" in name]
    weights = np.vstack([np.ones(therapists), cluster_bootstrap.resampled(therapists, Noise(4), 5)])
    assert np.all(weights[1:].sum(axis=1) == therapists)
    bands = cluster_bootstrap.bands(data)
    clients = cluster_bootstrap.Clients.of(columns, data.deteriorated.astype(float), data.therapist, bands)
    found, ended = cluster_bootstrap.weighted(clients, weights)
    assert ended.all()
    for row, weight in zip(found, weights, strict=True):
        model = GLM(data.deteriorated, columns, family=families.Binomial(), freq_weights=weight[data.therapist])
        np.testing.assert_allclose(row[traits], model.fit().params[traits], atol=1e-5)


def test_resamples_without_a_solution_are_told_and_left_out(one, study, monkeypatch):
    """Who deteriorated is foretold without error by what the clients of two of 21 therapists do not have."""
    data = estimable(prepared(one))
    events, therapist = data.deteriorated.astype(float), data.therapist
    columns = np.column_stack([np.ones(len(events)), events - 0.5, data.covariates[:, 0]])
    rare = np.isin(therapist, [3, 7])
    columns[rare, 1] *= -1
    weights = np.vstack([np.ones(21), cluster_bootstrap.resampled(21, Noise(5), 60)])
    _, ended = cluster_bootstrap.weighted(cluster_bootstrap.Clients.of(columns, events, therapist), weights)
    expected = weights @ np.bincount(therapist, events * rare) > 0
    assert ended[0] and ended.tolist() == expected.tolist() and 2 < np.sum(~ended) < 40

    search = cluster_bootstrap.weighted

    def spoiled(share):
        def some(clients, weights):
            beta, ended = search(clients, weights)
            without = slice(1, 1 + round(share * cluster_bootstrap.RESAMPLES))
            beta[without], ended[without] = 30.0, False
            return beta, ended

        return some

    settings = study.method_settings(design_cells()["reference_cell"])
    name = "log_odds_ratio_marginal[burnout]"
    monkeypatch.setattr(cluster_bootstrap, "weighted", spoiled(0.04))
    assert abs(estimate(answer("bootstrap", one, settings), name).high) < 3
    monkeypatch.setattr(cluster_bootstrap, "weighted", spoiled(0.06))
    assert "60 of 999 resamples" in answer("bootstrap", one, settings).problem


def test_the_accelerated_interval_is_scipys():
    values = np.random.default_rng(5).gamma(2.0, size=25)
    known = bootstrap((values,), np.mean, n_resamples=999, method="BCa", rng=np.random.default_rng(6))
    without_one = np.array([np.delete(values, k).mean() for k in range(len(values))])
    ours = cluster_bootstrap.bca(values.mean(), known.bootstrap_distribution, without_one)
    np.testing.assert_allclose(ours, known.confidence_interval, rtol=1e-3)


def test_the_bootstraps_errors_are_those_of_the_estimating_equations(study):
    """At many therapists two ways of not trusting a model say the same."""
    large = made(0.6, 90, 30)
    found, other = (
        answer("bootstrap", large, study.method_settings(design_cells()["reference_cell"])),
        answer("gee", large),
    )
    plain = answer("logistic", large)
    for name in ("log_odds_ratio_marginal[burnout]", "log_odds_ratio_marginal[fit]", "risk_change_rated[burnout]"):
        ours, theirs = estimate(found, name), estimate(other, name)
        assert ours.estimate == pytest.approx(estimate(plain, name).estimate, abs=1e-4)
        assert ours.se == pytest.approx(theirs.se, rel=0.2)
        assert ours.low < ours.estimate < ours.high
