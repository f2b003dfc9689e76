"""What is written for the site from code: links, docstrings, rules and fields; tests/browser/test_site.py builds it."""

import json
import re
import sys

import griffe
import pytest

from iatrogenesis.core.files import write_text
from tests.workflow.conftest import ROOT

SITE = ROOT / "workflow" / "site"
sys.path.insert(0, str(SITE))
import links  # noqa: E402
import prose  # noqa: E402
import rules  # noqa: E402
import settings  # noqa: E402


def test_links_lead_to_pages_of_the_site_or_to_copies(tmp_path):
    for name in ("docs/.keep", "results/of/.keep"):
        (tmp_path / name).parent.mkdir(parents=True)
    for name in ("docs/a.md", "docs/b.md", "CONTRIBUTING.md", "results/x.csv", "results/of/y.csv"):
        write_text("# x\n", tmp_path / name)
    text = (
        "[b](b.md#part) [c](../CONTRIBUTING.md) [x](../results/x.csv) [y](../results/of) "
        "[w](https://example.org) `[n](no.md)`"
    )
    found = links.relinked(text, links.PurePosixPath("docs/a.md"), tmp_path, tmp_path / "site")
    assert found == (
        "[b](b.md#part) [c](contributing.md) [x](files/results/x.csv) [y](files/results/of.md) "
        "[w](https://example.org) `[n](no.md)`"
    )
    assert (tmp_path / "site/files/results/x.csv").is_file()
    assert "(of/y.csv)" in (tmp_path / "site/files/results/of.md").read_text()


def slugs(text: str) -> set[str]:
    """Anchors of headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_between_documents_hold_on_code_hosts_too(tmp_path):
    pages = [*ROOT.glob("docs/*.md"), *(ROOT / name for name in links.PAGES), ROOT / "CODE_OF_CONDUCT.md"]
    anchored = 0
    for page in pages:
        place = links.PurePosixPath(page.relative_to(ROOT))
        text = page.read_text(encoding="utf-8")
        links.relinked(text, place, ROOT, tmp_path)
        for target, anchor in re.findall(r"\]\(([^)\s#:]*)#([^)\s]+)\)", text):
            there = (ROOT / links.resolved(place, target)) if target else page
            assert anchor in slugs(there.read_text(encoding="utf-8")), f"{place}: {target}#{anchor}"
            anchored += 1
    assert anchored > 3


def test_a_link_to_nothing_is_refused(tmp_path):
    with pytest.raises(links.LinkError, match=r"docs/a\.md: there is no docs/gone\.md: mend the link gone\.md"):
        links.relinked("[gone](gone.md)", links.PurePosixPath("docs/a.md"), tmp_path, tmp_path)


def test_docstrings_keep_their_equations_tables_and_signs():
    ruled = ["===  ===", "a    b", "===  ===", "1    2", "===  ==="]
    equations = ["drugs = 0 for <some>, else 1:", "        u < share", "burden = drugs"]
    text = ["A *true* rate <x> of a_b * c, ``code_[1]``::", "", "    x = y [z]", "", *ruled, "", *equations, "", "End."]
    assert prose.markdown("\n".join(text)).splitlines() == [
        r"A *true* rate \<x> of a\_b \* c, ``code_[1]``:",
        *("", "```text", "x = y [z]", "```"),
        *("", "```text", *ruled, "```"),
        *("", "```text", *equations, "```"),
        *("", "End."),
    ]
    assert "```" not in prose.markdown("- one\n    of two lines")


def test_a_docstring_has_a_table_for_its_parameters():
    parameters = ["Parameters", "----------", "x : int | None", "    How many; 0 < x.", ""]
    text = "\n".join(["Do.", "", *parameters, "Raises", "------", "ValueError", "    If none.", ""])
    lines = prose.sections(griffe.Docstring(text))
    assert r"| `x` | `int \| None` | How many; 0 \< x. |" in lines and "|  | `ValueError` | If none. |" in lines


def test_the_picture_of_the_rules_is_a_table_too():
    boxes = ['  subgraph a_smk["stage"]', "    one", '    fit["fit (one a model)"]', "  end", "  one --> fit"]
    picture = "\n".join(["```mermaid", "flowchart LR", *boxes, "```"])
    text = rules.as_table(f"before\n\n{picture}\n\nafter")
    assert "| stage | `one` |  |" in text and "| stage | `fit` (one a model) | `one` |" in text
    assert text.startswith("before") and text.endswith("after")
    with pytest.raises(ValueError, match="make graph"):
        rules.as_table("nothing")


def test_every_field_of_the_configuration_is_there(tmp_path):
    settings.write(ROOT / "workflow" / "schemas", tmp_path / "page.md")
    page = (tmp_path / "page.md").read_text()
    for name in settings.FILES:
        schema = json.loads((ROOT / "workflow" / "schemas" / f"{name}.schema.json").read_text())
        for part in (schema, *schema.get("$defs", {}).values()):
            for field, what in part.get("properties", {}).items():
                assert f"| `{field}` | {settings._kind(what, name)}" in page, (name, field)
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= set(re.findall(r"^\(([^)]+)\)=$", page, re.MULTILINE))
