"""Convergence criteria: good draws pass, and each kind of bad draws fails with its reason and is counted."""

import numpy as np
import pytest
from pydantic import ValidationError

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.checks import diagnostics
from iatrogenesis.inference.checks.convergence import Convergence
from iatrogenesis.inference.data.outcomes import counts
from iatrogenesis.inference.data.posterior import posterior_tree
from iatrogenesis.inference.engines.collapsed.engine import DIMS
from iatrogenesis.inference.engines.collapsed.weights import highest_k

CHAINS, DRAWS = 4, 500


def normal(name: str) -> np.ndarray:
    return Noise(3).normal(name, therapist=np.arange(CHAINS)[:, None], client=np.arange(DRAWS))


def tree(**changes):
    posterior = {
        "intercept": normal("intercept"),
        "therapist_sd": np.abs(normal("sd")),
        "therapist_effect": np.stack([normal("first"), normal("second")], axis=-1),
    }
    statistics = {"diverging": np.zeros((CHAINS, DRAWS), dtype=bool), "energy": normal("energy")}
    data = counts("made-up", ("a", "b"), [1, 2], [10, 10])
    for name, values in changes.items():
        (posterior if name in posterior else statistics)[name] = values
    return posterior_tree(data, posterior, statistics, {"model": "intercept_only", "engine": "nuts", "seed": 1}, DIMS)


def test_independent_draws_pass():
    row = diagnostics.diagnose(tree(), Convergence())
    assert row["passed"], row["reasons"]
    assert row["reasons"] == ""
    assert row["rhat"] < 1.01
    assert (row["dataset"], row["model"], row["engine"]) == ("made-up", "intercept_only", "nuts")
    assert row["divergences"] == 0
    assert row["bfmi"] > 1.5  # independent energies: twice the variance per step
    assert np.isnan(row["pareto_k"])


def test_chains_that_disagree_are_stopped_and_the_worst_parameter_is_named():
    apart = np.stack([normal("first"), normal("second") + np.arange(CHAINS)[:, None]], axis=-1)
    row = diagnostics.diagnose(tree(therapist_effect=apart), Convergence())
    assert not row["passed"]
    assert row["rhat_of"] == "therapist_effect[b]"
    assert "R-hat" in row["reasons"]
    assert "therapist_effect[b]" in row["reasons"]


def test_slow_chains_are_stopped():
    row = diagnostics.diagnose(tree(intercept=np.cumsum(normal("intercept"), axis=1)), Convergence())
    assert not row["passed"]
    assert row["ess_bulk_of"] == "intercept"
    assert "ess_bulk" in row["reasons"]
    assert "ess_tail" in row["reasons"]


def test_one_divergence_is_stopped_unless_allowed():
    diverging = np.zeros((CHAINS, DRAWS), dtype=bool)
    diverging[2, 17] = True
    row = diagnostics.diagnose(tree(diverging=diverging), Convergence())
    assert row["reasons"] == "1 divergences, 0 allowed"
    assert diagnostics.diagnose(tree(diverging=diverging), Convergence(max_divergences=1))["passed"]


def test_energy_information_is_that_of_the_worst_chain():
    energy = normal("energy") + 0.5 * np.cumsum(normal("walk"), axis=1) * (np.arange(CHAINS) == 2)[:, None] + 1e4
    steps, spread = np.mean(np.diff(energy, axis=1) ** 2, axis=1), np.var(energy, axis=1, ddof=1)
    row = diagnostics.diagnose(tree(energy=energy), Convergence())
    assert row["bfmi"] == pytest.approx(steps[2] / spread[2], rel=1e-12)  # Betancourt (2016), written out
    assert row["bfmi"] < (steps / spread)[[0, 1, 3]].min()


def test_low_energy_information_is_stopped():
    row = diagnostics.diagnose(tree(energy=np.cumsum(normal("energy"), axis=1)), Convergence())
    assert not row["passed"]
    assert "E-BFMI" in row["reasons"]


def test_importance_weights_are_judged_where_there_are_any():
    row = diagnostics.diagnose(tree(pareto_k=np.full((CHAINS, DRAWS), 0.9)), Convergence())
    assert row["reasons"] == f"Pareto k 0.90 is not below {1 - 1 / np.log10(CHAINS * DRAWS):.3g}"


@pytest.mark.parametrize(("draws", "highest"), [(100, 0.5), (600, 0.6401), (1000, 2 / 3), (10_000, 0.7)])
def test_of_few_draws_the_weights_must_be_better(draws, highest):
    """min(1 - 1 / log10(draws), 0.7), Vehtari et al. (2024); the engine's own limit is the same."""
    assert Convergence().highest_k(draws) == pytest.approx(highest, abs=1e-4)
    assert highest_k(draws) == Convergence().highest_k(draws)
    assert Convergence(max_pareto_k=0.4).highest_k(draws) == 0.4


@pytest.mark.parametrize("value", [1.5, np.nan])
def test_a_parameter_that_does_not_move_is_stopped(value):
    row = diagnostics.diagnose(tree(intercept=np.full((CHAINS, DRAWS), value)), Convergence())
    assert not row["passed"]
    assert row["rhat_of"] == "intercept"


def test_a_fit_without_draws_is_in_the_table():
    rows = [
        diagnostics.diagnose(tree(), Convergence()),
        diagnostics.failed("other", "intercept_only", "nuts", "no starting point"),
    ]
    table = diagnostics.table(rows)
    assert table["passed"].tolist() == [True, False]
    assert table["reasons"].tolist() == ["", "no draws: no starting point"]


def test_a_gate_cannot_be_made_meaningless():
    for wrong in ({"max_rhat": 0.9}, {"min_ess": -1}, {"min_ess": float("nan")}, {"max_rhats": 1.1}):
        with pytest.raises(ValidationError):
            Convergence.model_validate(wrong)
