"""The site, built: whole, strict, without a request to outside, without a dead link, and it fits a phone."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

from iatrogenesis.core.files import write_text
from tests.browser.conftest import DESK, PHONE
from tests.conftest import ROOT

SITE = ROOT / "workflow" / "site"
MADE = tuple(f"{name}.html" for name in ("summary", "report", "explorer", "planner", "for_managers", "gallery"))


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site of the study tiny, with its pages if it has run; building it takes some 20 core seconds."""
    target = tmp_path_factory.mktemp("built") / "site"
    command = [sys.executable, str(SITE / "build.py"), "tiny", str(target)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert not run.stderr.strip()
    return target


def _pages(site: Path) -> dict[Path, BeautifulSoup]:
    """The site's own pages; those of the study have tests of their own."""
    return {
        path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in site.rglob("*.html")
        if path.relative_to(site).parts[0] not in ("tiny", "_static")
    }


@pytest.mark.slow
def test_every_document_and_every_part_of_the_library_has_a_page(site):
    assert {path.stem for path in (ROOT / "docs").glob("*.md")} <= {path.stem for path in site.glob("*.html")}
    packages = {
        ".".join(path.parent.relative_to(ROOT / "src").parts)
        for path in (ROOT / "src").rglob("__init__.py")
        if path.read_text().strip() and "templates" not in path.parts
    }
    assert packages <= {path.stem for path in (site / "api").glob("*.html")} and len(packages) > 20
    lessons = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {path.stem for path in (site / "tiny" / "notebooks").glob("*.html")} == lessons
    listed = BeautifulSoup((site / "tutorials.html").read_text(encoding="utf-8"), "html.parser").select(
        "article ol > li"
    )
    assert len(listed) == len(lessons) and all(one.get_text().strip().endswith("?") for one in listed)


@pytest.mark.slow
def test_pages_load_nothing_from_outside(site):
    asked = [
        (str(path.relative_to(site)), str(tag))
        for path, page in _pages(site).items()
        for tag in page.select("script[src], link[href], img[src], iframe[src], source[src], object[data]")
        if re.match(r"(\w+:)?//", tag.get("src") or tag.get("href") or tag.get("data"))
    ]
    styles = [
        str(path)
        for path in site.rglob("*.css")
        if re.search(r"""(url\(|@import)\s*["']?\s*(https?:)?//""", path.read_text(encoding="utf-8"))
    ]
    assert not asked and not styles


@pytest.mark.slow
def test_links_within_the_site_hold(site):
    pages = _pages(site)
    names = {path: {tag["id"] for tag in page.select("[id]")} for path, page in pages.items()}
    dead, held = [], 0
    for path, page in pages.items():
        for tag in page.select("a[href], img[src], script[src], link[href]"):
            address = tag.get("href") or tag.get("src")
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            there = target.is_file() and (
                not parts.fragment or target not in names or unquote(parts.fragment) in names[target]
            )
            held += there
            if not there:
                dead.append((str(path.relative_to(site)), address))
    assert not dead and held > 1000


@pytest.mark.slow
def test_pages_of_the_study_lead_to_pages_that_came_along(site):
    """A page that the study has not made yet is no dead link: `make report` makes it."""
    held, dead = 0, []
    for path in (site / "tiny").rglob("*.html"):
        for address in re.findall(r"""<a [^>]*href="([^"#:]+)["#]""", path.read_text(encoding="utf-8")):
            target = (path.parent / unquote(address)).resolve()
            held += target.is_file()
            made = (ROOT / "results" / "tiny" / target.relative_to(site / "tiny")).is_file()
            if not target.is_file() and (made or target.name not in MADE):
                dead.append((path.name, address))
    assert (
        not dead and held >= len(list((ROOT / "notebooks").glob("*.ipynb"))) * (site / "tiny" / "report.html").exists()
    )


@pytest.mark.slow
def test_equations_are_drawn_by_the_browser(site):
    page = BeautifulSoup((site / "nhs_services.html").read_text(encoding="utf-8"), "html.parser")
    equations = page.select("math")
    assert len(equations) > 10 and any(equation.get("display") == "block" for equation in equations)
    assert "$" not in page.select_one("article").get_text() and "\\mathrm" not in str(page)


@pytest.mark.slow
def test_a_dead_link_stops_the_build_and_keeps_the_site_that_was(tmp_path):
    for name in ("docs", "workflow", "notebooks", "examples", "src"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    (tmp_path / "site").mkdir()
    write_text("old", tmp_path / "site" / "index.html")
    write_text("# A\n\n[gone](gone.md)\n", tmp_path / "docs" / "a.md")
    command = [sys.executable, str(tmp_path / "workflow" / "site" / "build.py"), "tiny", str(tmp_path / "site")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1 and "docs/a.md: there is no docs/gone.md" in run.stderr
    assert (tmp_path / "site" / "index.html").read_text() == "old"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".site")]


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_can_be_read_by_everybody(site, browser, size, scheme):
    page = browser.new_page(viewport=size, color_scheme=scheme)
    for name in ("index", "tutorials", "configuration", "nhs_services", "workflow", "api/iatrogenesis.planning"):
        page.goto((site / f"{name}.html").as_uri())
        found = Axe().run(page).response["violations"]
        assert not found, [(name, fault["id"], fault["nodes"][0]["html"][:120]) for fault in found]
    page.close()


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_open_offline_and_fit_the_screen(site, browser, seen, size):
    page = browser.new_page(viewport=size)
    seen.watch(page)
    for name in ("index", "tutorials", "how_to", "configuration", "nhs_services", "workflow", "api/iatrogenesis.world"):
        page.goto((site / f"{name}.html").as_uri())
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, name
        assert page.locator("h1").count() == 1, name
    page.goto((site / "nhs_services.html").as_uri())
    heights = page.eval_on_selector_all("math", "drawn => drawn.map(one => one.getBoundingClientRect().height)")
    assert min(heights) > 5 and max(heights) < 100  # each on one line
    page.goto((site / "search.html").as_uri() + "?q=deterioration")
    page.wait_for_selector("#search-results li a", state="attached")
    page.close()
    assert not seen.faults
