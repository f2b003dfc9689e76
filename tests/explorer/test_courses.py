"""Clients followed week by week are those of the simulation, with their twins."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.explorer.courses import KINDS, LONG, TWIN, courses, help_of, packed, worlds_of
from iatrogenesis.explorer.settings import by_kind
from iatrogenesis.study.study import load_study
from iatrogenesis.world.judged import Sample
from tests.conftest import CONFIG


@pytest.fixture(scope="module")
def followed():
    """The tiny study's clients, the table, and the runs that they come from."""
    study = load_study(CONFIG / "tiny.yaml", CONFIG)
    explorer, setup = study.config.explorer, study.setup.apart("explorer, courses")
    every = by_kind(study.catalogue[explorer.prevented])
    worlds = worlds_of(explorer, study.catalogue[explorer.world], study.catalogue["reference"], every)
    runs = {name: setup.run(world, explorer.member_design, record=True) for name, world in worlds.items()}
    return study, courses(setup, explorer, worlds), runs


def test_some_of_each_kind_are_followed_in_every_world(followed):
    study, table, runs = followed
    kinds = table.drop_duplicates("client").groupby("kind").size()
    assert set(kinds.index) == set(KINDS) and kinds.max() == study.config.explorer.courses
    assert (table.groupby("client")["world"].nunique() == len(runs)).all()
    assert help_of(study.config.explorer) == ("monitoring", "supervision", "caseload_limit", "repair")


def test_kinds_are_what_the_simulator_tells(followed):
    _, table, _ = followed
    last = table.groupby(["client", "world"]).agg(kind=("kind", "first"), worse=("deteriorated", "first")).unstack()
    worn, twin = last["worse"]["burned_out"], last["worse"][TWIN]
    kind = last["kind"]["burned_out"]
    assert (worn == kind.str.startswith("worse")).all()
    assert (twin[kind == "worse_anyway"]).all() and not (twin[kind == "worse_because"]).any()


def test_courses_are_those_of_the_run(followed):
    study, table, runs = followed
    run = runs["burned_out"]
    sample = Sample.of(run, study.instruments, study.setup.judgement)
    rows = table[(table["world"] == "burned_out") & (table["client"] == 1)]
    flat = pd.concat(
        pd.DataFrame({name: week[name] for name in ("client", "week", "phq9", "alliance")}) for week in run.sessions
    )
    mine = next(
        own for _, own in flat.groupby("client")
        if len(own) == len(rows) and np.allclose(own["alliance"], rows["alliance"])
    )  # fmt: skip
    who = mine["client"].iloc[0]
    assert mine["phq9"].tolist() == rows["score"].tolist()
    assert rows["week"].iloc[0] == 1 and np.diff(rows["week"]).min() >= 1
    assert (
        rows["score"].iloc[0] == run.state.first["phq9"][who] and rows["score"].iloc[-1] == run.state.last["phq9"][who]
    )
    assert sample.sessions[who] == len(rows) >= LONG


def test_twins_begin_alike(followed):
    """The same person with the same chance: the first score differs by what the first meeting did, which is nothing."""
    _, table, _ = followed
    first = table[table["session"] == 1].pivot(index="client", columns="world", values="score")
    assert (first["usual"] == first["burned_out"]).all() and (first["usual"] == first[TWIN]).all()


def test_the_page_gets_short_lists(followed):
    _, table, _ = followed
    one = packed(table)[0]
    course = one["worlds"]["burned_out"]
    rows = table[(table["client"] == 1) & (table["world"] == "burned_out")]
    assert course["week"] == rows["week"].tolist() and course["rupture"] == rows.loc[rows["rupture"], "week"].tolist()
    seen = rows.loc[rows["noticed"], "week"]
    assert course["noticed"] == (None if seen.empty else seen.iloc[0])
    assert one["kind"] == KINDS[0] and course["end"] in ("completed", "dropped_out")
