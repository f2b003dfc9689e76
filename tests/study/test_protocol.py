"""The protocol of the full study: what it freezes, what it refuses, and what is committed by it."""

import shutil

import pandas as pd
import pytest
import yaml

from iatrogenesis.core.former_names import CELLS, METHODS, former
from iatrogenesis.simulation_study.method_results import agreement, apart, committed, of_cells, shown
from iatrogenesis.study import protocol
from iatrogenesis.study.committed import hashes, take_over
from iatrogenesis.study.protocol import PROTOCOL, deviations, fingerprint, freeze, hash_of
from iatrogenesis.study.study import load_study
from tests.conftest import CONFIG, ROOT

COMMITTED = ROOT / "results" / "reference" / "full"


@pytest.fixture
def frozen(tmp_path):
    """A copy of the configuration and the docs, with a protocol."""
    for name in ("config", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("protocol.md", PROTOCOL):
        (tmp_path / "docs" / name).unlink(missing_ok=True)
    freeze(tmp_path / "config", tmp_path / "docs", tmp_path / "committed")
    return tmp_path


def changed(folder, old, new, name="full.yaml"):
    path = folder / "config" / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    return load_study(folder / "config" / "full.yaml", folder / "config")


def places(folder):
    return folder / "config", folder / "docs", folder / "config" / "full.yaml", folder / "committed", folder / "results"


def told(folder):
    return yaml.safe_load((folder / "docs" / PROTOCOL).read_text())


def test_a_protocol_names_all_that_a_run_follows_from(frozen):
    found = told(frozen)
    assert found["plan"] == hash_of(frozen / "docs" / "protocol.md")
    assert found["cells"]["small"] and "measurement" in found["cells"]["reference_cell"]
    assert deviations(found, load_study(frozen / "config" / "full.yaml", frozen / "config"), frozen / "config") == []


@pytest.mark.trial(kind="altered", what="after the protocol was frozen, {name}: {old} becomes {new}")
@pytest.mark.parametrize(
    ("old", "new", "name", "what"),
    [
        ("coverage_mcse: 0.01", "coverage_mcse: 0.02", "full.yaml", ["data_sets"]),
        ("seed: 20261129", "seed: 5", "full.yaml", ["seed"]),
        ("mean: -2.8", "mean: -2.0", "default.yaml", ["fingerprint"]),
        ("therapists_20,A,one at a time,20", "therapists_20,A,one at a time,25", "study_design.csv", ["fingerprint"]),
        (", casemix,", ",", "full.yaml", ["cells"]),
    ],
)
def test_what_is_otherwise_is_noticed(frozen, old, new, name, what):
    study = changed(frozen, old, new, name)
    assert deviations(told(frozen), study, frozen / "config") == what


@pytest.mark.trial(kind="altered", what="code changed after the protocol was frozen")
def test_changed_code_is_noticed(frozen, monkeypatch, tmp_path):
    other = tmp_path / "library"
    shutil.copytree(protocol.LIBRARY / "simulation_study", other / "simulation_study")
    monkeypatch.setattr(protocol, "LIBRARY", other)
    study = load_study(frozen / "config" / "full.yaml", frozen / "config")
    assert deviations(told(frozen), study, frozen / "config") == ["code"]


@pytest.mark.trial(kind="refused", what="a protocol with a seed used before, or whose run is committed")
def test_a_used_seed_and_a_committed_run_are_refused(frozen):
    with pytest.raises(SystemExit, match="seed 20261129 has been used before"):
        freeze(frozen / "config", frozen / "docs", frozen / "committed")
    changed(frozen, "seed: 20261129", "seed: 20261122")
    with pytest.raises(SystemExit, match="seed 20261122 has been used before"):
        freeze(frozen / "config", frozen / "docs", frozen / "committed")
    (frozen / "committed").mkdir()
    (frozen / "committed" / PROTOCOL).write_text("fingerprint: x")
    with pytest.raises(SystemExit, match="the protocol's run is committed"):
        freeze(frozen / "config", frozen / "docs", frozen / "committed")


@pytest.mark.trial(kind="refused", what="results of another plan, to be taken over")
def test_results_of_another_plan_are_not_taken_over(frozen):
    changed(frozen, "coverage_mcse: 0.01", "coverage_mcse: 0.02")
    with pytest.raises(SystemExit, match="data_sets is otherwise now"):
        take_over(*places(frozen))
    (frozen / "docs" / "protocol.md").write_text("another plan")
    with pytest.raises(SystemExit, match="has changed since it was frozen"):
        take_over(*places(frozen))
    assert not (frozen / "committed").exists()


def test_a_run_may_be_taken_over_in_parts(frozen, monkeypatch):
    """Two parts, each with a cell: the tables have both, in the order of the design."""
    monkeypatch.setattr(
        "iatrogenesis.study.committed.hashes", lambda study, _: pd.DataFrame({"cell": list(study.cells)})
    )
    for part, cell in (("second", "small"), ("first", "reference_cell"), ("second", "small")):
        file = frozen / "config" / f"{part}.yaml"
        file.write_text(f"name: {part}\nbased_on: full\nsimulation_study: {{cells: [{cell}]}}\n")
        tables = frozen / "results" / part / "tables"
        tables.mkdir(parents=True, exist_ok=True)
        for name in ("performance", "differences", "truth", "cells"):
            pd.DataFrame({"cell": [cell], "value": [1.23456789]}).to_csv(tables / f"{name}.csv", index=False)
        take_over(frozen / "config", frozen / "docs", file, frozen / "committed", frozen / "results")
    found = pd.read_csv(frozen / "committed" / "performance.csv")
    assert found["cell"].tolist() == ["reference_cell", "small"] and found["value"].tolist() == [1.23457, 1.23457]
    about = yaml.safe_load((frozen / "committed" / PROTOCOL).read_text())
    assert [one["cells"] for one in about["parts"]] == [["reference_cell"], ["small"]]
    study = load_study(frozen / "config" / "full.yaml", frozen / "config")
    assert committed(
        frozen / "committed", fingerprint(study, frozen / "config" / "ensemble.csv"), ["reference_cell", "small"]
    )


@pytest.mark.trial(kind="altered", what="a lost batch of the simulation study")
def test_a_lost_batch_is_named(study, tmp_path):
    with pytest.raises(SystemExit, match=r"estimates\.parquet: is missing"):
        hashes(study, tmp_path)


def test_a_study_reports_the_full_one_only_where_it_is_about_the_same(tmp_path):
    default = load_study(CONFIG / "default.yaml", CONFIG)
    full = load_study(CONFIG / "full.yaml", CONFIG)
    ensemble = CONFIG / "ensemble.csv"
    assert fingerprint(default, ensemble) == fingerprint(full, ensemble)
    for name in ("performance", "cells"):
        (tmp_path / f"{name}.csv").touch()
    about = {"fingerprint": fingerprint(full, ensemble), "parts": [{"cells": ["reference_cell", "small"]}]}
    (tmp_path / PROTOCOL).write_text(yaml.safe_dump(about))
    assert committed(tmp_path, fingerprint(default, ensemble), ["small"])
    assert not committed(tmp_path, fingerprint(default, ensemble), ["small", "sd_0"])
    other = default.config.fit.priors.model_copy(
        update={"intercept": default.config.fit.priors.intercept.model_copy(update={"mean": -2.0})}
    )
    moved = default.config.model_copy(update={"fit": default.config.fit.model_copy(update={"priors": other})})
    assert not committed(
        tmp_path, fingerprint(default.__class__(**{**vars(default), "config": moved}), ensemble), ["small"]
    )
    (tmp_path / "cells.csv").unlink()
    assert not committed(tmp_path, fingerprint(full, ensemble), ["small"])


def test_nothing_is_worked_out_where_nothing_can_be_shown(tmp_path):
    def never():
        raise AssertionError("a fingerprint is worked out for nothing")

    assert shown(tmp_path, 5, ["reference_cell"], never) == []
    (tmp_path / PROTOCOL).write_text(
        yaml.safe_dump({"seed": 5, "fingerprint": "x", "parts": [{"cells": ["reference_cell"]}]})
    )
    assert shown(tmp_path, 5, ["reference_cell"], never) == [], "the full study shows its own"
    for name in ("performance", "cells"):
        (tmp_path / f"{name}.csv").touch()
    assert shown(tmp_path, 6, ["reference_cell"], lambda: "y") == []
    assert [path.rpartition("/")[2] for path in shown(tmp_path, 6, ["reference_cell"], lambda: "x")] == [
        "performance.csv",
        "cells.csv",
    ]


def test_rows_of_the_full_study_are_in_the_order_of_the_cells():
    table = pd.DataFrame({"cell": ["a", "b", "a", "c"], "value": [1, 2, 3, 4]})
    found = of_cells(table, ["c", "a"], "full")
    assert found["value"].tolist() == [4, 1, 3] and set(found["study"]) == {"full"}
    with pytest.raises(ValueError, match="no cell 'd'"):
        of_cells(table, ["d"], "full")


def test_agreement_is_in_joint_monte_carlo_errors():
    row = {"cell": "a", "method": "raw", "estimand": "x", "measure": "bias"}
    own = pd.DataFrame([{**row, "value": 0.5, "mcse": 0.3, "replicates": 100}])
    full = pd.DataFrame([{**row, "value": 0.0, "mcse": 0.4, "replicates": 100}])
    assert agreement(own, full)["z"].tolist() == pytest.approx([0.5 / 0.32**0.5])


def test_agreement_with_few_data_sets_goes_by_the_errors_that_many_have():
    """With ten data sets of which all cover 95 %, their own error is 0: z would be 5, though that is likely."""
    row = {"cell": "a", "method": "raw", "estimand": "x", "measure": "coverage"}
    own = pd.DataFrame([{**row, "value": 1.0, "mcse": 0.0, "replicates": 10}])
    full = pd.DataFrame([{**row, "value": 0.95, "mcse": 0.01, "replicates": 475}])
    assert agreement(own, full)["z"].tolist() == pytest.approx([0.05 / (0.01**2 * (47.5 + 1)) ** 0.5])


def test_agreement_is_told_by_a_share_and_the_largest():
    assert apart(pd.DataFrame({"z": [-4.0, 1.9, 2.0, 0.0]})) == (0.5, 4.0)


def by_former_names(plan):
    """The cells of a plan, and their methods, as they were called when the full study's was frozen."""
    cells = {former(CELLS, cell): [former(METHODS, one) for one in methods] for cell, methods in plan["cells"].items()}
    return plan | {"cells": cells}


def test_cells_and_methods_renamed_since_are_a_deviation_of_their_own(frozen):
    """It must be listed; other changes of the same cells are still found."""
    study, config = load_study(frozen / "config" / "full.yaml", frozen / "config"), frozen / "config"
    plan = by_former_names(told(frozen))
    assert "null" in plan["cells"]["base"] and deviations(plan, study, config) == ["names"]
    only_cells = plan | {"cells": {former(CELLS, cell): methods for cell, methods in told(frozen)["cells"].items()}}
    assert deviations(only_cells, study, config) == ["names"]
    plan["cells"]["base"].remove("casemix")
    assert deviations(plan, study, config) == ["names", "cells"]
    del plan["cells"]["base"]
    assert deviations(plan, study, config) == ["names", "cells"]


def made_before(frozen, cell, methods):
    """A part of the full study as the frozen code made it: a file, tables and batches, all by former names."""
    (frozen / "config" / "one.yaml").write_text(f"name: one\nbased_on: full\nsimulation_study: {{cells: [{cell}]}}\n")
    made = frozen / "results" / "one"
    (made / "tables").mkdir(parents=True)
    for name in ("performance", "differences", "truth", "cells"):
        about = {"cell": [cell], "scenario": ["base"], "method": ["null"], "value": [0.2]}
        pd.DataFrame(about).to_csv(made / "tables" / f"{name}.csv", index=False)
    for one in load_study(frozen / "config" / "full.yaml", frozen / "config").batches:
        for method in one.methods if former(CELLS, one.cell) == cell else ():
            place = made / "simulation_study" / cell / methods.get(method, method)
            place.mkdir(parents=True, exist_ok=True)
            for kind in ("estimates", "therapists"):
                (place / f"{one.number}.{kind}.parquet").touch()


@pytest.mark.parametrize("cell", ["base", "small"])
def test_a_part_says_what_was_otherwise(frozen, cell):
    """Refused until the list says so; then the part names it, with the code that made it, and all names are present."""
    plan = by_former_names(told(frozen))
    (frozen / "docs" / PROTOCOL).write_text(yaml.safe_dump(plan))
    with pytest.raises(SystemExit, match=r"names is otherwise now; say so among its deviations \(`names: why`\)"):
        take_over(*places(frozen))
    (frozen / "docs" / PROTOCOL).write_text(yaml.safe_dump(plan | {"deviations": ["names: some have others"]}))
    (frozen / "committed").mkdir()
    for name in ("performance", "differences", "truth", "cells", "batches"):
        old = pd.DataFrame({"cell": ["base"], "method": ["null"], "value": ["0.10"]})
        old.to_csv(frozen / "committed" / f"{name}.csv", index=False)
    made_before(frozen, cell, {"intercept_only": "null"})
    config, docs, _, folder, results = places(frozen)
    take_over(config, docs, frozen / "config" / "one.yaml", folder, results)
    (part,) = yaml.safe_load((folder / PROTOCOL).read_text())["parts"]
    assert part["deviations"] == ["names"] and part["code"] == plan["code"] and part["cells"] == [CELLS.get(cell, cell)]
    found = {name: pd.read_csv(folder / f"{name}.csv") for name in ("performance", "batches")}
    assert found["performance"]["cell"].tolist() == ["reference_cell", *(["small"] if cell == "small" else [])]
    assert set(found["performance"]["method"]) == {"intercept_only"}
    assert found["performance"]["scenario"].dropna().tolist() == ["routine_care"]
    assert "intercept_only" in set(found["batches"]["method"]) and CELLS.get(cell, cell) in set(
        found["batches"]["cell"]
    )


def test_the_fingerprint_of_the_full_study_has_the_names_of_its_freeze():
    for name in ("tiny", "default", "full"):
        study = load_study(CONFIG / f"{name}.yaml", CONFIG)
        assert (
            fingerprint(study, CONFIG / "ensemble.csv")
            == yaml.safe_load((ROOT / "docs" / PROTOCOL).read_text())["fingerprint"]
        )


def test_the_present_code_has_only_the_listed_deviations():
    known = yaml.safe_load((ROOT / "docs" / PROTOCOL).read_text())
    listed = {one.partition(":")[0] for one in known["deviations"]}
    assert set(deviations(known, load_study(CONFIG / "full.yaml", CONFIG), CONFIG)) <= listed


@pytest.mark.skipif(not COMMITTED.is_dir(), reason="the full study has not been taken over yet")
def test_what_is_committed_is_of_the_frozen_protocol():
    about = yaml.safe_load((COMMITTED / PROTOCOL).read_text())
    known = yaml.safe_load((ROOT / "docs" / PROTOCOL).read_text())
    assert {about[name] == known[name] for name in ("plan", "seed", "fingerprint", "frozen")} == {True}
    assert hash_of(ROOT / "docs" / "protocol.md") == known["plan"]
    performance = pd.read_csv(COMMITTED / "performance.csv", keep_default_na=False, na_values=[""])
    asked = performance[performance["estimand"] == "all"]
    found = {cell: set(own["method"]) for cell, own in asked.groupby("cell")}
    done = {CELLS.get(cell, cell) for part in about["parts"] for cell in part["cells"]}
    planned = {CELLS.get(cell, cell): methods for cell, methods in known["cells"].items()}
    of_cells = {cell: planned[cell] for cell in done}
    assert found == {cell: {METHODS.get(one, one) for one in methods} for cell, methods in of_cells.items()}
    assert set(asked["replicates"]) == {known["data_sets"]}
    batches = pd.read_csv(COMMITTED / "batches.csv", keep_default_na=False)
    assert not batches.duplicated(["cell", "method", "batch"]).any()
