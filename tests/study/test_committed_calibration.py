"""The full study's calibration: taken over whole or not at all, and shown by studies that are about the same."""

import pandas as pd
import pytest
import yaml

from iatrogenesis.inference.checks.sbc import COLUMNS, with_full
from iatrogenesis.study.committed_calibration import key, shown, take_over
from iatrogenesis.study.protocol import PROTOCOL
from iatrogenesis.study.study import load_study
from tests.conftest import CONFIG

PART = "name: part\nbased_on: full\n"


@pytest.fixture
def made(tmp_path):
    """A finished part of the full study, and a folder with its cells taken over."""
    (tmp_path / "part.yaml").write_text(PART)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / PROTOCOL).write_text(yaml.safe_dump({"seed": 20261129, "parts": []}))
    (tmp_path / "results" / "part" / "tables").mkdir(parents=True)
    (tmp_path / "results" / "part" / "benchmarks").mkdir()
    for name, seconds in (("sbc_ranks_a", 100.4), ("sbc", 1.0), ("fit", 7.0)):
        path = tmp_path / "results" / "part" / "benchmarks" / f"{name}.tsv"
        path.write_text(f"s\tcpu_time\n1\t{seconds}\n")
    return tmp_path


def table(change=0):
    config = load_study(CONFIG / "full.yaml", CONFIG).config
    planned = config.sbc.simulations(config.fit.models)
    rows = [
        {"model": model, "engine": engine, "quantity": "intercept", "simulations": asked - 2 + change, "failed": 2}
        for (model, engine), asked in planned.items()
    ]
    return pd.DataFrame(rows).assign(mean_rank=0.5, mcse=0.01, spread=1.0, p=0.4, calibrated=True)[list(COLUMNS)]


def taken_over(made, found, file="part.yaml"):
    found.to_csv(made / "results" / "part" / "tables" / "sbc.csv", index=False)
    take_over(CONFIG, made / file, made / "full", made / "results")


def test_it_is_shown_by_studies_about_the_same_and_by_no_other(made, study):
    full, default = (load_study(CONFIG / f"{name}.yaml", CONFIG) for name in ("full", "default"))
    assert shown(made / "full", default) == []
    taken_over(made, table())
    about = yaml.safe_load((made / "full" / PROTOCOL).read_text())["calibration"]
    assert about["core_seconds"] == 101 and about["key"] == key(full) == key(default)
    assert shown(made / "full", default) == [f"{(made / 'full').as_posix()}/sbc.csv"]
    assert shown(made / "full", full) == []
    (made / "wider.yaml").write_text(
        "name: wider\nbased_on: default\nfit: {priors: {therapist_sd: {scale: 2.0, reason: wider than before}}}\n"
    )
    other = load_study(made / "wider.yaml", CONFIG)
    assert key(other) != key(default) and shown(made / "full", other) == []


@pytest.mark.parametrize("lost", ["a pair", "a simulation"])
def test_what_is_not_finished_is_refused(made, lost):
    found = table(-1) if lost == "a simulation" else table().iloc[1:]
    with pytest.raises(SystemExit, match=r"intercept_only by collapsed has (0|999) simulations of 1000"):
        taken_over(made, found)
    assert not (made / "full" / "sbc.csv").exists()


def test_what_is_about_something_else_is_refused(made):
    (made / "other.yaml").write_text(PART.replace("part", "other") + "seed: 5\n")
    with pytest.raises(SystemExit, match="has other priors, another design, sampler or seed than full"):
        taken_over(made, table(), "other.yaml")


def test_rows_of_pairs_that_a_study_has_itself_are_its_own():
    full = table()
    own = full[full["engine"] == "collapsed"].assign(simulations=40)
    both = with_full(own, full, "tiny")
    assert set(both.loc[both["engine"] == "collapsed", "study"]) == {"tiny"}
    assert set(both.loc[both["engine"] == "nuts", "study"]) == {"full"} and len(both) == len(full)
    assert with_full(own.head(0), full, "tiny")["study"].eq("full").all()
    assert with_full(own, full.head(0), "tiny")["study"].eq("tiny").all()
    assert list(with_full(own.head(0), full.head(0), "tiny").columns) == [*COLUMNS, "study"]
