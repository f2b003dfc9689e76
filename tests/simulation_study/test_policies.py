"""Ten years of policies: nothing done is nothing averted, and each part of the world does what it says."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from iatrogenesis.core.sources import records
from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.models.spread import log_odds_at, sd_of
from iatrogenesis.simulation_study.policies import POLICIES, PolicyWorld, table, ten_years
from iatrogenesis.simulation_study.removal import Removal, simulate
from iatrogenesis.world.scenarios import read_yaml
from tests.conftest import CONFIG

NOISE = Noise(11)


@pytest.fixture(scope="module")
def world():
    return PolicyWorld.model_validate(read_yaml(CONFIG / "policies.yaml"))


@pytest.fixture(scope="module")
def numbers(world):
    return world.read_as("base")


def test_every_number_has_its_record(world, study):
    assert len(records(world)) == len(PolicyWorld.model_fields)
    assert study.policies == world


def test_what_has_no_strength_averts_nothing(numbers):
    nothing = ten_years("none", numbers, NOISE, 4)
    for policy, idle in {
        "support_worst": {"support": 0.0},
        "support_burned_out": {"support": 0.0},
        "monitoring": {"monitoring": 0.0},
        "caseload_limit": {"caseload_limit": 99.0},
    }.items():
        one = ten_years(policy, numbers | idle, NOISE, 4)
        assert np.array_equal(one.deteriorated, nothing.deteriorated), policy
        assert np.array_equal(one.seen, nothing.seen), policy


def test_removal_of_equals_averts_nothing_on_average(numbers):
    alike = numbers | {"spread": 0.0, "burnout": 0.0, "unlike_seen": 0.0, "unlike_unseen": 0.0}
    nothing, removed = (ten_years(policy, alike, NOISE, 10) for policy in ("none", "remove_raw"))
    assert np.array_equal(nothing.deteriorated, removed.deteriorated)


def test_the_world_of_imel_is_a_special_case(numbers):
    """Without burnout, unlike clients and unequal caseloads it is the published simulation, of harm."""
    plain = numbers | dict.fromkeys(("burnout", "unlike_seen", "unlike_unseen", "caseload_spread"), 0.0)
    nothing, removed = (ten_years(policy, plain, NOISE, 60) for policy in ("none", "remove_raw"))
    ours = nothing.deteriorated - removed.deteriorated
    average = float(expit(log_odds_at(plain["rate"], sd_of(plain["spread"]))))  # their rate is the average therapist's
    theirs = simulate(Removal(plain["spread"], average, harm=True), Noise(12), 60)
    error = np.hypot(ours.std(ddof=1), theirs.gained.std(ddof=1)) / np.sqrt(60)
    assert abs(ours.mean() - theirs.gained.mean()) < 4.5 * error
    fdr = removed.false_positives.sum() / removed.chosen.sum()
    assert fdr == pytest.approx(theirs.fdr.mean(), abs=0.03)
    assert np.array_equal(nothing.seen, np.full(60, 60_000.0))


def test_adjustment_helps_where_clients_differ(numbers):
    unlike = numbers | {"unlike_seen": 1.2, "unlike_unseen": 0.0, "burnout": 0.0}
    raw, adjusted = (ten_years(policy, unlike, NOISE, 40) for policy in ("remove_raw", "remove_adjusted"))
    assert adjusted.false_positives.sum() / adjusted.chosen.sum() < raw.false_positives.sum() / raw.chosen.sum() - 0.02
    assert adjusted.deteriorated.mean() < raw.deteriorated.mean()


def test_waiting_to_be_sure_removes_fewer_and_errs_less(numbers):
    raw, sure = (ten_years(policy, numbers, NOISE, 40) for policy in ("remove_raw", "remove_sure"))
    assert sure.chosen.mean() < raw.chosen.mean() / 3
    assert sure.false_positives.sum() / sure.chosen.sum() < raw.false_positives.sum() / raw.chosen.sum() - 0.1


def test_burnout_keeps_its_stability(numbers):
    """Support works through burnout: twice the strength, about twice the effect."""
    strong = numbers | {"burnout": 0.4, "unlike_unseen": 0.0}
    averted = []
    for support in (0.5, 1.0):
        nothing, some = (ten_years(p, strong | {"support": support}, NOISE, 40) for p in ("none", "support_worst"))
        averted.append((nothing.deteriorated - some.deteriorated).mean())
    assert 1.5 < averted[1] / averted[0] < 2.1


def test_the_table_has_every_policy_in_every_reading(world):
    found = table(world, NOISE, 3)
    assert list(found["policy"]) == list(POLICIES) * 4
    by = found.set_index(["policy", "reading"])
    assert by.loc[("monitoring", "sceptical"), "averted"] == 0 < by.loc[("monitoring", "base"), "averted"]
    assert by.loc[("caseload_limit", "base"), "not_seen"] > 1000
    assert found.loc[found["policy"].str.startswith("remove"), "not_seen"].eq(0).all()
    wide = found[found["reading"] == "plausible"].set_index("policy")
    assert (wide["averted_low"] < wide["averted"]).all() and (wide["averted"] < wide["averted_high"]).all()
    low, high = wide.loc["monitoring", ["averted_low", "averted_high"]]
    assert low < by.loc[("monitoring", "base"), "averted"] < high


def test_plausible_worlds_are_drawn_from_the_records(world):
    drawn = pd.DataFrame(world.plausible(NOISE, 400))
    assert drawn["rate"].nunique() == 1, "a number without a width stays"
    assert drawn["burnout"].min() >= 0.1 and drawn["burnout"].max() <= 0.46
    assert drawn["burnout"].mean() == pytest.approx(0.28, abs=0.02)
    assert drawn["spread"].std() == pytest.approx(0.023, rel=0.15)
    assert pd.DataFrame(world.plausible(NOISE, 400)).equals(drawn)


@pytest.mark.parametrize("reading", ["sceptical", "base", "optimistic"])
def test_with_no_policy_as_many_deteriorate_as_is_published(world, reading):
    numbers = world.read_as(reading)
    nothing = ten_years("none", numbers, NOISE, 60)
    rates = nothing.deteriorated / nothing.seen
    # Busier therapists are more burned out and see more clients, which adds a little.
    assert rates.mean() == pytest.approx(numbers["rate"], abs=4 * rates.std() / np.sqrt(60) + 0.001)


def test_the_published_spread_is_kept(numbers):
    """Burnout's share of the spread is part of it, not on top."""
    burnout, total = numbers["burnout"], sd_of(numbers["spread"])
    from iatrogenesis.simulation_study.policies import _Service

    service = _Service.opened(numbers, NOISE, 40)
    assert service.pool.std() == pytest.approx(np.sqrt(total**2 - burnout**2), rel=0.02)
    assert service.burnout(np.inf).std() == pytest.approx(1.0, rel=0.05)
