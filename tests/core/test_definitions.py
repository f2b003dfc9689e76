"""One definition each: what follows from it everywhere, and that nobody derives it a second time."""

import re

import numpy as np
import pytest

from iatrogenesis.core import definitions
from iatrogenesis.core.sources import bibliography_keys
from iatrogenesis.evidence.published import read_evidence
from iatrogenesis.simulation_study.reproductions import Published
from tests.conftest import CONFIG, ROOT

SOURCE = [path for path in (ROOT / "src").rglob("*.py") if path.name != "definitions.py"]


def test_a_course_is_finished_when_there_is_a_change_to_judge():
    sessions = np.array([0, 1, 2, 20])
    assert definitions.finished(sessions).tolist() == [False, False, True, True]
    assert definitions.judged_sessions(sessions).tolist() == [0, 0, 1, 19]


def test_a_harmful_rate_is_a_multiple_of_the_mean_and_a_probability():
    assert definitions.harmful_rate(0.06) == pytest.approx(definitions.HARMFUL_RATIO * 0.06)
    assert definitions.harmful_rate(np.array([0.1, 0.7])).tolist() == [definitions.HARMFUL_RATIO * 0.1, 1.0]


def test_words_follow_the_numbers_and_sources_exist():
    assert definitions.SESSIONS_IN_WORDS in definitions.WORDS["finished"].meaning
    assert definitions.RATIO_IN_WORDS in definitions.WORDS["harmful"].meaning
    assert f"{definitions.FLAG_PROBABILITY:.2f}" in definitions.WORDS["flagged"].meaning
    codebook = (CONFIG / "codebook.yaml").read_text()
    assert f"Finished course: at least {definitions.SESSIONS_IN_WORDS} sessions" in codebook
    keys = bibliography_keys(CONFIG / "references.bib")
    for name, found in definitions.WORDS.items():
        assert found.source in keys or found.source == "a choice of this study", name


@pytest.mark.parametrize(
    "derived",
    [
        r"sessions?[\"'\])]* *>=? *[12]\b",
        r"> *2(\.0)? *\* *\w*(rate|mean|average)",
        r"exceeds[\"'\])]* *>=? *0?\.8",
    ],
    ids=["finished", "harmful", "flagged"],
)
def test_nobody_derives_a_definition_again(derived):
    again = [f"{path.name}: {line.strip()}" for path in SOURCE for line in path.read_text().splitlines()
             if re.search(derived, line) and not line.strip().startswith(("#", "*", "expected"))]  # fmt: skip
    assert again == []


def test_reproductions_take_their_numbers_from_the_evidence():
    evidence = read_evidence(CONFIG / "evidence.csv", bibliography_keys(CONFIG / "references.bib"))
    values = evidence.set_index("id")["value"]
    found = Published.of(dict(values))
    assert (found.harm_rate, found.spread, found.stability) == tuple(values[["D01", "T01", "B13"]])
