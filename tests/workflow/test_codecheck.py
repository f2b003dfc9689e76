"""The manifest for codecheckers names what the workflow makes, and nothing that is not true yet."""

import pytest
import yaml

from iatrogenesis.study.codecheck_page import STUDY, page
from tests.conftest import CONFIG, ROOT
from tests.workflow.conftest import plan

FILE = ROOT / "codecheck.yml"


@pytest.fixture(scope="module")
def found() -> dict:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def test_the_file_is_what_make_docs_writes():
    assert FILE.read_text(encoding="utf-8") == page(CONFIG), "run `make docs`"


def test_it_has_what_the_specification_asks_of_authors_and_claims_no_check(found):
    assert "\n---\n" in FILE.read_text(encoding="utf-8")  # an explicit document
    assert found["version"] == "https://codecheck.org.uk/spec/config/1.0/"
    assert all(set(item) == {"file", "comment"} and item["comment"] for item in found["manifest"])
    assert found["paper"]["title"] and all(author["name"] for author in found["paper"]["authors"])
    assert not {"codechecker", "report", "certificate", "check_time", "summary"} & set(found)


@pytest.mark.slow
def test_every_file_is_one_that_make_report_makes(found, project):
    planned = plan(project, "--summary", "--config", f"study={STUDY}", "--cores", "1")
    assert planned.returncode == 0, planned.stderr[-2000:]
    made = {line.split("\t")[0] for line in planned.stdout.splitlines()}
    assert [item["file"] for item in found["manifest"] if item["file"] not in made] == []


@pytest.mark.slow
def test_a_finished_study_has_every_file(found, pages):
    for item in found["manifest"]:
        file = pages / item["file"].removeprefix(f"results/{STUDY}/")
        assert file.stat().st_size > 0
