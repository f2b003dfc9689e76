"""``iatrogenesis export``: what it writes, and how it refuses."""

import shutil

import pandas as pd
import pytest
from click.testing import CliRunner

from iatrogenesis.cli_export import export
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.posterior import save
from iatrogenesis.inference.engines.collapsed.engine import sample
from tests.peers.sets import PRIORS


def run(*arguments):
    return CliRunner().invoke(export, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def fitted(results, tmp_path_factory):
    """The results with one posterior."""
    folder = tmp_path_factory.mktemp("fitted") / "mini_1"
    shutil.copytree(results, folder)
    clients = pd.read_parquet(folder / "simulated" / "base" / "clients.parquet")
    data = from_clients(clients[clients["replicate"] == 0], dataset="base", allow_empty=True)
    (folder / "posterior" / "base").mkdir(parents=True)
    save(sample("null", data, PRIORS, 1, draws=200), folder / "posterior" / "base" / "null.nc")
    return folder


@pytest.mark.parametrize("target", ["csv", "parquet", "sav"])
def test_tables_of_a_study(results, tmp_path, target):
    found = run(results, "--to", target, "--out", tmp_path / "out")
    assert found.exit_code == 0, found.output
    names = {"clients", "sessions", "therapists", "therapist_weeks"}
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert files == {f"{name}.{target}" for name in names} | {"codebook.csv"}
    assert {line.rsplit("/", 1)[-1] for line in found.output.split()} == files


def test_a_prepared_folder_of_own_data(prepared, tmp_path):
    folder = tmp_path / "my_clinic"
    (folder / "prepared").mkdir(parents=True)
    prepared.write(folder / "prepared")
    found = run(folder, "--to", "datapackage")
    assert found.exit_code == 0, found.output
    assert (folder / "export" / "datapackage" / "datapackage.json").is_file()
    assert (folder / "export/datapackage/data/study-myclinic_description-clients_data.csv").is_file()


def test_draws_of_a_study(fitted, tmp_path):
    found = run(fitted, "--to", "draws", "--model", "null", "--out", tmp_path)
    assert found.exit_code == 0, found.output
    table = pd.read_csv(tmp_path / "null.csv")
    assert len(table) == 200 and {".chain", "therapist_sd", "therapist_effect[R0-T001]"} <= set(table.columns)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--to", "csv", "--scenario", "nowhere"], "no scenario 'nowhere'; choose among base"),
        (["--to", "draws", "--model", "growth"], "no posterior growth here (there: null)"),
        (["--to", "draws", "--dataset", "x"], "no posterior here (there: none)"),
    ],
)
def test_what_is_not_there_is_named(fitted, tmp_path, more, said):
    found = run(fitted, *more, "--out", tmp_path / "out")
    assert found.exit_code == 1 and said in found.output
    assert not (tmp_path / "out").exists()


def test_a_folder_of_something_else_is_refused(tmp_path):
    found = run(tmp_path, "--to", "csv")
    assert found.exit_code == 1 and "neither settings (.yaml) nor results" in found.output
    assert list(tmp_path.iterdir()) == []
