"""Every page, as people meet it: at a desk and on a phone, in light and dark, with a keyboard or read aloud."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import DESK, PHONE
from tests.conftest import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NOTEBOOKS = sorted(f"notebooks/{path.stem}" for path in (ROOT / "notebooks").glob("*.ipynb"))
PAGES = ("report", "supplement", "summary", "for_managers", "gallery", *NOTEBOOKS)
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


def unfold(page) -> None:
    """Open what is folded: rules and layout hold there too."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@SIZES
@pytest.mark.parametrize("name", PAGES)
def test_accessibility_rules_hold(visit, pages, name, size, scheme):
    page = visit(pages / f"{name}.html", size, scheme)
    unfold(page)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()[:6000]


@SIZES
@pytest.mark.parametrize("name", PAGES)
def test_the_page_itself_does_not_scroll_sideways(visit, pages, name, size):
    page = visit(pages / f"{name}.html", size)
    unfold(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("name", PAGES)
def test_every_picture_is_drawn_and_nothing_else_is_asked_for(visit, seen, pages, name):
    page = visit(pages / f"{name}.html")
    widths = page.evaluate("[...document.images].map(one => one.complete ? one.naturalWidth : 0)")
    assert widths and min(widths) > 100
    assert [url for url in seen.requests if not url.startswith("data:")] == [(pages / f"{name}.html").as_uri()]


@pytest.mark.parametrize("name", PAGES)
def test_dark_is_dark_and_light_is_light(visit, pages, name):
    for scheme, (least, most) in {"light": (200, 255), "dark": (0, 60)}.items():
        page = visit(pages / f"{name}.html", scheme=scheme)
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert all(least <= int(part) <= most for part in re.findall(r"\d+", colour)[:3]), (scheme, colour)


@pytest.mark.parametrize("name", PAGES)
def test_addresses_lead_somewhere(visit, pages, name):
    """Inside the page to its parts, outside it to files that are there; elsewhere only to DOIs."""
    path = pages / f"{name}.html"
    page = visit(path)
    for address in page.evaluate("[...document.links].map(one => one.getAttribute('href'))"):
        file, _, part = address.partition("#")
        if file and not file.startswith("https://doi.org/"):
            assert (path.parent / file).is_file(), address
        if part and (not file or file.endswith(".html")):
            text = (path.parent / (file or path.name)).read_text(encoding="utf-8")
            assert f'id="{part}"' in text, address


def test_the_keyboard_reaches_what_unfolds_and_what_scrolls(visit, pages):
    page = visit(pages / "supplement.html", PHONE)
    summary = page.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.get_attribute("open") is not None
    region = page.locator("details[open] .scroll").first
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)
    assert region.evaluate("one => one.scrollLeft") > 0


def test_paper_shows_what_the_page_folds(visit, pages):
    """A browser prints folded parts too."""
    page = visit(pages / "supplement.html")
    page.emulate_media(media="print")
    shown = page.evaluate(
        "[...document.querySelectorAll('details td, details pre')]"
        ".map(one => one.checkVisibility({contentVisibilityAuto: true}))"
    )
    assert len(shown) > 100 and all(shown)


@pytest.mark.parametrize(("name", "sheets"), [("for_managers", 1), ("summary", 2)])
def test_pages_fit_their_sheets_of_paper(visit, pages, name, sheets):
    printed = visit(pages / f"{name}.html").pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == sheets


def test_the_summary_shows_each_picture_once_whatever_the_screen(visit, pages):
    """In its colours, and its diagram upright on a phone; on paper in those of a light page."""
    for size in (DESK, PHONE):
        for scheme in ("light", "dark"):
            page = visit(pages / "summary.html", size, scheme)
            seen = "[...document.images].filter(one => one.checkVisibility()).map(one => one.className)"
            form = "down" if size == PHONE else "across"
            assert page.evaluate(seen) == [f"{scheme} {form}", *[scheme] * 5]
            page.emulate_media(media="print", color_scheme=scheme)
            assert page.evaluate(seen) == ["light across", *["light"] * 5]
