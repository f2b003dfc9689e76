"""Leaving out therapists by weights is leaving them out: brute-force refits, and models whose truth is known."""

import numpy as np
import pytest
from scipy.stats import norm

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.checks.unseen_therapists import COLUMNS, DOUBTFUL, Predicted, comparison, predicted
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.outcomes import counts
from iatrogenesis.inference.engines.collapsed.engine import sample
from iatrogenesis.simulation_study.logit_normal import Coefficients, LogitNormal, simulate
from iatrogenesis.study.study import load_study
from tests.conftest import CONFIG

DRAWS = 4000


@pytest.fixture(scope="module")
def priors():
    return load_study(CONFIG / "default.yaml", CONFIG).config.fit.priors


@pytest.fixture(scope="module")
def data():
    """Twelve therapists, one of them far from the others."""
    design = LogitNormal(
        clients_per_therapist=(40,) * 12, intercept=-2, therapist_sd=0.5, coefficients=Coefficients(phq9_first=0.8)
    )
    clients = simulate(design, Noise(3)).clients
    last = clients["therapist_id"] == clients["therapist_id"].max()
    clients.loc[last, "deteriorated"] = Noise(4).uniform("worse", client=np.arange(last.sum())) < 0.6
    return from_clients(clients, ("phq9_first", "deprivation"), dataset="d")


def refit_of(model: str, priors):
    return lambda other: sample(model, other, priors, seed=5, draws=DRAWS)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["casemix", "skewed"])
def test_weights_do_what_refitting_without_the_therapist_does(model, data, priors):
    tree = sample(model, data, priors, seed=1, draws=DRAWS)
    found = predicted(model, data, tree, priors)
    brute = predicted(model, data, tree, priors, refit=refit_of(model, priors))
    assert not found.refitted.any() and found.k.shape == (12,)
    np.testing.assert_array_equal(brute.refitted, found.k > DOUBTFUL)
    assert found.k[-1] > DOUBTFUL  # the one who is far from the others
    every = _by_brute_force(model, data, tree, priors)
    fine = found.k <= DOUBTFUL
    assert fine.sum() >= 9
    np.testing.assert_allclose(found.elpd[fine], every[fine], atol=0.12)
    np.testing.assert_allclose(brute.elpd, every, atol=0.12)
    assert brute.elpd.sum() == pytest.approx(every.sum(), abs=0.3)


def _by_brute_force(model, data, tree, priors) -> np.ndarray:
    """Fit again without each therapist, and integrate over the therapist's effect by a plain grid."""
    del tree
    from iatrogenesis.inference.checks.unseen_therapists import _without
    from iatrogenesis.inference.models.skewed import bent

    u, found = np.linspace(-7, 7, 281), []
    for j in range(len(data.therapist_ids)):
        other = sample(model, _without(data, j), priors, seed=9, draws=3000)["posterior"]
        draws = {name: values.values.reshape(-1, *values.shape[2:]) for name, values in other.data_vars.items()}
        mine = data.therapist == j
        odds = draws["intercept"][:, None] + draws["coefficients"] @ data.covariates[mine].T
        effect = draws["therapist_sd"][:, None] * (
            bent(np.broadcast_to(u, (len(odds), len(u))), draws["therapist_skew"][:, None]) if model == "skewed" else u
        )
        log = np.zeros(effect.shape)
        for column, happened in zip(odds.T, data.deteriorated[mine], strict=True):
            x = column[:, None] + effect
            log += happened * x - np.logaddexp(0, x)
        likelihood = (np.exp(log) * norm.pdf(u)).sum(axis=1) * (u[1] - u[0])
        found.append(np.log(likelihood.mean()))
    return np.array(found)


def test_covariates_that_matter_predict_better_and_counts_compare_with_clients(data, priors):
    bare = counts("d", data.therapist_ids, data.events, data.clients)
    trees = {name: sample(name, some, priors, seed=1) for name, some in (("intercept_only", bare), ("casemix", data))}
    found = comparison(
        (name, predicted(name, some, trees[name], priors))
        for name, some in (("intercept_only", bare), ("casemix", data))
    )
    assert tuple(found.columns) == COLUMNS
    assert found["model"].tolist() == ["casemix", "intercept_only"] and found["rank"].tolist() == [0, 1]
    assert found.loc[0, "elpd_diff"] == 0 and found.loc[1, "elpd_diff"] < -found.loc[1, "dse"]


def test_standard_errors_are_over_therapists():
    one = Predicted(np.array([-3.0, -5.0, -4.0]), np.full(3, 0.1), np.zeros(3, dtype=bool))
    other = Predicted(np.array([-3.5, -5.5, -6.0]), np.full(3, 0.8), np.array([True, False, False]))
    table = comparison({"a": one, "b": other}).set_index("model")
    assert table.loc["a", "se"] == pytest.approx(np.sqrt(3))
    assert table.loc["b", "elpd_diff"] == pytest.approx(-3)
    assert table.loc["b", "dse"] == pytest.approx(np.sqrt(3) * np.std([-0.5, -0.5, -2], ddof=1))
    assert table.loc["b", "refitted"] == 1 and table.loc["b", "worst_k"] == 0.8
    with pytest.raises(ValueError, match="different therapists"):
        comparison({"a": one, "b": Predicted(np.zeros(2), np.zeros(2), np.zeros(2, dtype=bool))})
    assert comparison({"a": one}).empty
