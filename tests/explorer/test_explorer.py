"""The explorer: what can be set, what is measured of a setting, and the page made of it."""

import json
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from iatrogenesis.core.montecarlo import jackknife, jackknife_error
from iatrogenesis.explorer.courses import courses, worlds_of
from iatrogenesis.explorer.live.packed import packed
from iatrogenesis.explorer.measure import FATES, Measures, clusters
from iatrogenesis.explorer.page import as_shown, averted, page
from iatrogenesis.explorer.ranges import HEADLINES, Ranges, settings_of
from iatrogenesis.explorer.settings import (
    SLIDERS,
    Explorer,
    Setting,
    by_kind,
    check_worlds,
    told,
    usual,
    world_of,
)
from iatrogenesis.explorer.tables import averages, simulated
from iatrogenesis.study.study import load_study
from tests.conftest import CONFIG

SMALL = {
    "ends": {
        "burnout": (-1, 1.5),
        "competence": (-1.5, 0),
        "fit": (-1, 0),
        "caseload": (10, 15),
        "vulnerability": (1, 2),
    },
    "preventions": ("monitoring", "supervision", "repair"),
    "design": {"therapists": 6, "services": 3, "clients_per_therapist": 190, "clients_log_sd": 0},
    "members": 10,
    "member_design": {"therapists": 6, "services": 3, "clients_per_therapist": 10},
}


@pytest.fixture(scope="module")
def explored():
    """All of a small explorer, simulated."""
    tiny = load_study(CONFIG / "tiny.yaml", CONFIG)
    explorer = Explorer.model_validate(tiny.config.explorer.model_dump() | SMALL)
    world, every = tiny.catalogue[explorer.world], by_kind(tiny.catalogue[explorer.prevented])
    measures = Measures.of(tiny.setup.apart("explorer"), explorer.design, world, tiny.catalogue["reference"])
    settings = told(explorer, usual(world))
    found = pd.DataFrame(measures.measure(world_of(setting, world, every)) for _, setting in settings)
    return SimpleNamespace(
        study=tiny, explorer=explorer, world=world, every=every, measures=measures, settings=settings, found=found,
    )  # fmt: skip


def test_the_table_tells_of_the_usual_setting_each_end_each_prevention_and_all_corners(explored):
    kinds = [kind for kind, _ in explored.settings]
    assert kinds[0] == "usual" and explored.settings[0][1] == Setting(usual(explored.world))
    assert kinds.count("end") == 3 + 2 + 2 - 1  # three sliders stand at an end as usual
    assert kinds.count("alone") == 3 and kinds.count("together") == 1
    assert kinds.count("corner") == 2 * 2**5
    for _, setting in explored.settings:
        for x, (low, high) in zip(setting.sliders, explored.explorer.ends.by_slider().values(), strict=True):
            assert low <= x <= high


def test_the_usual_setting_is_the_world_as_it_is(explored):
    at = Setting(usual(explored.world))
    assert world_of(at, explored.world, explored.every).world == explored.world.world
    prevented = world_of(Setting(usual(explored.world), ("repair",)), explored.world, explored.every)
    assert [prevention.kind for prevention in prevented.preventions] == ["repair"]


def test_each_slider_moves_what_it_names(explored):
    def moved(**at):
        position = dict(zip(SLIDERS, usual(explored.world), strict=True)) | at
        return world_of(Setting(tuple(position.values())), explored.world, explored.every).world

    world = explored.world.world
    assert float(moved(burnout=1.0).burnout.mean) == float(world.burnout.mean) + 1
    assert float(moved(competence=-1.0).therapist.competence_mean) == -1
    assert float(moved(fit=-1.0).client.fit_mean) == -1
    assert float(moved(vulnerability=2.0).client.trauma_share) == 2 * float(world.client.trauma_share)
    assert float(moved(vulnerability=0.0).client.fragile_share) == 0
    assert float(moved(vulnerability=99.0).client.unrealistic_share) == 1
    busy = moved(caseload=float(world.therapist.caseload_mean) + float(world.therapist.caseload_sd))
    assert float(busy.burnout.mean) == pytest.approx(float(world.burnout.workload_correlation))
    assert float(busy.therapist.caseload_mean) == float(world.therapist.caseload_mean) + float(
        world.therapist.caseload_sd
    )


def test_fates_are_those_that_the_simulator_tells(explored):
    row = explored.measures.measure(explored.world)
    assert sum(row[f"{fate}.0"] for fate in FATES) == pytest.approx(1)
    sample = explored.measures.setup.sample(explored.world, explored.explorer.design)
    reference = explored.measures.reference.deteriorated
    assert row["worse_because.0"] == pytest.approx(np.mean(sample.deteriorated & ~reference))
    assert row["worse_anyway.0"] == pytest.approx(np.mean(sample.deteriorated & reference))
    assert row["sessions.0"] == pytest.approx(sample.sessions.mean())
    left = sample.cluster != np.unique(sample.cluster)[0]
    assert row["dropped_out.1"] == pytest.approx(sample.dropped_out[left].mean())
    assert clusters(explored.explorer.design) == 3 == sum(name.startswith("crises.") for name in row) - 1


def test_settings_measured_side_by_side_are_what_each_is_alone(explored):
    some = explored.settings[::11]
    worlds = [world_of(setting, explored.world, explored.every) for _, setting in some]
    assert len({world.preventions for world in worlds}) > 1
    for row, (place, found) in zip(
        explored.found.iloc[::11].to_dict("records"), enumerate(explored.measures.measure_all(worlds)), strict=True
    ):
        assert found == row, some[place]


def test_courses_and_the_year_are_those_of_the_run(explored):
    row = explored.measures.measure(explored.world)
    run = explored.measures.setup.run(explored.world, explored.explorer.design, record=True)
    first = np.concatenate([week["severity"][week["session"] == 1] for week in run.sessions])
    assert row["severity_10@1"] == pytest.approx(np.quantile(first, 0.1))
    # after the end, severity stays where the last session left it
    last = np.full(len(run.state.session), np.nan)
    for week in run.sessions:
        shown = week["session"] <= 16
        last[week["client"][shown]] = week["severity"][shown]
    assert row["severity_90@16"] == pytest.approx(np.quantile(last, 0.9))
    assert row["lucky@16"] < row["typical@16"] < row["unlucky@16"] and row["unlucky@16"] > row["unlucky@1"]
    burnout = run.therapist_weeks[52]["burnout"]
    assert row["burnout_50@52"] == pytest.approx(np.median(burnout)) and row["burnout_one@52"] in burnout
    weeks = [run.therapist_weeks[week] for week in range(24, 28)]
    full = [week["in_study"] == week["caseload"] for week in weeks]
    judged = sum(week["judged"][some].sum() for week, some in zip(weeks, full, strict=True))
    distressed = sum(week["distressed"][some].sum() for week, some in zip(weeks, full, strict=True))
    assert row["off_track@24"] == pytest.approx(distressed / judged) and 0 < row["off_track@24"] < 1


def test_lists_that_do_not_fill_a_year_are_refused(explored):
    short = explored.explorer.design.model_copy(update={"clients_per_therapist": 20})
    with pytest.raises(ValueError, match=r"explorer\.design: only 0 % of therapists .*clients_per_therapist"):
        Measures(explored.study.setup, short, explored.measures.reference, 0).measure(explored.world)


def test_the_error_is_the_jackknifes():
    values = np.array([3.0, 5.0, 4.0, 9.0])

    def mean(left_out):
        return np.array([values.mean() if left_out is None else np.delete(values, left_out).mean()])

    _, error = jackknife(mean, 4)
    assert jackknife_error([mean(i)[0] for i in range(4)]) == pytest.approx(error[0])


def test_the_table_carries_errors(explored):
    table = simulated(explored.settings, explored.found.to_dict("records"))
    assert len(table) == len(explored.settings) and not table.isna().any(axis=None)
    assert (table[[f"{fate}_mcse" for fate in FATES]] > 0).all(axis=None)
    assert table[list(FATES)].sum(axis=1).to_numpy() == pytest.approx(1000)
    assert averages(explored.found.iloc[0])["worse_because_mcse"] > 0


def test_worlds_that_do_not_belong_together_are_refused(explored):
    catalogue, explorer = explored.study.catalogue, explored.explorer
    with pytest.raises(ValueError, match=r"explorer\.prevented: .*must be routine_care with preventions"):
        check_worlds(explorer, catalogue["routine_care"], catalogue["no_burnout"])
    with pytest.raises(ValueError, match=r"explorer\.preventions: with_repair does not have 'monitoring'"):
        check_worlds(explorer, catalogue["routine_care"], catalogue["with_repair"])
    with pytest.raises(ValueError, match=r"explorer\.preventions: with_repair has some already"):
        check_worlds(explorer, catalogue["with_repair"], catalogue["all_preventions"])
    elsewhere = explorer.ends.model_copy(update={"caseload": (16.0, 22.0)})
    with pytest.raises(ValueError, match=r"explorer\.ends\.caseload: the value of routine_care, 15,"):
        check_worlds(
            explorer.model_copy(update={"ends": elsewhere}), catalogue["routine_care"], catalogue["all_preventions"]
        )


@pytest.mark.parametrize(
    ("section", "name", "value", "words"),
    [
        ("ends", "burnout", [0], "Field required"),
        ("ends", "burnout", [0, 0], "burnout: a slider begins below its end"),
        ("ends", "fit", [0, float("nan")], "finite"),
        ("ends", "caseload", [0.5, 15], "at least one client"),
        ("ends", "vulnerability", [-1, 1], "negative"),
        ("", "preventions", ["prayer"], "unknown prevention 'prayer'"),
        ("", "preventions", ["repair", "repair"], "duplicate prevention"),
        ("", "design", {"therapists": 6, "services": 1, "clients_per_therapist": 190}, "at least two services"),
        ("", "member_design", {"therapists": 6, "services": 1, "clients_per_therapist": 9}, "member_design: at least"),
        ("", "members", 9, "greater than or equal to 10"),
    ],
)
def test_faulty_sections_are_refused(explored, section, name, value, words):
    content = explored.explorer.model_dump()
    (content[section] if section else content)[name] = value
    with pytest.raises(ValidationError, match=words):
        Explorer.model_validate(content)


def test_what_a_prevention_averts_is_said_with_both_readings():
    rows = [("with_repair", "central", -6.7), ("with_repair", "sceptical", 0.2), ("with_repair", "optimistic", -11.2)]
    table = pd.DataFrame(rows, columns=["scenario", "reading", "value"]).assign(outcome="deteriorated", mcse=0.5)
    said = averted(table, {"repair": "with_repair", "referral": None})
    assert said == {"repair": (7, 0, 11)}
    assert averted(table.assign(value=2.2), {"repair": "with_repair"}) == {"repair": (-2, -2, -2)}


def test_what_a_prevention_averts_is_what_the_page_shows_when_it_is_switched_on(explored):
    settings = told(explored.explorer, usual(explored.world))
    worse = 0.06 - 0.001 * np.arange(len(settings))
    found = pd.DataFrame({"worse_because.0": worse / 2, "worse_anyway.0": worse / 2})
    names = list(explored.explorer.preventions)
    first = [what for what, _ in settings].index("alone")
    said = as_shown(dict.fromkeys([*names, "together"], (99, -1, 98)), settings, found)
    assert said == {name: (first + place, -1, 98) for place, name in enumerate(names)}


def test_the_page_holds_everything_and_is_the_same_each_time(explored):
    about = {"study": "small", "commit": "0123abc", "published": 58, "instrument": "PHQ-9"}
    parts = list(settings_of(explored.explorer, usual(explored.world)))
    rows = [(headline, part, member, 0.01 * member) for headline in HEADLINES for part in parts for member in range(4)]
    table = pd.DataFrame(rows, columns=["headline", "part", "member", "used"])
    ranges = Ranges.of(explored.explorer, usual(explored.world), table)
    worlds = worlds_of(explored.explorer, explored.world, explored.study.catalogue["reference"], explored.every)
    lasting = explored.explorer.model_copy(update={"member_design": explored.explorer.design})
    followed = courses(explored.study.setup, lasting, worlds)
    prevented = explored.study.catalogue[explored.explorer.prevented]
    live = packed(explored.explorer, explored.world, prevented, explored.measures)
    given = (explored.explorer, live, explored.found, explored.study.words, {}, ranges, followed, about)
    text = page(*given)
    assert text == page(*given)
    assert not re.search(r"""(src|href)=["']https?:""", text)
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])
    assert data["stories"][0]["id"] == "usual"
    assert "looks" not in [story["id"] for story in data["stories"]]  # needs a switch that is not there
    assert [one["needs"] for one in data["preventions"]] == [None, None, None]
    assert set(data["shown"]) == set(FATES) and set(data["words"]) == {"en", "de"}
    assert data["t"] == pytest.approx(4.3027, abs=1e-4)  # two degrees of freedom
    assert "</script" not in json.dumps(data)
    here = explored.measures.measure(explored.world)
    worse, judged = here["worse_because.0"] + here["worse_anyway.0"], 1 - here["not_judged.0"]
    text = " ".join(text.split())
    said = f"about 58 of 1,000 of these end reliably worse; in routine care here it is {1000 * worse / judged:.0f}."
    assert said in text
    assert "nine of ten of 4 worlds that fit what is published" in text and "Study “small”, version 0123abc." in text


def test_every_study_knows_which_scenario_shows_what_all_steps_avert(study):
    averting = study.averting
    assert list(averting) == [*study.config.explorer.preventions, "together"]
    for name, scenario in averting.items():
        kinds = set() if scenario is None else {one.kind for one in study.catalogue[scenario].preventions}
        assert kinds in (set(), set(averting) - {"together"} if name == "together" else {name})
    assert load_study(CONFIG / "default.yaml", CONFIG).averting["together"] == "all_preventions"


@pytest.mark.parametrize("name", ["tiny", "default", "full"])
def test_the_lists_of_the_studies_fill_a_year(name):
    """In the setting with the most clients per year: the most places, and clients who stay short."""
    study = load_study(CONFIG / f"{name}.yaml", CONFIG)
    explorer, world = study.config.explorer, study.catalogue[study.config.explorer.world]
    design = explorer.design.model_copy(update={"replicates": 1})
    measures = Measures.of(study.setup.apart("explorer"), design, world, study.catalogue["reference"])
    for place in (0, 1):
        sliders = [ends[place] for ends in explorer.ends.by_slider().values()]
        sliders[SLIDERS.index("caseload")] = explorer.ends.caseload[1]
        every = by_kind(study.catalogue[explorer.prevented])
        assert measures.measure(world_of(Setting(tuple(sliders)), world, every))["places"] > 0
