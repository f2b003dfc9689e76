"""What another year of data promises and brings, recomputed therapist by therapist."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.inference.answers.decisions import LOSSES
from iatrogenesis.inference.data.outcomes import counts
from iatrogenesis.inference.engines.collapsed.engine import sample
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.simulation_study.another_year import QUANTITIES, another_year, in_data_set
from iatrogenesis.simulation_study.setting import DRAWS, Setting

SETTING = Setting(24, 60, therapist_sd=0.8, rate=0.06)


@pytest.fixture(scope="module")
def priors(study):
    return Priors.model_validate(study.config.fit.priors.model_dump())


def rates_of(name, events, clients, priors):
    """Without covariates, a draw of a therapist's rate is that of its log odds."""
    ids = tuple(f"T{place:05d}" for place in range(len(events)))
    tree = sample("intercept_only", counts(name, ids, events, clients), priors, 5, draws=DRAWS, chains=2)
    log_odds = tree["posterior"]["intercept"].values[..., None] + tree["posterior"]["therapist_effect"].values
    return 1 / (1 + np.exp(-log_odds.reshape(-1, len(events))))


def by_hand(action, rate, mean):
    excess = 1000 * (rate - mean)
    if action == 0:
        return excess
    return excess - LOSSES.support_share * max(excess, 0) + LOSSES.support_cost if action == 1 else LOSSES.pause_cost


def best(draws):
    """Of each therapist, by loops."""
    means = draws.mean(axis=1)
    losses = [
        [np.mean([by_hand(action, rate, mean) for rate, mean in zip(own, means, strict=True)]) for action in range(3)]
        for own in draws.T
    ]
    return np.argmin(losses, axis=1), np.min(losses, axis=1)


def test_one_data_set_is_what_loops_over_its_therapists_give(priors):
    found = in_data_set(SETTING, 3, priors, 5)
    events, truth, _ = SETTING.drawn(5, 3)
    again = SETTING.next_year(5, 3, truth)
    assert not np.array_equal(events, again)
    name = f"{SETTING.name}, 3"
    first = rates_of(name, events, SETTING.sizes, priors)
    second = rates_of(f"{name}, both years", events + again, 2 * SETTING.sizes, priors)
    (before, _), (after, _) = best(first), best(second)
    true = [
        np.array([by_hand(a, r, truth.mean()) for a, r in zip(acts, truth, strict=True)]) for acts in (before, after)
    ]
    least = np.array([min(by_hand(action, rate, truth.mean()) for action in range(3)) for rate in truth])
    assert found["realised"] == pytest.approx((true[0] - true[1]).mean())
    assert found["regret"] == pytest.approx((true[0] - least).mean())
    assert found["changed"] == np.mean(before != after) and found["gap"] == found["promised"] - found["realised"]


def test_nothing_averts_more_than_known_rates(priors):
    every = [in_data_set(SETTING, replicate, priors, 5) for replicate in range(12)]
    assert all(one["realised"] <= one["regret"] and 0 <= one["promised"] <= one["perfect"] for one in every)
    assert sum(one["changed"] for one in every) > 0 and len({one["realised"] for one in every}) > 1


def test_the_promise_is_kept_on_average_and_is_nothing_where_all_is_known(priors):
    def means(setting, replicates):
        return pd.DataFrame(another_year(setting, replicates, priors, 6)).set_index("quantity")

    little, much = means(SETTING, 60), means(Setting(8, 4_000, therapist_sd=0.8, rate=0.06), 3)
    assert list(little.index) == list(QUANTITIES) and set(little["replicates"]) == {60}
    assert abs(little.loc["gap", "value"]) < 4 * little.loc["gap", "mcse"]
    assert little.loc["promised", "value"] > 0.2
    assert (much.loc[["promised", "perfect", "regret"], "value"] < 0.05).all()
