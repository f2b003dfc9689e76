"""Ten years of policies: nothing done is nothing averted, and each part of the world does what it says."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from scipy.stats import binom

from iatrogenesis.core.montecarlo import without_chance
from iatrogenesis.core.sources import records
from iatrogenesis.core.streams import Noise
from iatrogenesis.core.yaml_text import read_yaml
from iatrogenesis.evidence.unknowns import Unknowns
from iatrogenesis.evidence.worlds import ensemble_of
from iatrogenesis.inference.models.spread import log_odds_at, sd_of
from iatrogenesis.simulation_study.binomial import quantile
from iatrogenesis.simulation_study.policies import (
    BLOCK,
    COLUMNS,
    MEASURES,
    POLICIES,
    TenYears,
    in_worlds,
    table,
    ten_years,
)
from iatrogenesis.simulation_study.policy_service import WEEKS, Service
from iatrogenesis.simulation_study.policy_world import (
    SIMULATED,
    Estimates,
    Numbers,
    PolicyWorld,
    of_outcomes,
    of_service,
)
from iatrogenesis.simulation_study.removal import Removal, simulate
from tests.conftest import CONFIG

NOISE = Noise(11)
ROUNDING = 1e-9


@pytest.fixture(scope="module")
def declared() -> PolicyWorld:
    return PolicyWorld.model_validate(read_yaml(CONFIG / "policies.yaml"))


@pytest.fixture(scope="module")
def numbers(declared, study) -> Numbers:
    """One world: burnout and monitoring in log odds."""
    told = {"rate": 0.0584, "spread": 0.101, "burnout": 0.25, "monitoring": 0.31}
    return (
        declared.centre()
        | of_service(study.catalogue["routine_care"])
        | {name: np.array([of]) for name, of in told.items()}
    )


def changed(world: Numbers, **others: float) -> Numbers:
    return world | {name: np.array([of]) for name, of in others.items()}


def several(worlds: int, numbers: Numbers) -> Numbers:
    """So many worlds, of a rate of their own."""
    return {name: np.repeat(of, worlds) for name, of in numbers.items()} | {"rate": np.linspace(0.04, 0.08, worlds)}


def test_every_number_has_its_record(declared, study):
    assert len(records(declared)) == len(PolicyWorld.model_fields)
    assert study.policies == declared


def test_what_has_no_strength_averts_nothing(numbers):
    nothing = ten_years("none", numbers, NOISE, 4)
    for policy, idle in {
        "support_worst": {"support": 0.0},
        "support_burned_out": {"support": 0.0},
        "monitoring": {"monitoring": 0.0},
        "caseload_limit": {"caseload_limit": 99.0},
    }.items():
        one = ten_years(policy, changed(numbers, **idle), NOISE, 4)
        assert np.array_equal(one.deteriorated, nothing.deteriorated), policy
        assert np.array_equal(one.seen, nothing.seen), policy


def test_removal_of_equals_averts_nothing_on_average(numbers):
    alike = changed(numbers, spread=0.0, burnout=0.0, unlike_seen=0.0, unlike_unseen=0.0, vacancy=0.0)
    nothing, removed = (ten_years(policy, alike, NOISE, 10) for policy in ("none", "remove_raw"))
    assert np.array_equal(nothing.deteriorated, removed.deteriorated)


def test_places_that_stay_empty_avert_nothing(numbers):
    """Removal empties places with hard clients: fewer of all who are seen deteriorate, and none of that is averted."""
    alike = changed(numbers, spread=0.0, burnout=0.0, unlike_seen=0.0, unlike_unseen=1.0)
    for weeks, same in ((26.0, True), (20.0, False)):  # whole quarters, or some of the clients by other chances
        nothing, removed = (ten_years(p, changed(alike, vacancy=weeks), NOISE, 60) for p in ("none", "remove_raw"))
        averted = removed.averted(nothing)[0]
        assert np.allclose(averted, 0.0) == same
        assert abs(averted.mean()) <= 3.5 * averted.std(ddof=1) / np.sqrt(60)
    naive = nothing.deteriorated / nothing.seen - removed.deteriorated / removed.seen
    assert naive.mean() > 0.003


@pytest.mark.parametrize("weeks", [0.0, 6.5, 20.0])
def test_a_place_stays_empty_for_so_many_weeks(numbers, weeks):
    world = changed(numbers, vacancy=weeks, caseload_spread=0.0)
    nothing, removed = (ten_years(policy, world, NOISE, 5) for policy in ("none", "remove_raw"))
    lost = (nothing.clients - removed.clients)[0].sum(axis=2)  # services, quarters
    out = round(0.05 * 50 + 1e-9)
    each = [30 - np.rint(30 * (1 - min(left, WEEKS) / WEEKS)) for left in (weeks, max(weeks - WEEKS, 0.0))]
    expected = out * np.array([0, each[0], *[sum(each)] * 38])
    assert np.array_equal(lost, np.broadcast_to(expected, lost.shape))


def test_the_world_of_imel_is_a_special_case(numbers):
    """Without burnout, unlike clients, empty places and unequal caseloads it is the published simulation, of harm."""
    plain = changed(numbers, burnout=0.0, unlike_seen=0.0, unlike_unseen=0.0, caseload_spread=0.0, vacancy=0.0)
    nothing, removed = (ten_years(policy, plain, NOISE, 60) for policy in ("none", "remove_raw"))
    ours = (nothing.deteriorated - removed.deteriorated)[0]
    assert np.array_equal(removed.averted(nothing)[0], ours)
    spread, rate = float(plain["spread"][0]), float(plain["rate"][0])
    average = float(expit(log_odds_at(rate, float(sd_of(spread)))))  # their rate is the average therapist's
    theirs = simulate(Removal(spread, average, harm=True), Noise(12), 60)
    error = np.hypot(ours.std(ddof=1), theirs.gained.std(ddof=1)) / np.sqrt(60)
    assert abs(ours.mean() - theirs.gained.mean()) < 4.5 * error
    assert share(removed, "not_worst_fifth") == pytest.approx(theirs.fdr.mean(), abs=0.03)
    assert np.array_equal(nothing.seen[0], np.full(60, 60_000.0))


def share(found: TenYears, of: str) -> float:
    """Of those who were chosen."""
    return float(getattr(found, of).sum() / found.chosen.sum())


def test_adjustment_helps_where_clients_differ(numbers):
    unlike = changed(numbers, unlike_seen=1.2, unlike_unseen=0.0, burnout=0.0)
    nothing, raw, adjusted = (ten_years(p, unlike, NOISE, 40) for p in ("none", "remove_raw", "remove_adjusted"))
    for of in ("not_harmful", "not_worst_fifth"):
        assert share(adjusted, of) < share(raw, of) - 0.02
    assert adjusted.averted(nothing).mean() > raw.averted(nothing).mean()


def test_waiting_to_be_sure_removes_fewer_and_errs_less(numbers):
    raw, sure = (ten_years(policy, numbers, NOISE, 40) for policy in ("remove_raw", "remove_sure"))
    assert 0 < sure.chosen.mean() < raw.chosen.mean() / 3
    assert sure.seen.mean() > raw.seen.mean()
    for of in ("not_harmful", "not_worst_fifth"):
        assert share(sure, of) < share(raw, of) - 0.1


def test_who_is_harmful_by_the_clients_of_all_places(numbers):
    """Rates by brute force, over a million clients: above twice the mean of those in place is harmful."""
    service = Service.opened(numbers, NOISE, 3, 0)
    service.record.add(np.zeros_like(service.lasting), np.full_like(service.lasting, 30.0))
    service.record.begin_anew(np.broadcast_to(np.arange(50) < 5, (3, 50)))  # five places are empty
    clients = np.hypot(0.35, 0.35) * np.random.default_rng(4).normal(size=20_000)
    excess = service.excess()
    rate = expit(service.base[..., None] + excess[..., None] + clients).mean(axis=-1)
    mean = rate[:, 5:].mean(axis=1, keepdims=True)
    clear = np.abs(rate / (2 * mean) - 1) > 0.01
    found = service.harmful(excess)
    assert np.array_equal(found[clear], (rate > 2 * mean)[clear]) and 0 < found.sum() < 30
    many = Service.opened(numbers, NOISE, 40, 0)
    assert many.in_worst_fifth(many.excess()).mean() == pytest.approx(0.2, abs=0.03)


def test_the_burned_out_are_judged_by_what_burnout_adds(numbers):
    """Where therapists differ by burnout alone, the most burned out are the worst; without effect, anybody."""
    all_of_it = float(sd_of(numbers["spread"][0]))
    told = [
        share(ten_years("support_burned_out", changed(numbers, burnout=of, support=0.0), NOISE, 40), "not_worst_fifth")
        for of in (0.0, all_of_it)
    ]
    assert told[0] == pytest.approx(0.8, abs=0.04) and told[1] < 0.25  # twelve at a time, of ten


def test_burnout_keeps_its_stability(numbers):
    """Support works through burnout: twice the strength, about twice the effect."""
    strong = changed(numbers, burnout=0.4, unlike_unseen=0.0)
    averted = []
    for support in (0.5, 1.0):
        nothing, some = (ten_years(p, changed(strong, support=support), NOISE, 40) for p in ("none", "support_worst"))
        averted.append((nothing.deteriorated - some.deteriorated).mean())
    assert 1.5 < averted[1] / averted[0] < 2.1


def test_a_world_is_the_same_alone_and_among_others_in_any_blocks(numbers):
    """Five worlds of sixty services, in blocks of three: each by its own numbers, with services of its own."""
    services = 60
    assert BLOCK // services == 3
    worlds = several(5, numbers)
    every = in_worlds(worlds, NOISE, services).set_index(["conclusion", "member"])["value"]
    alone = {name: of[[4]] for name, of in worlds.items()}
    nothing, limited = (
        ten_years(policy, alone, NOISE, services, 4 * services) for policy in ("none", "caseload_limit")
    )
    not_seen = (nothing.seen - limited.seen).sum() / nothing.seen.sum()
    assert every["caseload_limit.not_seen", 4] == pytest.approx(1000 * not_seen)
    averted = limited.averted(nothing)
    assert every["caseload_limit.averted", 4] == pytest.approx(1000 * averted.sum() / limited.seen.sum())


def test_the_table_has_the_ranges_of_every_measure(numbers):
    members, centre = (in_worlds(several(size, numbers), NOISE, 3) for size in (12, 1))
    found = table(members, centre)
    assert list(found) == list(COLUMNS) and list(dict.fromkeys(found["policy"])) == list(POLICIES)
    assert set(found["label"]) == set(MEASURES.values()) and found["members"].max() == 12
    by = found.set_index(["policy", "measure"])
    assert (by["low_90"] <= by["low_50"]).all() and (by["median"] <= by["high_90"] + ROUNDING).all()
    choosing = {policy for policy, measure in by.index if measure == "chosen"}
    assert choosing == {policy for policy in POLICIES if policy.startswith(("remove", "support"))}
    fewer_seen = {policy for policy, measure in by.index if measure == "not_seen"}
    assert fewer_seen == {"remove_raw", "remove_adjusted", "remove_sure", "caseload_limit"}
    monitored = by.loc[("monitoring", "averted")]
    rates = members[members["conclusion"] == "monitoring.averted"]["value"].to_numpy()
    assert np.corrcoef(rates, np.linspace(0.04, 0.08, 12))[0, 1] > 0.9, "where more deteriorate, more is averted"
    assert monitored["centre"] == pytest.approx(centre.set_index("conclusion").loc["monitoring.averted", "value"])


def test_with_no_policy_as_many_deteriorate_as_in_the_world(numbers):
    nothing = ten_years("none", several(3, numbers), NOISE, 60)
    rates = nothing.deteriorated / nothing.seen
    # Busier therapists are more burned out and see more clients, which adds a little.
    for mine, rate in zip(rates, (0.04, 0.06, 0.08), strict=True):
        assert mine.mean() == pytest.approx(rate, abs=4 * mine.std() / np.sqrt(60) + 0.001)


def test_the_spread_of_the_world_is_kept(numbers):
    """Burnout's share of the spread is part of it, not on top."""
    burnout, total = float(numbers["burnout"][0]), float(sd_of(numbers["spread"][0]))
    service = Service.opened(numbers, NOISE, 40, 0)
    assert service.pool.std() == pytest.approx(np.sqrt(total**2 - burnout**2), rel=0.02)
    assert service.burnout(np.inf).std() == pytest.approx(1.0, rel=0.05)


def test_what_a_world_averts_comes_back_out_of_its_log_odds(declared, numbers):
    """Everybody's burnout one SD lower, or monitoring: as many fewer as in the world that it was taken from."""
    found = {"rate": 60.0, "burnout": 9.0, "monitoring": 12.0, "spread": 120.0}
    told = of_outcomes({name: Estimates(np.array([of]), np.array([1.0])) for name, of in found.items()}, numbers)
    assert (told["rate"][0], told["spread"][0]) == pytest.approx((0.06, 0.12))
    total = float(np.sqrt(sd_of(0.12) ** 2 + 2 * 0.35**2))
    x = total * np.random.default_rng(1).normal(size=400_000)
    for name, rate in (("burnout", 0.051), ("monitoring", 0.048)):
        assert expit(log_odds_at(0.06, total) - told[name][0] + x).mean() == pytest.approx(rate, abs=2e-4), name
        assert told[name][0] > logit(0.06) - logit(rate), "given the therapist it is more than over all"


def test_monte_carlo_error_is_taken_off_what_differs_between_worlds():
    """Six in ten of the variance is error: the SD of what is left is that of the truth, and the mean stays."""
    rng = np.random.default_rng(6)
    truth, error = rng.normal(5, 2, size=4000), np.full(4000, np.sqrt(6.0))
    left = without_chance(truth + rng.normal(size=4000) * error, error)
    assert left.std() == pytest.approx(2.0, rel=0.06) and left.mean() == pytest.approx(5.0, abs=0.2)
    assert without_chance(np.array([1.0, 3.0]), np.array([9.0, 9.0])).tolist() == [2, 2]
    assert without_chance(np.array([1.0, 3.0]), np.array([0.0, np.nan])).tolist() == [1, 3]


def test_numbers_of_a_service_are_those_of_the_member(study):
    routine_care = study.catalogue["routine_care"]
    unknowns = Unknowns(
        [routine_care, study.catalogue["all_preventions"]], study.setup.judgement.instruments, study.associations
    )
    values = unknowns.values(np.linspace(-1, 1, len(unknowns.names) * 3).reshape(-1, 3))
    found = of_service(ensemble_of(routine_care, values))
    assert found["workload_correlation"].tolist() == values["world.burnout.workload_correlation"].tolist()
    by_hand = values["world.therapist.caseload_sd"] / values["world.therapist.caseload_mean"]
    assert found["caseload_spread"].tolist() == by_hand.tolist()
    assert found["burnout_reliability"].tolist() == [float(routine_care.world.ratings.burnout)] * 3


def test_what_no_world_tells_is_drawn_from_its_record(declared):
    drawn = pd.DataFrame(declared.drawn(NOISE, 400))
    assert drawn[["places", "clients", "share", "caseload_limit"]].nunique().eq(1).all(), "choices stay"
    assert drawn["support"].min() >= 0.13 and drawn["support"].max() <= 1
    assert drawn["support"].mean() == pytest.approx(0.565, abs=0.04)
    assert pd.DataFrame(declared.drawn(NOISE, 400)).equals(drawn)


def test_small_worlds_in_which_nobody_deteriorates_do_no_harm(declared, numbers):
    none = {name: Estimates(np.zeros(3), np.array([0.0, np.nan, 0.0])) for name in SIMULATED}
    assert all(np.isfinite(of).all() for of in of_outcomes(none, several(3, numbers)).values())


def test_counts_are_quantiles_of_the_binomial():
    rng = np.random.default_rng(3)
    trials, probability = rng.integers(3, 90, size=(200, 50)).astype(float), rng.uniform(0.001, 0.9, size=(200, 50))
    chance = rng.random((200, 50))
    assert np.array_equal(quantile(chance, trials, probability), binom.ppf(chance, trials, probability))
    assert quantile(np.array([1 - 1e-17]), np.array([5.0]), np.array([0.5]))[0] == 5
