"""The glossary has every measure and every table's jargon, names that exist, and sources that are there."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.sources import bibliography_keys
from iatrogenesis.harm.twins import MEASURES
from iatrogenesis.inference.checks import diagnostics, prior_sensitivity, recovery, sbc
from iatrogenesis.simulation_study.judge import COLUMNS, judged

ROOT = Path(__file__).resolve().parents[2]
TABLES = {
    "performance": COLUMNS,
    "diagnostics": tuple(diagnostics.table([]).columns),
    "sbc": sbc.COLUMNS,
    "prior_sensitivity": prior_sensitivity.COLUMNS,
    "therapist_effects": recovery.COLUMNS,
    "scenarios": tuple(MEASURES),
}
PLAIN = {  # plain words, and names that the table's own docstring explains
    *("method", "cell", "measure", "value", "failures", "dataset", "model", "passed", "reasons", "fallback"),
    *("rhat_of", "ess_bulk_of", "ess_tail_of", "quantity", "simulations", "spread", "p", "calibrated", "prior"),
    *("likelihood", "verdict", "truth", "truth_mcse", "estimate", "sd", "covered", "sessions"),
    *("deteriorated_per_client", "net_against_routine_care"),
}


def rows() -> list[tuple[str, str, str, str]]:
    """Term, names, definition and source of each entry."""
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    cells = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines if line.startswith("|")]
    return [row for row in cells if row[0] != "term" and set(row[0]) != {"-"}]


@pytest.fixture(scope="module")
def names() -> set[str]:
    return {name for row in rows() for name in re.findall(r"`([\w/.]+)`", row[1])}


@pytest.fixture(scope="module")
def measures() -> set[str]:
    """Every measure that a method can be judged by: with an effect and without one, and over therapists."""
    number, therapists = range(10), range(6)
    places = pd.MultiIndex.from_product([number, therapists], names=["replicate", "therapist"]).to_frame(index=False)
    rates = places.assign(rate=0.05 + 0.01 * places["therapist"])
    answers = rates.assign(score=rates["rate"], low=0.0, high=0.2, exceeds=0.9)
    some = np.linspace(0.1, 0.3, 10)
    estimates = pd.DataFrame(
        {"replicate": number, "estimate": some, "se": 0.1, "low": some - 0.2, "high": some + 0.2, "rejects": 1.0}
    ).assign(passed=True, problem="")
    estimates = pd.concat([estimates.assign(estimand=estimand) for estimand in ("effect", "nothing")])
    truth = pd.DataFrame({"estimand": ["effect", "nothing"], "truth": [0.2, 0.0]})
    truth = truth.assign(cell="a", world=0, replicate=np.nan, truth_mcse=0.0)
    return set(judged("a", "raw", frozenset({"effect", "nothing"}), estimates, answers, truth, rates, 10)["measure"])


def test_every_entry_has_four_cells_and_no_term_comes_twice():
    assert all(len(row) == 4 and all(row) for row in rows())
    terms = [row[0] for row in rows()]
    assert len(terms) == len(set(terms)) > 50


def test_every_measure_of_performance_is_defined(measures, names):
    assert {"power", "type_1_error", "fdr", "fpr", "not_passed", "failed"} <= measures
    assert measures <= names


@pytest.mark.parametrize("table", TABLES)
def test_every_columns_jargon_is_defined(table, names):
    assert set(TABLES[table]) - PLAIN <= names


def test_names_are_those_of_the_project(names):
    places = [*(ROOT / "src").rglob("*.py"), *(ROOT / "workflow" / "rules").glob("*.smk")]
    text = "\n".join(f"{path.stem}\n{path.read_text(encoding='utf-8')}" for path in places)
    assert [name for name in sorted(names) if not re.search(rf"\b{re.escape(name)}\b", text)] == []


def test_sources_exist():
    """A key of the bibliography, or an identifier that the code cites as well."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    keys = bibliography_keys(ROOT / "config" / "references.bib")
    cited = {row[3] for row in rows()} - {"definition"}
    assert len(cited) > 10
    assert [
        source for source in cited if source not in keys and not (re.match(r"10\.|arXiv:", source) and source in code)
    ] == []
