"""How many data sets, in which batches; and that a batch is the same whichever others there are."""

import pandas as pd
import pytest
from pydantic import ValidationError

from iatrogenesis.core.montecarlo import replicates_for
from iatrogenesis.simulation_study.methods import GROUPS, NAMES
from iatrogenesis.simulation_study.plan import HELD, announce, batches, plan, spoken
from iatrogenesis.simulation_study.run import run
from iatrogenesis.simulation_study.truth_of_worlds import size_of
from iatrogenesis.study.study import load_study
from tests.conftest import CONFIG, design_cells


@pytest.fixture(scope="module")
def cells():
    return design_cells()


@pytest.mark.parametrize(("mcse", "number"), [(0.01, 475), (0.025, 76), (0.1, 5)])
def test_replicates_follow_from_the_error_wanted(mcse, number):
    assert replicates_for(mcse) == number
    assert (0.95 * 0.05 / number) ** 0.5 <= mcse < (0.95 * 0.05 / (number - 1)) ** 0.5


def test_batches_cover_every_replicate_once_and_grow_at_the_end(cells):
    for name in ("reference_cell", "therapists_1000", "world_small"):
        for group, methods in GROUPS.items():
            few, many = batches(cells[name], group, methods, 300), batches(cells[name], group, methods, 475)
            for found, number in ((few, 300), (many, 475)):
                assert [replicate for batch in found for replicate in batch.replicates] == list(range(number))
            assert many[: len(few) - 1] == few[:-1]
            assert max(batch.seconds for batch in many) < 400
            assert max(len(batch.replicates) * cells[name].total for batch in many) <= HELD


def test_every_method_is_in_one_group():
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(NAMES)


def test_fewer_methods_leave_the_batches_of_a_group_as_they_are(cells):
    """So that a method may be added to a study without the others being asked about other replicates."""
    alone, all_of_it = (batches(cells["therapists_1000"], "fast", names, 475) for names in (("gee",), GROUPS["fast"]))
    assert [one.replicates for one in alone] == [one.replicates for one in all_of_it]
    assert sum(one.seconds for one in alone) < sum(one.seconds for one in all_of_it)


def test_dear_methods_run_where_they_are_asked_for(cells):
    jobs = {
        (batch.cell, name) for batch in plan(list(cells.values()), dict.fromkeys(NAMES, 76)) for name in batch.methods
    }
    assert ("reliability_60", "measurement") in jobs and ("therapists_200", "measurement") not in jobs
    assert {name for _, name in jobs} == set(NAMES), "every method runs somewhere"
    assert ("world_small", "growth") in jobs and ("reference_cell", "growth") not in jobs


def test_methods_that_sample_are_asked_about_the_first_data_sets_only(study, cells):
    settings = study.config.simulation_study.model_copy(
        update={"coverage_mcse": 0.025, "sampled_coverage_mcse": 0.035, "methods": NAMES}
    )
    sizes = settings.replicates_by_method
    assert (sizes["measurement"], sizes["growth"], sizes["therapist"], sizes["raw"]) == (39, 39, 76, 76)
    done = {}
    for batch in plan([cells["world_small"]], sizes):
        for name in batch.methods:
            done.setdefault(name, []).extend(batch.replicates)
    assert done["growth"] == list(range(39)) and done["casemix"] == list(range(76))
    with pytest.raises(ValidationError, match="at most as many"):
        type(settings).model_validate(settings.model_dump() | {"sampled_coverage_mcse": 0.01})


def test_times_are_said_in_words():
    assert spoken(30, 2) == "about a minute on 2 cores"
    assert spoken(1440, 2) == "about 12 minutes on 2 cores"
    assert spoken(7200 * 3, 1) == "about 6.0 hours on 1 core"


def test_what_is_there_takes_no_time(tmp_path):
    files = {str(tmp_path / f"{number}.parquet"): 100.0 for number in range(4)}
    (tmp_path / "0.parquet").touch()
    said = announce(files, rest=600.0, cores=2)
    assert said.startswith("3 of 4 larger jobs of the simulation study to do; in all about 8 minutes on 2 cores")


@pytest.mark.parametrize(("name", "methods"), [("small", ("glmm", "casemix")), ("world_small", ("therapist",))])
def test_a_batch_depends_neither_on_other_replicates_nor_on_other_methods(study, cells, name, methods):
    cell = cells[name]
    surroundings = study.surroundings(cell)
    together = run(("raw", *methods), cell, surroundings, study.method_settings(cell), range(6))
    whole = {method: tables for method, *tables in together}
    for method in methods:
        ((_, *part),) = run([method], cell, surroundings, study.method_settings(cell), range(4, 6))
        for one, other in zip(whole[method], part, strict=True):
            own = one[one["replicate"] >= 4].reset_index(drop=True)
            pd.testing.assert_frame_equal(own, other, check_exact=True)


def test_cells_of_one_scenario_and_size_share_what_is_true_in_worlds(cells):
    """Others do not: short lists change which ratings and which burnout there are."""
    study = load_study(CONFIG / "full.yaml", CONFIG)
    assert study.first_alike(cells["world_by_severity"]) == "world"
    assert study.first_alike(cells["world_by_course"]) == study.first_alike(cells["world_harmless"]) == "world_harmless"
    own = [name for name, cell in study.cells.items() if cell.family == "B" and study.first_alike(cell) == name]
    assert study.true_in_worlds == own and {"world", "world_large", "world_small"} < set(own)
    files = {path for path in study.costs if path.startswith("simulation_study/worlds/")}
    assert files == {f"simulation_study/worlds/{name}.csv" for name in own}
    for name in own:
        size = size_of(cells[name])
        assert (size.therapists, size.clients_per_therapist) == (cells[name].therapists, cells[name].clients)
        assert size.clients_log_sd == cells[name].clients_spread
        assert size.clients == pytest.approx(64_000, rel=0.04), "as many clients, whatever the size"
    assert size_of(cells["world_by_severity"]) == size_of(cells["world"]), "clients come by chance"
