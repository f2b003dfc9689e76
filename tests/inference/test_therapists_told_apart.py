"""The per-fit table of therapists: selection, grades, actions and simultaneous ranks, from a posterior made up."""

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import rankdata

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.answers import therapists
from iatrogenesis.inference.answers.decisions import LOSSES
from iatrogenesis.inference.data.outcomes import counts
from iatrogenesis.inference.data.posterior import posterior_tree
from iatrogenesis.inference.engines.collapsed.engine import DIMS

CHAINS, DRAWS, COUNT = 2, 400, 12
EFFECTS = np.array([-0.6, -0.5, -0.4, -0.3, -0.2, -0.1, 0.0, 0.1, 0.3, 0.9, 1.5, 1.7])


@pytest.fixture(scope="module")
def told():
    who = {"replicate": np.arange(CHAINS)[:, None, None], "occasion": np.arange(DRAWS)[:, None]}
    effects = EFFECTS + 0.35 * Noise(31).normal("effect", therapist=np.arange(COUNT), **who)
    posterior = {
        "intercept": np.full((CHAINS, DRAWS), -2.9),
        "therapist_sd": 0.6 + 0.05 * Noise(31).normal("sd", **who)[..., 0],
        "therapist_effect": effects,
    }
    data = counts("told", tuple("abcdefghijkl"), [2] * COUNT, [40] * COUNT)
    tree = posterior_tree(data, posterior, {}, {"model": "intercept_only", "engine": "none", "seed": 1}, DIMS)
    return therapists.table(tree), expit(-2.9 + effects.reshape(-1, COUNT))


def test_selected_are_as_many_as_keep_the_false_discovery_rate(told):
    table, rates = told
    exceeds = (rates > 2 * rates.mean(axis=1, keepdims=True)).mean(axis=0)
    order = np.argsort(-exceeds)
    longest = max(n for n in range(COUNT + 1) if n == 0 or np.mean(1 - exceeds[order[:n]]) <= 0.2)
    assert 0 < longest < COUNT
    assert set(np.flatnonzero(table["selected"])) == set(order[:longest])


def test_actions_have_the_least_expected_loss(told):
    table, rates = told
    losses = np.mean([LOSSES.of(draw, draw.mean()) for draw in rates], axis=0)
    names = ["leave", "talk and support", "pause"]
    assert table["action"].tolist() == [names[best] for best in losses.argmin(axis=0)]
    assert table["action"].iloc[0] == "leave" and table["action"].iloc[-1] == "pause"


def test_simultaneous_ranks_hold_all_therapists_together(told):
    table, rates = told
    ranks = rankdata(rates, axis=1)
    low, high = table["rank_low_all"].to_numpy(), table["rank_high_all"].to_numpy()
    together = ((low <= ranks) & (ranks <= high)).all(axis=1).mean()
    alone = ((table["rank_low"].to_numpy() <= ranks) & (ranks <= table["rank_high"].to_numpy())).all(axis=1).mean()
    assert together >= 0.95 > alone
    assert (low <= table["rank_low"]).all() and (high >= table["rank_high"]).all()


def test_grades_rise_with_the_mean_rate(told):
    table, _ = told
    grades = table.sort_values("rate")["grade"].to_numpy()
    assert grades[0] == 1 and np.all(np.diff(grades) >= 0) and grades[-1] > 1
