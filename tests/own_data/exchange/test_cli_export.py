"""``iatrogenesis export``: what it writes, and how it refuses."""

import shutil

import pandas as pd
import pytest
from click.testing import CliRunner

from iatrogenesis.cli_export import export
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.posterior import save
from iatrogenesis.inference.engines.collapsed.engine import sample
from iatrogenesis.own_data.exchange.found import found as of_source
from tests.conftest import ROOT
from tests.peers.sets import PRIORS


def run(*arguments):
    return CliRunner().invoke(export, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def fitted(results, tmp_path_factory):
    """The results with one posterior."""
    folder = tmp_path_factory.mktemp("fitted") / "mini_1"
    shutil.copytree(results, folder)
    clients = pd.read_parquet(folder / "simulated" / "routine_care" / "clients.parquet")
    data = from_clients(clients, dataset="routine_care", allow_empty=True)
    (folder / "posterior" / "routine_care").mkdir(parents=True)
    save(
        sample("intercept_only", data, PRIORS, 1, draws=200),
        folder / "posterior" / "routine_care" / "intercept_only.nc",
    )
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
    found = run(fitted, "--to", "draws", "--model", "intercept_only", "--out", tmp_path)
    assert found.exit_code == 0, found.output
    table = pd.read_csv(tmp_path / "intercept_only.csv")
    assert len(table) == 200 and {".chain", "therapist_sd", "therapist_effect[T001]"} <= set(table.columns)


@pytest.mark.trial(kind="refused", what="an export of what is not there: {more}")
@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--to", "csv", "--scenario", "nowhere"], "no scenario 'nowhere'; choose among routine_care"),
        (["--to", "draws", "--model", "growth"], "no posterior growth here (there: intercept_only)"),
        (["--to", "draws", "--dataset", "x"], "no posterior here (there: none)"),
    ],
)
def test_what_is_not_there_is_named(fitted, tmp_path, more, said):
    found = run(fitted, *more, "--out", tmp_path / "out")
    assert found.exit_code == 1 and said in found.output
    assert not (tmp_path / "out").exists()


@pytest.mark.trial(kind="refused", what="an export into a folder of something else")
def test_a_folder_of_something_else_is_refused(tmp_path):
    found = run(tmp_path, "--to", "csv")
    assert found.exit_code == 1 and "neither settings (.yaml) nor results" in found.output
    assert list(tmp_path.iterdir()) == []


SETTINGS = """
name: my_counts
data: {counts: counts.csv}
columns: {unit: team, n: courses, events: worse, period: year}
privacy: {small_numbers: SMALL}
"""


@pytest.fixture(params=["nhs", "none"])
def counts(request, tmp_path, monkeypatch):
    """Counts of eight teams as a service writes them, with its settings."""
    rows = [f"team {n},2023,{40 + 10 * n},{3 * n}" for n in range(8)]
    (tmp_path / "counts.csv").write_text("\n".join(["team,year,courses,worse", *rows, ""]))
    (tmp_path / "my_counts.yaml").write_text(SETTINGS.replace("SMALL", request.param))
    monkeypatch.chdir(tmp_path)
    return request.param, tmp_path


def test_settings_are_prepared_anew_and_small_numbers_kept_as_they_say(counts):
    rule, folder = counts
    found = run(folder / "my_counts.yaml", "--to", "csv")
    assert found.exit_code == 0, found.output
    assert "keep them as safe as the data they come from" in found.output
    table = pd.read_csv(folder / "results/my_counts/export/csv/counts.csv")
    assert table["deteriorated"].isna().sum() == (0 if rule == "none" else 2)
    assert set(table["deteriorated"].dropna() % 5 == 0) == ({True, False} if rule == "none" else {True})
    # The folder belongs to these settings now, so that an analysis of them may use it.
    assert (folder / "results/my_counts/.made_from").read_text().strip() == "../../my_counts.yaml"
    package = run(folder / "my_counts.yaml", "--to", "datapackage")
    assert package.exit_code == 0, package.output
    import frictionless

    assert frictionless.Package("results/my_counts/export/datapackage/datapackage.json").validate().valid


@pytest.mark.trial(kind="refused", what="an export of data that cannot be analysed")
def test_data_that_cannot_be_analysed_are_not_handed_on(tmp_path):
    (tmp_path / "counts.csv").write_text("team,year,courses,worse\na,2023,10,12\nb,2023,20,1\n")
    (tmp_path / "my_counts.yaml").write_text(SETTINGS.replace("SMALL", "none"))
    found = run(tmp_path / "my_counts.yaml", "--to", "csv", "--out", tmp_path / "out")
    assert found.exit_code == 1 and "12" in found.output
    assert not (tmp_path / "out").exists()


@pytest.mark.trial(kind="refused", what="an export over results of other settings")
def test_results_of_other_settings_are_not_touched(counts):
    _, folder = counts
    assert run(folder / "my_counts.yaml", "--to", "csv").exit_code == 0
    (folder / "other.yaml").write_text((folder / "my_counts.yaml").read_text())
    found = run(folder / "other.yaml", "--to", "csv")
    assert found.exit_code == 1 and "holds the results of" in found.output


@pytest.mark.parametrize("name", ["service", "export", "sessions", "counts"])
def test_every_column_of_the_examples_is_in_the_codebook(name):
    data = of_source(ROOT / "examples" / f"simulated_{name}.yaml")
    for table, columns in data.columns.items():
        assert list(columns) == list(data.tables[table].columns) and data.keys(table), table


def test_the_command_is_there():
    from iatrogenesis.cli import main

    found = CliRunner().invoke(main, ["export", "--help"])
    assert found.exit_code == 0 and "Frictionless data package" in found.output
