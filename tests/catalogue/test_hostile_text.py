"""No text of a user becomes markup, in no page; and templates have no place where it could."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes
from tests.conftest import ROOT
from tests.hostile import EVIL, HARMLESS, PAGES, Skeleton

TEMPLATES = sorted((ROOT / "src").rglob("*.html.j2"))


@pytest.mark.trial(kind="refused", what="markup in titles, labels, notes, ids and sources, on the page {name}")
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_the_same_elements_whatever_its_texts_say(tmp_path, name):
    made = PAGES[name]
    more = [tmp_path] if name == "checks of own data" else []
    evil, harmless = made(EVIL, *more), made(HARMLESS, *more)
    assert Skeleton(evil).found == Skeleton(harmless).found
    assert "window.evil=1</script>" not in evil and HARMLESS in harmless
    assert "<script>window" not in evil and "{{7*7}}" in evil


def test_there_are_templates():
    assert len(TEMPLATES) > 35


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name.removesuffix(".html.j2"))
def test_a_template_escapes_and_quotes_what_it_prints(path: Path):
    source = path.read_text(encoding="utf-8")
    tree = Environment(autoescape=True).parse(source)
    filters = {node.name for node in tree.find_all(nodes.Filter)}
    assert not filters & {"safe", "xmlattr", "forceescape"}, filters
    # An attribute without quotes ends at a blank of the text.
    assert not re.findall(r"""<[a-z][^<>]*[\w-]=\{\{""", source)
    assert not re.findall(r"\son[a-z]+\s*=|javascript:|\sstyle\s*=", source, re.IGNORECASE)
    # In scripts and styles other rules of escaping hold: they take our own files, and the drawing library.
    for block in re.findall(r"{% call page_(?:script|style)\(\) %}(.*?){% endcall %}", source, re.DOTALL):
        assert set(re.findall(r"\{\{\s*(.*?)\s*\}\}", block)) <= {"vega", "colours"}
    assert not re.search(r"<style|<script(?! type=\"application/json\")", source)
    # Links are our own, but for a part that changes no target; pictures are data, or refused by the policy.
    assert not re.findall(r'(?:href|action|formaction|data)="\{\{[^"]*"', source)
    assert all(tag in ("img", "source") for tag in re.findall(r'<(\w+)[^<>]*\ssrc="', source))
