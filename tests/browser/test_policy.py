"""What the content policy of pages forbids, a real browser does not do."""

import pytest
from jinja2 import DictLoader
from markupsafe import Markup

from iatrogenesis.core.files import write_text
from iatrogenesis.core.pages import filled_page, strict_environment

pytestmark = pytest.mark.browser
PAGE = """<!DOCTYPE html><html lang="en"><head>{{ content_policy }}<title>x</title>
{% call page_style() %}p { color: rgb(1, 2, 3) }{% endcall %}</head><body><p id="told">{{ told }}</p>
{% call page_script() %}window.own = true;{% endcall %}</body></html>"""
# As if a template had forgotten to escape: the second line of defence.
FORGOTTEN = {
    "a script": "<script>window.evil = 1</script>",
    "a handler of a broken picture": "<img src='data:,' onerror='window.evil = 1'>",
    "a handler at once": "<svg onload='window.evil = 1'></svg>",
    "a script from outside": "<script src='https://example.org/a.js'></script>",
    "a picture from outside": "<img src='https://example.org/a.png'>",
    "a style from outside": "<link rel='stylesheet' href='https://example.org/a.css'>",
    "a style": "<style>p { color: red }</style>",
    "a frame": "<iframe srcdoc='<script>parent.evil = 1</script>'></iframe>",
    "another base": "<base href='https://example.org/'>",
}


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(text, id=what, marks=pytest.mark.trial(kind="refused", what=what))
        for what, text in FORGOTTEN.items()
    ],
)
def test_what_slipped_into_a_page_neither_runs_nor_asks(visit, seen, tmp_path, told):
    context = {"told": Markup(told)}  # noqa: S704 -- what must not happen
    write_text(filled_page(strict_environment(DictLoader({"page": PAGE})), "page", context), tmp_path / "page.html")
    opened = visit(tmp_path / "page.html")
    opened.wait_for_timeout(100)
    assert opened.evaluate("[window.own, window.evil ?? null, document.baseURI]") == [
        True,
        None,
        (tmp_path / "page.html").as_uri(),
    ]
    assert opened.evaluate("getComputedStyle(document.getElementById('told')).color") == "rgb(1, 2, 3)"
    assert seen.faults and all("Content Security Policy" in fault for fault in seen.faults)
    assert not [url for url in seen.requests if "example.org" in url]
    seen.faults.clear()


def test_eval_is_refused(visit, tmp_path):
    page = PAGE.replace("window.own = true;", "try { window.own = eval('1'); } catch (e) { window.own = e.name; }")
    filled = filled_page(strict_environment(DictLoader({"page": page})), "page", {"told": ""})
    write_text(filled, tmp_path / "page.html")
    assert visit(tmp_path / "page.html").evaluate("window.own") == "EvalError"
