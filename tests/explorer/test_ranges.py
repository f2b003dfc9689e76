"""Ranges of the explorer's headline numbers over plausible worlds: what is simulated, and the formula between."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats.mstats import hdquantiles

from iatrogenesis.core.sources import records
from iatrogenesis.evidence.ensemble import read_ensemble
from iatrogenesis.evidence.unknowns import Unknowns
from iatrogenesis.explorer.measure import Measures
from iatrogenesis.explorer.ranges import (
    CASELOAD,
    HEADLINES,
    Ranges,
    deviations,
    headlines,
    nine_in_ten,
    settings_of,
    simulated,
    values_at,
)
from iatrogenesis.explorer.settings import FRAILTIES, SLIDERS, Explorer, Setting, by_kind, usual, world_of
from iatrogenesis.world.members import with_members
from tests.conftest import CONFIG

ENDS = {
    "burnout": (-1, 1.5),
    "competence": (-1.5, 0),
    "fit": (-1, 1),
    "caseload": (12, 20),
    "vulnerability": (0, 2),
}
PREVENTIONS = ("monitoring", "supervision", "repair")
DESIGN = {"replicates": 2, "therapists": 6, "services": 3, "clients_per_therapist": 20}
RNG = np.random.default_rng(5)


@pytest.fixture(scope="module")
def here(study):
    """The tiny study's explorer with wider sliders, its worlds, and the members of the ensemble."""
    raw = study.config.explorer.model_dump() | {"ends": ENDS, "preventions": PREVENTIONS, "member_design": DESIGN}
    explorer = Explorer.model_validate(raw)
    names = {"world": explorer.world, "prevented": explorer.prevented, "reference": study.config.reference}
    worlds = {part: study.catalogue[name] for part, name in names.items()}
    nodes = [study.catalogue[name] for name in (study.routine_care, study.config.conclusions.prevented)]
    unknowns = Unknowns(nodes, study.config.judgement.instruments, study.associations)
    values = unknowns.split(read_ensemble(CONFIG / "ensemble.csv", unknowns.names))
    return SimpleNamespace(
        explorer=explorer, worlds=worlds, values=values, at=usual(worlds["world"]), setup=study.setup
    )


def moved(at, **sliders):
    return tuple((dict(zip(SLIDERS, at, strict=True)) | sliders).values())


def parts_of(explorer, at, members=7):
    """A table of deviations that are drawn at random."""
    rows = [
        {"headline": headline, "part": part, "member": member, "used": RNG.normal(0, 0.2)}
        for headline in HEADLINES
        for part in settings_of(explorer, at)
        for member in range(members)
    ]
    return pd.DataFrame(rows)


def test_the_usual_setting_each_end_of_each_slider_each_prevention_and_all_of_them_are_simulated(here):
    settings = settings_of(here.explorer, here.at)
    assert settings["usual"] == Setting(here.at) and settings["repair"] == Setting(here.at, ("repair",))
    assert settings["burnout.high"] == Setting(moved(here.at, burnout=1.5))
    assert "competence.high" not in settings  # the usual place is the end
    assert settings["together"] == Setting(here.at, PREVENTIONS)
    assert len(settings) == len(set(settings.values())) == 1 + 9 + 3 + 1


def test_sliders_say_how_a_service_is_and_members_what_follows(here):
    world, values = here.worlds["world"], here.values
    assert CASELOAD in values
    for setting in settings_of(here.explorer, here.at).values():
        there = with_members(
            world_of(setting, world, by_kind(here.worlds["prevented"])),
            {p: v for p, v in values_at(setting, world, values).items() if p in records(world)},
        ).world
        burnout, _, _, caseload, factor = setting.sliders
        assert there.therapist.caseload_mean.value == caseload
        for name in FRAILTIES:
            expected = np.minimum(1, factor * values[f"world.client.{name}"])
            assert getattr(there.client, name).value == pytest.approx(expected)
        busier = (caseload - 15) / values["world.therapist.caseload_sd"]
        correlation = values["world.burnout.workload_correlation"]
        assert there.burnout.mean.value == pytest.approx(burnout + correlation * busier)
        assert there.therapist.drift_sd.value == pytest.approx(values["world.therapist.drift_sd"])


def test_the_first_column_is_the_world_itself_and_the_others_are_the_members_with_the_same_people(here):
    explorer = here.explorer.model_copy(update={"preventions": ("repair",), "members": 12})
    ends = explorer.ends.model_copy(update={name: (at, at + 1) for name, at in zip(SLIDERS, here.at, strict=True)})
    explorer = explorer.model_copy(update={"ends": ends})
    counted = simulated(here.setup, explorer, here.worlds, here.values, cores=1)
    assert counted.keys() == {"usual", *(f"{name}.high" for name in SLIDERS), "repair", "together", "reference"}
    assert all(counts.shape == (2 * 6, 13) for counts in counted.values())
    for name in ("world", "reference"):
        sample = here.setup.sample(here.worlds[name], explorer.member_design)
        worse, clients = np.split(counted["usual" if name == "world" else name], 2)
        assert worse[:, 0].sum() == sample.deteriorated.sum() and clients[:, 0].sum() == len(sample.deteriorated)
    member = {path: float(of[11]) for path, of in here.values.items() if path in records(here.worlds["world"])}
    member[CASELOAD] = here.at[SLIDERS.index("caseload")]
    alone = with_members(here.worlds["world"], {path: np.array([of]) for path, of in member.items()})
    sample = here.setup.sample(alone, explorer.member_design)
    assert np.split(counted["usual"], 2)[0][:, 12].sum() == sample.deteriorated.sum()
    # the people are the same in every member
    assert (np.split(counted["usual"], 2)[1] == np.split(counted["usual"], 2)[1][:, :1]).all()


def counts(shares, clients):
    """Counts of two clusters, each with the same share who get worse, shape (4, worlds)."""
    shares = np.asarray(shares, dtype=float)
    return np.vstack([shares * clients, shares * clients, np.full((2, len(shares)), clients)])


def test_deviations_are_log_ratios_of_rates_and_differences_of_net_numbers():
    """Clusters that are alike leave no chance, so that all of each deviation is used."""
    table = deviations(
        {
            "usual": counts([0.05, 0.06, 0.04], 1000),
            "burnout.high": counts([0.10, 0.15, 0.06], 1000),
            "reference": counts([0.03, 0.035, 0.03], 1000),
        }
    ).set_index(["headline", "part"])
    assert table["mcse"].to_numpy() == pytest.approx(0, abs=1e-12)
    assert table["used"].to_numpy() == pytest.approx(table["deviation"].to_numpy())
    expected = {
        ("worse", "usual"): np.log([6 / 5, 4 / 5]),
        ("worse", "burnout.high"): np.log([15 / 6, 6 / 4]) - np.log(10 / 5),
        ("net", "usual"): [25 - 20, 10 - 20],
        ("net", "burnout.high"): [115 - 25 - 50, 30 - 10 - 50],
    }
    assert set(table.index) == set(expected)
    for where, values in expected.items():
        assert table.loc[where, "deviation"].to_numpy() == pytest.approx(np.asarray(values, dtype=float)), where


def test_what_chance_adds_to_the_differences_between_members_is_taken_out():
    """Many clusters whose rates differ by chance: the deviations that are used differ as much as the members do."""
    members, clusters, clients = 400, 40, 50
    logits = np.append(0, RNG.normal(0, 0.25, members))
    rate = 0.1 * np.exp(logits)
    worse = RNG.binomial(clients, np.tile(rate, (clusters, 1))).astype(float)
    sizes = np.full_like(worse, clients)
    usual_counts = np.vstack([worse, sizes])
    table = deviations({"usual": usual_counts, "reference": usual_counts * 1.0, "same": usual_counts})
    one = table[(table["headline"] == "worse") & (table["part"] == "usual")]
    expected = np.sqrt(0.9 / 0.1 / (clusters * clients))
    assert np.sqrt(np.mean(one["mcse"] ** 2)) == pytest.approx(expected, rel=0.1)
    assert one["deviation"].std() > np.hypot(0.25, expected) * 0.9
    assert one["used"].std() == pytest.approx(logits[1:].std(ddof=1), rel=0.05)
    assert one["used"].mean() == pytest.approx(one["deviation"].mean())
    nothing = table[(table["headline"] == "net") & (table["part"] == "usual")]
    assert nothing["used"].to_numpy() == pytest.approx(0)


def test_the_range_is_that_of_harrell_and_davis():
    values = RNG.normal(20, 5, 40)
    assert nine_in_ten(values) == pytest.approx(hdquantiles(values, [0.05, 0.95]))


def test_the_formula_is_exact_where_worlds_were_simulated_and_linear_between(here):
    table = parts_of(here.explorer, here.at)
    ranges = Ranges.of(here.explorer, here.at, table)
    assert ranges.members == 7
    for headline in HEADLINES:
        parts = {part: rows["used"].to_numpy() for part, rows in table[table["headline"] == headline].groupby("part")}
        for part, setting in settings_of(here.explorer, here.at).items():
            expected = parts["usual"] + (parts[part] if part != "usual" else 0)
            assert ranges.deviation(headline, setting) == pytest.approx(expected), part
        half = ranges.deviation(headline, Setting(moved(here.at, burnout=0.75, fit=-0.25)))
        assert half == pytest.approx(parts["usual"] + parts["burnout.high"] / 2 + parts["fit.low"] / 4)
        two = ranges.deviation(headline, Setting(here.at, PREVENTIONS[:2]))
        added = parts["usual"] + parts["monitoring"] + parts["supervision"]
        beyond = parts["together"] - sum(parts[name] for name in PREVENTIONS)
        assert two == pytest.approx(added + beyond / 3)  # one pair of three


def test_a_rate_is_multiplied_and_a_net_number_is_added_to(here):
    ranges = Ranges.of(here.explorer, here.at, parts_of(here.explorer, here.at))
    setting = Setting(moved(here.at, burnout=1.0), ("repair",))
    off = ranges.deviation("worse", setting)
    assert ranges.of_members("worse", setting, 40.0) == pytest.approx(40 * np.exp(off))
    assert ranges.range("worse", setting, 40.0) == pytest.approx(hdquantiles(40 * np.exp(off), [0.05, 0.95]))
    assert ranges.of_members("net", setting, -3.0) == pytest.approx(-3 + ranges.deviation("net", setting))
    one = Setting(here.at)
    assert ranges.difference(one, one, 0.0) == (0.0, 0.0)
    off = ranges.deviation("net", setting) - ranges.deviation("net", one)
    assert ranges.difference(one, setting, 6.0) == pytest.approx(hdquantiles(6 + off, [0.05, 0.95]))


def test_one_prevention_alone_is_all_of_them(here):
    explorer = here.explorer.model_copy(update={"preventions": ("repair",)})
    ranges = Ranges.of(explorer, here.at, parts_of(explorer, here.at))
    parts = ranges.parts["net"]
    assert ranges.deviation("net", Setting(here.at, ("repair",))) == pytest.approx(parts["usual"] + parts["repair"])


def test_the_headline_numbers_are_those_of_the_simulator(here):
    design = here.explorer.design
    measures = Measures.of(here.setup, design, here.worlds["world"], here.worlds["reference"])
    found = headlines(measures.measure(here.worlds["world"]))
    worse = here.setup.sample(here.worlds["world"], design).deteriorated
    assert found["worse"] == pytest.approx(1000 * worse.mean())
    assert found["net"] == pytest.approx(1000 * (worse.mean() - measures.reference.deteriorated.mean()))
