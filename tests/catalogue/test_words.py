"""No name in a table is a word that readers of tables take for a missing value."""

import io

import pandas as pd
import pytest
from pandas._libs.parsers import STR_NA_VALUES
from tests.conftest import CONFIG, ROOT

from iatrogenesis.core.registry import declarations
from iatrogenesis.inference.models import KINDS, MODELS
from iatrogenesis.own_data.analysis import names as own_names
from iatrogenesis.simulation_study.methods import NAMES as METHODS

REFERENCE = ROOT / "results" / "reference"
# What R, Stata, SPSS and people write for it, beside what pandas reads so.
MISSING = {word.casefold() for word in STR_NA_VALUES} | {"missing", "#null!", "."}


def stems(*folders):
    return [path.stem for folder in folders for path in (CONFIG / folder).glob("*.yaml")]


def kinds():
    labels = [facts["LABEL"] for facts in declarations("iatrogenesis.simulation_study.methods", "LABEL").values()]
    yield "models", [*MODELS, *own_names.LABELS.values()]
    yield "methods", [*METHODS, *labels]
    yield "estimands", [*own_names.ESTIMANDS, *own_names.ESTIMANDS.values()]
    yield "data sets", list(KINDS)
    yield "scenarios", stems("scenarios")
    yield "mechanisms and preventions", stems("mechanisms", "preventions")
    for name, column in (("study_design", "cell"), ("evidence", "id")):
        table = pd.read_csv(CONFIG / f"{name}.csv", keep_default_na=False, dtype=str, comment="#")
        yield f"{name}.csv", [*table.columns, *table[column]]


@pytest.mark.parametrize(("kind", "found"), [pytest.param(kind, found, id=kind) for kind, found in kinds()])
def test_no_name_reads_as_missing(kind, found):
    assert found and not [name for name in found if name.casefold() in MISSING]


@pytest.mark.parametrize("path", sorted(REFERENCE.rglob("*.csv")), ids=lambda path: str(path.relative_to(REFERENCE)))
def test_committed_tables_read_the_same_with_the_defaults_of_pandas(path):
    """Any field that is not empty is a value."""
    text = path.read_text(encoding="utf-8")
    usual, plain = pd.read_csv(io.StringIO(text)), pd.read_csv(io.StringIO(text), keep_default_na=False, dtype=str)
    lost = {column: sorted(set(plain.loc[usual[column].isna() & (plain[column] != ""), column])) for column in plain}
    assert {column: words for column, words in lost.items() if words} == {}
