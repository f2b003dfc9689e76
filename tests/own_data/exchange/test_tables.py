"""Tables handed on as CSV, parquet and SPSS files come back as they were, with what they mean."""

import hashlib
import re
import subprocess
import time

import pandas as pd
import pytest
import yaml

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.exchange.codebook import Column, read_between, read_codebook
from iatrogenesis.own_data.exchange.dataset import typed
from iatrogenesis.own_data.exchange.tabular import codes, write_sav, write_tables
from iatrogenesis.study.codebook_page import page
from tests.conftest import ROOT
from tests.peers.test_r_packages import installed


def back(path, columns) -> pd.DataFrame:
    """An SPSS file with its value labels, in the types of the codebook."""
    import pyreadstat

    table, _ = pyreadstat.read_sav(path, apply_value_formats=True, formats_as_category=False)
    no_yes = {"no": False, "yes": True}
    for name, column in columns.items():
        if column.type == "yes or no":
            table[name] = table[name].map(no_yes)
        elif column.type == "text":
            table[name] = table[name].replace("", None)
    return typed(table, columns, "read back")


@pytest.mark.parametrize("name", ["clients", "sessions", "therapists", "therapist_weeks"])
def test_a_simulated_table_comes_back_from_spss(simulated, name, tmp_path):
    write_sav(simulated.tables[name], simulated.columns[name], tmp_path / "x.sav")
    pd.testing.assert_frame_equal(back(tmp_path / "x.sav", simulated.columns[name]), simulated.tables[name])


def test_own_tables_come_back_from_spss_with_dates_and_gaps(own, tmp_path):
    write_sav(own.tables["clients"], own.columns["clients"], tmp_path / "x.sav", own.title)
    found = back(tmp_path / "x.sav", own.columns["clients"])
    pd.testing.assert_frame_equal(found, own.tables["clients"])
    assert found["client_id"].tolist() == ["001", "002", "=1+1", "004"]  # no spreadsheet, so no apostrophe


def test_spss_has_the_labels_of_the_codebook(simulated, tmp_path):
    import pyreadstat

    columns = simulated.columns["clients"]
    write_sav(simulated.tables["clients"], columns, tmp_path / "x.sav", "A small study")
    _, meta = pyreadstat.read_sav(tmp_path / "x.sav", metadataonly=True)
    for name, column in columns.items():
        assert meta.column_names_to_labels[name].startswith(column.label)
        assert meta.variable_value_labels.get(name, {}) == codes(column), name
    assert meta.file_label == "A small study"
    assert meta.variable_measure["age_band"] == "nominal" and meta.variable_measure["phq9_first"] == "scale"


def test_the_same_table_gives_the_same_spss_bytes(own, tmp_path):
    def digest():
        write_sav(own.tables["clients"], own.columns["clients"], tmp_path / "x.sav")
        return hashlib.sha256((tmp_path / "x.sav").read_bytes()).hexdigest()

    first = digest()
    time.sleep(1.1)  # SPSS files say in which second they were made
    assert digest() == first


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_other_forms_come_back(simulated, form, tmp_path):
    write_tables(simulated, tmp_path, form)
    read = pd.read_csv if form == "csv" else pd.read_parquet
    for name, table in simulated.tables.items():
        found = typed(read(tmp_path / f"{name}.{form}"), simulated.columns[name], name)
        pd.testing.assert_frame_equal(found, table, rtol=1e-9)
    book = pd.read_csv(tmp_path / "codebook.csv", keep_default_na=False)
    assert set(book["table"]) == set(simulated.tables)
    assert len(book) == sum(table.shape[1] for table in simulated.tables.values())


def test_no_cell_of_own_csv_tables_becomes_a_formula(own, tmp_path):
    write_tables(own, tmp_path, "csv")
    text = (tmp_path / "clients.csv").read_text(encoding="utf-8")
    assert "\n'=1+1," in text and "\n=1+1" not in text
    assert ",-1.25," in text  # a negative number stays one


@pytest.mark.peers
@pytest.mark.skipif(not installed("haven"), reason="R with haven is not installed (apt packages)")
def test_r_reads_the_same(simulated, tmp_path):
    """`haven` gives codes with labels, `read.csv` logical columns."""
    write_tables(simulated, tmp_path, "csv")
    write_tables(simulated, tmp_path, "sav")
    script = """
    d <- haven::read_sav("clients.sav"); csv <- read.csv("clients.csv", na.strings = "")
    stopifnot(is.logical(csv$deteriorated), identical(as.integer(csv$deteriorated), as.integer(d$deteriorated)))
    stopifnot(identical(as.character(haven::as_factor(d$age_band)), csv$age_band))
    stopifnot(all.equal(as.numeric(d$competence), csv$competence, tolerance = 1e-8))
    stopifnot(identical(as.character(d$client_id), csv$client_id), attr(d$phq9_first, "label") != "")
    cat(nrow(d), ncol(d), sum(d$deteriorated, na.rm = TRUE), attr(d$deteriorated, "labels")[["yes"]])
    """
    done = subprocess.run(["Rscript", "-e", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    clients = simulated.tables["clients"]
    assert done.stdout.split() == [*map(str, clients.shape), str(clients["deteriorated"].sum()), "1"]


@pytest.mark.trial(kind="refused", what="values against the codebook: {values}")
@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        (Column(label="x", type="number", range=(0, 27)), [1, 99], "must hold 0 to 27 .row 1: 99"),
        (Column(label="x", type="whole number"), [1, 1.5], "must hold whole numbers .row 1: 1.5"),
        (Column(label="x", type="number"), [1, "much"], "must hold numbers .row 1: 'much'"),
        (Column(label="x", type="category", levels=("a", "b")), ["a", "c"], "one of a, b .row 1: 'c'"),
        (Column(label="x", type="yes or no"), [True, 2], "row 1: 2"),
        (Column(label="x", type="date"), ["2024-01-01", "2024-13-01"], "must hold dates .row 1"),
    ],
)
def test_what_is_not_as_the_codebook_says_is_refused(column, values, said):
    with pytest.raises(DataError, match=f"a table: column 'x' {said}" if said.startswith("must") else said):
        typed(pd.DataFrame({"x": pd.Series(values, dtype=object)}), {"x": column}, "a table")


def test_own_columns_are_named_after_their_instrument(own):
    columns = own.columns["clients"]
    assert columns["wai_first"].label == "First score on Working Alliance" and columns["wai_first"].range == (-5, 7)
    assert columns["x_problem"].label == "Case mix: problem"
    assert (columns["x_problem"].type, columns["x_previous"].type) == ("text", "number")


@pytest.mark.trial(kind="refused", what="an exported column without meaning")
def test_a_column_without_meaning_is_refused(prepared, codebooks):
    from iatrogenesis.own_data.exchange.dataset import of_prepared
    from iatrogenesis.own_data.prepared import Prepared

    odd = Prepared(prepared.about, {"clients": prepared.tables["clients"].assign(surname="Smith")})
    with pytest.raises(DataError, match="my_clinic, clients: column 'surname' is not in the codebook"):
        of_prepared(odd, codebooks[1])


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"type": "text"}, "clients.a.label: Field required"),
        ({"label": "A", "type": "text", "unti": "SD"}, "clients.a.unti"),
        ({"label": "A", "type": "category"}, "clients.a: .*have levels"),
        ({"label": "A", "type": "number", "range": [3, 1]}, "range ends before"),
    ],
)
def test_a_faulty_entry_of_the_codebook_is_named(tmp_path, entry, said):
    (tmp_path / "codebook.yaml").write_text(yaml.safe_dump({"clients": {"a": entry}}))
    with pytest.raises(DataError, match=said):
        read_codebook(tmp_path / "codebook.yaml")


BETWEEN = ROOT / "config" / "codebook_between.yaml"


def test_the_page_is_up_to_date(codebooks):
    written = (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8")
    assert written == page(*codebooks, read_between(BETWEEN)), "run make docs"


def test_every_column_of_the_codebook_is_on_the_page(codebooks):
    between = read_between(BETWEEN)
    text = page(*codebooks, between)
    for book in (*codebooks, between):
        for table, columns in book.items():
            assert re.search(f"^### `?{re.escape(table)}`?$", text, re.MULTILINE)
            assert all(f"| `{name}` | {about.label} |" in text for name, about in columns.items())
