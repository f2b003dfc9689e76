"""What was made before a name changed gets the present one and nothing else changes; draws keep their keys."""

import pytest

from iatrogenesis.core.former_names import CELL_READINGS, CELLS, METHODS, READINGS, SCENARIOS, keyed_by
from iatrogenesis.core.streams import derived_seed
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.engines.collapsed.engine import sample
from iatrogenesis.inference.models import FACTS, key
from iatrogenesis.simulation_study.data_generation import data_sets
from iatrogenesis.simulation_study.method_results import committed
from iatrogenesis.simulation_study.methods import NAMES
from iatrogenesis.study.protocol import PROTOCOL
from iatrogenesis.study.renamed import rename, renamed
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.tidy import clients_table

OLD = 'cell,method,value,note\nsmall,null,0.10,"null, 1"\nsmall,casemix,,null\n'
NEW = 'cell,method,value,note\nsmall,intercept_only,0.10,"null, 1"\nsmall,casemix,,null\n'


def test_only_fields_that_name_something_change():
    assert renamed(OLD) == NEW and renamed(NEW) == NEW
    cells = "cell,reading,scenario,reason\n{},{},,base\nworld,{},{},\nworld_harmless,interaction,reference,\n"
    now = ("reference_cell", "reference", "reference", "routine_care")
    assert renamed(cells.format(*["base"] * 4)) == cells.format(*now) == renamed(cells.format(*now))
    preventions = "scenario,reading,value\nall_preventions,{},base\n"
    assert renamed(preventions.format("base")) == preventions.format("central")
    other = 'a,b\r\n"null",1.0\r\n'
    assert renamed(other) == other and renamed("") == ""


def test_a_folder_is_brought_up_to_date_once(tmp_path):
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "old.csv").write_text(OLD)
    (tmp_path / "new.csv").write_text(NEW)
    assert rename(tmp_path) == [tmp_path / "below" / "old.csv"]
    assert (tmp_path / "below" / "old.csv").read_text() == NEW
    assert rename(tmp_path) == []


def test_parts_made_under_former_names_count_once_brought_up_to_date(tmp_path):
    for name in ("performance.csv", "cells.csv"):
        (tmp_path / name).touch()
    (tmp_path / PROTOCOL).write_text("fingerprint: abc\nparts:\n- cells: [base, small]\n- cells: [world]\n  code: x\n")
    assert not committed(tmp_path, "abc", ["reference_cell"])
    assert rename(tmp_path) == [tmp_path / PROTOCOL] and rename(tmp_path) == []
    assert committed(tmp_path, "abc", ["reference_cell", "small", "world"])
    assert "code: x" in (tmp_path / PROTOCOL).read_text()


def test_present_names_are_names_and_former_ones_are_not(study):
    cells, scenarios = study.designed, study.catalogue
    readings = [{one.reading for one in every.values()} for every in (cells, scenarios)]
    there_are = (set(NAMES) & set(FACTS), set(scenarios), set(cells), *readings)
    for renames, known in zip((METHODS, SCENARIOS, CELLS, CELL_READINGS, READINGS), there_are, strict=True):
        assert set(renames.values()) <= known and not set(renames) & known


def test_draws_keep_their_keys():
    """By the frozen full study's keys, or every number of what was renamed would move."""
    assert [key(present) for present in METHODS.values()] == list(METHODS)
    assert all(key(name) == name for name in FACTS if name not in METHODS.values())
    for present, before in (
        ("routine_care", "base"),
        ("routine_care, imputation 2", "base, imputation 2"),
        ("reference_cell-3", "base-3"),
    ):
        assert derived_seed(1, "collapsed", present) == derived_seed(1, "collapsed", before)
    for other in ("known", "routine_care_2", "my routine_care", "base", "world-3", ""):
        assert keyed_by(other) == other


def test_clients_and_fits_are_those_of_the_former_names(study):
    """As the code gave them to the scenario `base` and to data set 3 of the cell `base`, before both were renamed."""
    run = study.setup.run(study.catalogue["routine_care"], Design(therapists=6, services=2, clients_per_therapist=10))
    clients = clients_table(run, study.setup.instruments, study.setup.judgement)
    assert (len(clients), clients["deteriorated"].sum(), clients["phq9_first"].sum()) == (41, 1, 573)
    assert clients.select_dtypes("number").sum().sum() == pytest.approx(4476.595315904803)
    cell = study.designed["reference_cell"].model_copy(update={"therapists": 12, "clients": 20.0})
    (third,) = data_sets(cell, study.surroundings(cell), range(3, 4), sessions=False)
    assert third.name == "reference_cell-3" and third.clients["deteriorated"].sum() == 11
    assert third.clients[["phq9_first", "burnout"]].sum().tolist() == pytest.approx([3340, -58.72915272674889])
    settings = study.method_settings(cell)
    for name, sd in ((third.name, 0.5469201756330306), ("routine_care", 0.557594664612623)):
        data = from_clients(third.clients, dataset=name, allow_empty=True)
        tree = sample("intercept_only", data, settings.priors, settings.seed, draws=200)
        assert float(tree["posterior"]["therapist_sd"].mean()) == pytest.approx(sd, rel=1e-6)
