"""The exported folder is a Frictionless data package and keeps the rules of Psych-DS."""

import csv
import json
import re

import pandas as pd
import pytest

from iatrogenesis.own_data.exchange.package import path_of, write_package

# https://psychds-docs.readthedocs.io/en/latest/reference/schema/rules/files/tabular_data/data/Datafile/
DATA_FILE = re.compile(r"([a-z]+-[a-zA-Z0-9]+)(_[a-z]+-[a-zA-Z0-9]+)*_data\.csv")
# https://schema.org/PropertyValue, and its parent Thing
KNOWN = {"@type", "name", "description", "unitText", "minValue", "maxValue"}


def validated(folder):
    import frictionless

    return frictionless.Package(str(folder / "datapackage.json")).validate()


@pytest.fixture(params=["simulated", "own"])
def package(request, tmp_path):
    data = request.getfixturevalue(request.param)
    return data, tmp_path, write_package(data, tmp_path)


def test_frictionless_finds_it_valid(package):
    data, folder, _ = package
    report = validated(folder)
    assert report.valid, report.flatten(["type", "message"])
    rows = {task.name.replace("-", "_"): task.stats["rows"] for task in report.tasks}
    assert rows == {name: len(table) for name, table in data.tables.items()}


@pytest.mark.trial(kind="altered", what="{column} = {value} in an exported {table}")
@pytest.mark.parametrize(
    ("table", "column", "value", "kinds"),
    [
        ("clients", "phq9_first", "99", {"constraint-error"}),
        ("clients", "age_band", "old", {"constraint-error"}),
        ("clients", "n_sessions", "many", {"type-error"}),
        ("clients", "deteriorated", "perhaps", {"type-error"}),
        ("clients", "therapist_id", "T999", {"foreign-key"}),
        ("clients", "client_id", "", {"constraint-error", "primary-key"}),
        ("sessions", "client_id", "nobody", {"foreign-key"}),
        ("clients", "competence", "1.5", set()),  # a value that could be right: only the checksum tells
    ],
)
def test_frictionless_finds_a_wrong_value(simulated, tmp_path, table, column, value, kinds):
    write_package(simulated, tmp_path)
    path = tmp_path / path_of(simulated, table)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    rows[3][rows[0].index(column)] = value
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    found = {kind for (kind,) in validated(tmp_path).flatten(["type"])}
    assert kinds <= found and found & {"hash-count", "byte-count"}, found


def test_psych_ds_rules_hold(package):
    """Those of its page "Rules and conventions" that lead to errors."""
    _, folder, paths = package
    description = json.loads((folder / "dataset_description.json").read_text(encoding="utf-8"))
    assert description["@context"] == "https://schema.org" and description["@type"] == "Dataset"
    assert description["name"] and description["description"]
    measured = [one["name"] for one in description["variableMeasured"]]
    assert len(set(measured)) == len(measured)
    assert all(set(one) <= KNOWN and one["@type"] == "PropertyValue" for one in description["variableMeasured"])
    files = sorted((folder / "data").glob("*.csv"))
    assert files and set(files) == {path for path in paths if path.suffix == ".csv"}
    for path in files:
        assert DATA_FILE.fullmatch(path.name), path.name
        header = list(pd.read_csv(path, nrows=0).columns)
        assert set(header) <= set(measured)
        sidecar = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        assert [one["name"] for one in sidecar["variableMeasured"]] == header
        with path.open(newline="", encoding="utf-8") as file:
            assert {len(row) for row in csv.reader(file)} == {len(header)}


def test_a_column_that_means_two_things_says_both(simulated, tmp_path):
    write_package(simulated, tmp_path)
    description = json.loads((tmp_path / "dataset_description.json").read_text(encoding="utf-8"))
    (noticed,) = [one for one in description["variableMeasured"] if one["name"] == "noticed"]
    labels = [simulated.columns[table]["noticed"].label for table in ("clients", "sessions")]
    assert labels[0] != labels[1] and noticed["description"] == "; or: ".join(labels)


def test_the_same_data_give_the_same_bytes(simulated, tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    contents = []
    for folder in folders:
        folder.mkdir()
        contents.append([path.read_bytes() for path in write_package(simulated, folder)])
    assert contents[0] == contents[1]


def test_ids_shared_by_rows_are_no_key(own):
    from dataclasses import replace

    assert own.keys("clients") == ("client_id",)
    twice = pd.concat([own.tables["clients"]] * 2, ignore_index=True)
    assert replace(own, tables={"clients": twice}).keys("clients") == ()
