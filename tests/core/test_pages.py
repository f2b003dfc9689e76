"""Pages say what they may do: their own scripts and styles by hash, and nothing else."""

import base64
import hashlib

import pytest
from bs4 import BeautifulSoup
from jinja2 import DictLoader, UndefinedError

from iatrogenesis.core.pages import filled_page, strict_environment

HEAD = "<!DOCTYPE html><head>{{ content_policy }}</head>"
ONE = HEAD + (
    "{% call page_style() %}{% include 'own.css' %}{% endcall %}{% call page_script() %}go();{% endcall %}{{ told }}"
)
EVIL = '</script><script>alert(1)</script><meta http-equiv="Content-Security-Policy" content="<>">'


def page(template: str, **context: object) -> str:
    loader = DictLoader({"page": template, "own.css": "p { margin: 0 }"})
    return filled_page(strict_environment(loader), "page", context)


def policy(text: str) -> str:
    (found,) = BeautifulSoup(text, "html.parser").select("meta[http-equiv='Content-Security-Policy']")
    return found["content"]


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_what_a_page_brings_is_allowed_by_its_hash_and_nothing_else():
    found = policy(page(ONE, told="x"))
    assert found == (
        f"default-src 'none'; img-src data:; script-src {digest('go();')}; style-src {digest('p { margin: 0 }')}; "
        "base-uri 'none'; form-action 'none'"
    )


def test_a_page_without_scripts_allows_none():
    assert "script-src" not in policy(page(HEAD))


def test_hashes_are_of_what_a_browser_reads():
    text = page(HEAD + "{% call page_script() %}{{ vega }}{% endcall %}", vega="a;\r\nb;")
    script = BeautifulSoup(text, "html.parser").script.string
    assert script == "a;\nb;" and digest(script) in policy(text)


def test_a_page_compiles_webassembly_only_where_it_says_so():
    template = strict_environment(DictLoader({"page": ONE, "own.css": ""}))
    compiles = filled_page(template, "page", {"told": "x"}, compiles=True)
    assert f"script-src {digest('go();')} 'wasm-unsafe-eval';" in policy(compiles)
    assert "unsafe" not in policy(filled_page(template, "page", {"told": "x"}))


@pytest.mark.trial(kind="refused", what="a text with markup and a content policy of its own, in a page")
def test_a_text_adds_nothing_to_the_policy():
    told = page(ONE, told=EVIL)
    assert policy(told) == policy(page(ONE, told="x"))
    assert len(BeautifulSoup(told, "html.parser").find_all("script")) == 1


def test_a_script_that_would_end_early_is_refused():
    with pytest.raises(ValueError, match="would end early"):
        page(HEAD + "{% call page_script() %}let a = '</SCRIPT>'{% endcall %}")


@pytest.mark.parametrize("template", ["<head></head>", HEAD + HEAD])
def test_a_page_prints_its_policy_once(template):
    with pytest.raises(ValueError, match="prints its content policy once"):
        page(template)


def test_what_is_not_there_is_no_empty_text():
    with pytest.raises(UndefinedError):
        page(HEAD + "{{ forgotten }}")
