"""Conclusions over plausible worlds: twins by hand, ranges, planted drivers, what one more study would narrow."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.special import betainc
from scipy.stats import norm

from iatrogenesis.evidence.counterparts import Counterparts
from iatrogenesis.evidence.ensemble import LEVELS
from iatrogenesis.evidence.patterns import PATTERNS
from iatrogenesis.evidence.ranges import ranges
from iatrogenesis.harm.conclusions import (
    MAIN,
    Conclusion,
    concluded,
    finished,
    one_by_one,
    truly_deteriorated,
    worlds_of,
)
from iatrogenesis.harm.over_members import over_members
from iatrogenesis.harm.policy_numbers import MONITORED, POLICY
from iatrogenesis.inference.answers.what_if import causal_truth
from iatrogenesis.simulation_study.policy_world import SIMULATED
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import with_values
from tests.harm.members import table

LEVEL = Conclusion("Worse here", "here", None)
NET = Conclusion("More than there", "here", "there")
TRUE = Conclusion("Truly more than there", "here", "there", truly_deteriorated)


def clients(cluster, worse, truly=None):
    """What `concluded` looks at of a sample."""
    worse = np.array(worse, dtype=bool)
    truly = worse if truly is None else np.array(truly, dtype=bool)
    return SimpleNamespace(cluster=np.array(cluster), deteriorated=worse, truly_deteriorated=truly)


def test_five_clients_in_two_clusters_by_hand():
    """Clusters of 3 and 2: residual sums of the level .2 and -.2, of the twins' differences .8 and -.8."""
    cluster = [7, 7, 7, 9, 9]
    samples = {
        "here": clients(cluster, [1, 1, 0, 0, 1], truly=[0, 0, 0, 0, 1]),
        "there": clients(cluster, [0, 0, 0, 0, 1], truly=[0, 1, 0, 0, 1]),
    }
    found = concluded(samples, {"level": LEVEL, "net": NET, "true": TRUE})
    assert found["level"] == pytest.approx((600, 80))
    assert found["net"] == pytest.approx((400, 320))
    assert found["true"] == pytest.approx((-200, 1000 * np.sqrt(2 * 2 * 0.4**2) / 5))
    same = {"nothing": Conclusion("Nothing", "here", "here")}
    assert concluded(samples, same) == {"nothing": (0.0, 0.0)}


def test_of_those_who_finish_in_both_worlds_by_hand():
    """Clients 0, 1 and 4 finish here and there: of these two are worse here, one there."""
    cluster = [7, 7, 7, 9, 9]
    samples = {"here": clients(cluster, [1, 1, 0, 0, 0]), "there": clients(cluster, [0, 0, 0, 0, 1])}
    samples["here"].finished = np.array([1, 1, 1, 0, 1], dtype=bool)
    samples["there"].finished = np.array([1, 1, 0, 1, 1], dtype=bool)
    asked = {
        "here": Conclusion("", "here", None, among=finished),
        "less": Conclusion("", "here", "there", among=finished),
    }
    found = concluded(samples, asked)
    assert found["here"][0] == pytest.approx(1000 * 2 / 4) and found["less"][0] == pytest.approx(1000 * (2 - 1) / 3)
    # Residuals of the clusters: 2 - 2 / 3 and -1 - 1 / 3.
    assert found["less"][1] == pytest.approx(1000 * np.sqrt(2 * 2 * (4 / 3) ** 2) / 3)


def test_policies_are_told_of_routine_care_by_finished_courses(study):
    design = Design(replicates=4, therapists=12, services=3, clients_per_therapist=20)
    routine_care, everything = study.catalogue["routine_care"], study.catalogue["all_preventions"]
    worlds = {
        "routine_care": routine_care,
        "rested": study.catalogue["rested"],
        MONITORED: one_by_one(routine_care, everything)[0][MONITORED],
    }
    assert worlds[MONITORED].preventions == study.catalogue["with_monitoring"].preventions
    samples = {name: study.setup.sample(scenario, design) for name, scenario in worlds.items()}
    found = concluded(samples, POLICY)
    assert list(found) == [f"policy.{name}" for name in SIMULATED]
    usual = samples["routine_care"]
    assert found["policy.rate"][0] == pytest.approx(1000 * usual.deteriorated.sum() / usual.finished.sum())
    assert found["policy.burnout"][0] == pytest.approx(-causal_truth(samples["rested"], usual)["truth"])
    assert found["policy.monitoring"] == pytest.approx(
        tuple(np.abs(list(causal_truth(samples[MONITORED], usual).values())))
    )
    assert found["policy.spread"][0] == pytest.approx(1000 * PATTERNS["T01"](Counterparts(treated=usual)))


def test_errors_are_those_of_the_jackknife_over_clusters():
    """Leaving out one cluster at a time gives nearly the same errors; clients of a cluster are worse together."""
    rng = np.random.default_rng(5)
    sizes, often = rng.integers(80, 120, size=40), rng.beta(2, 20, size=40)
    cluster = np.repeat(np.arange(40), sizes)
    luck = rng.random(len(cluster))
    here, there = luck < often[cluster], luck < 0.6 * often[cluster]
    value, mcse = concluded({"here": clients(cluster, here), "there": clients(cluster, there)}, {"net": NET})["net"]
    more = here.astype(float) - there
    without = [1000 * more[cluster != one].mean() for one in range(40)]
    assert value == pytest.approx(1000 * more.mean())
    assert mcse == pytest.approx(np.sqrt(39 / 40 * np.sum((without - np.mean(without)) ** 2)), rel=0.03)
    assert mcse > 1.3 * 1000 * more.std() / np.sqrt(len(more))  # as if clients were independent


def test_what_is_concluded_of_simulated_worlds_is_paired(study):
    design = Design(replicates=4, therapists=12, services=3, clients_per_therapist=20)
    worlds = worlds_of(*(study.catalogue[name] for name in ("routine_care", "all_preventions", "rested")))
    samples = {name: study.setup.sample(scenario, design) for name, scenario in worlds.items()}
    found = concluded(samples, MAIN)
    rates = {name: 1000 * sample.deteriorated.mean() for name, sample in samples.items()}
    assert found["level"][0] == pytest.approx(rates["routine_care"])
    for name, less in (("net", "reference"), ("rested", "rested"), ("averted", "prevented")):
        assert found[name][0] == pytest.approx(rates["routine_care"] - rates[less]), name
    assert found["net"][0] > 0 and found["averted"][0] > 0
    other = concluded(samples, {"reference": Conclusion("", "reference", None)})["reference"][1]
    assert 0 < found["rested"][1] < found["net"][1] < np.hypot(found["level"][1], other)
    truly = [samples[name].truly_deteriorated.mean() for name in ("routine_care", "reference")]
    assert found["level_true"][0] == pytest.approx(1000 * truly[0])
    assert found["net_true"][0] == pytest.approx(1000 * (truly[0] - truly[1]))


@pytest.mark.parametrize("cores", [1, 2])
def test_each_member_is_concluded_from_its_own_numbers_and_people(study, cores):
    """Eleven members, two blocks: each as it is alone, with the replicates that are its own."""
    design = Design(replicates=2, therapists=6, services=2, clients_per_therapist=15)
    routine_care, path = study.catalogue["routine_care"], "world.alliance.drift"
    worlds = {"here": routine_care, "there": study.catalogue["reference"]}
    values = {path: np.linspace(-1, 0, 11), "preventions.repair.apologise": np.zeros(11)}
    found = over_members(study.setup, design, worlds, {"net": NET, "level": LEVEL}, values, cores)
    last = {path: of[10:] for path, of in values.items()}
    alone = over_members(study.setup, design, worlds, {"net": NET, "level": LEVEL}, last, cores, first=10)
    assert alone.equals(found[found["member"] == 10].reset_index(drop=True))
    assert found["conclusion"].tolist() == ["net"] * 11 + ["level"] * 11
    assert found["member"].tolist() == [*range(11)] * 2
    for member in (0, 10):
        own = range(2 * member, 2 * member + 2)
        samples = {
            name: study.setup.sample(with_values(one, {path: values[path][member]}), design, replicates=own)
            for name, one in worlds.items()
        }
        expected = concluded(samples, {"net": NET, "level": LEVEL})
        mine = found[found["member"] == member].set_index("conclusion")
        for name, (value, mcse) in expected.items():
            assert (mine["value"][name], mine["mcse"][name]) == pytest.approx((value, mcse)), name


def test_main_worlds_are_those_of_the_catalogue(study):
    worlds = worlds_of(*(study.catalogue[name] for name in ("routine_care", "all_preventions", "rested")))
    assert {one.world for one in MAIN.values()} | {one.less for one in MAIN.values()} - {None} == set(worlds)
    for name in ("reference", "rested"):
        mine, listed = worlds[name], study.catalogue[name]
        assert (mine.world, mine.mechanisms, mine.preventions) == (listed.world, listed.mechanisms, listed.preventions)


def test_each_route_is_closed_alone_and_each_prevention_added_alone(study):
    routine_care, prevented = study.catalogue["routine_care"], study.catalogue["all_preventions"]
    worlds, found = one_by_one(routine_care, prevented)
    assert len(found) == len(routine_care.mechanisms) + len(prevented.preventions) == 26
    assert set(worlds) == {"routine_care", *found}
    for name, one in found.items():
        what, kind = name.split(".")
        assert (one.world, one.less) == ("routine_care", name) and kind.replace("_", " ") in one.label
        world = worlds[name]
        if what == "route":
            assert world.mechanisms == study.catalogue[f"no_{kind}"].mechanisms and world.preventions == ()
        else:
            assert world.mechanisms == routine_care.mechanisms
            assert world.preventions == study.catalogue[f"with_{kind}"].preventions
        assert world.world == routine_care.world


def ranged(members: pd.DataFrame) -> pd.DataFrame:
    """Ranges, with the first member as the centre."""
    return ranges(members, members.drop_duplicates("conclusion"))


def test_quantiles_are_those_of_harrell_and_davis():
    """Order statistics weighted by the beta distribution of the sample quantile, worked out from its definition."""
    values = np.random.default_rng(2).gamma(2.0, size=50)
    found, n = ranged(table(values)).iloc[0], 50
    for name, p in LEVELS.items():
        steps = betainc(p * (n + 1), (1 - p) * (n + 1), np.arange(n + 1) / n)
        assert found[name] == pytest.approx(np.diff(steps) @ np.sort(values)), name
    assert found["members"] == 50


def test_conclusions_keep_their_order_and_their_own_members():
    both = pd.concat([table([1.0, 2.0, 3.0] * 7, name="z"), table([-1.0, 0.0, 1.0, 2.0] * 5, name="a")])
    centre = pd.DataFrame({"conclusion": ["a", "z"], "value": [7.0, 8.0], "mcse": [0.1, 0.2]})
    found = ranges(both, centre)
    assert found["conclusion"].tolist() == ["z", "a"] and found["label"].tolist() == ["Z", "A"]
    assert found["members"].tolist() == [21, 20]
    assert found["centre"].tolist() == [8, 7] and found["centre_mcse"].tolist() == [0.2, 0.1]


@pytest.mark.parametrize(("mcse", "widened"), [(0.0, 0.0), (3.0, 25.0), (4.0, 100 * (5 / 3 - 1))])
def test_the_error_of_each_members_value_widens_the_range(mcse, widened):
    """An SD of 5 with errors of 3 in it is one of 4 without."""
    values = np.random.default_rng(4).normal(size=60)
    values = 5 * (values - values.mean()) / values.std(ddof=1)
    found = ranged(table(values, mcse)).iloc[0]
    assert found["widened"] == pytest.approx(widened)
    assert found["mcse"] == pytest.approx(mcse)


def test_the_error_of_the_ends_is_how_far_they_move_from_sample_to_sample():
    """Four hundred samples of sixty normal draws: the ends' own spread is what each sample says it is, on average."""
    draws = np.random.default_rng(8).normal(size=(400, 60))
    found = pd.concat([ranged(table(values)) for values in draws])
    ends, errors = found[["low_90", "high_90"]], found[["low_90_mcse", "high_90_mcse"]]
    assert ends.mean().tolist() == pytest.approx(norm.ppf([0.05, 0.95]).tolist(), abs=0.1)
    assert errors.mean().tolist() == pytest.approx(ends.std().tolist(), rel=0.15)
