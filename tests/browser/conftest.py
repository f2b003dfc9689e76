"""A real browser without network: pages are opened as files, and what they ask for or complain about is recorded."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from iatrogenesis.explorer.settings import usual
from tests.browser.explorer import PROJECTOR

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OWN = ("file:", "data:", "blob:", "about:")
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@dataclass
class Seen:
    """What the pages of one test did; `faults` is empty for a page that works offline."""

    requests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Record from now on; a request to outside is refused, so that no test depends on a network."""

        def decide(route: Route) -> None:
            url = route.request.url
            self.requests.append(url)
            if url.startswith(OWN):
                route.continue_()
            else:
                self.faults.append(f"asks for {url}")
                route.abort()

        page.route("**/*", decide)
        page.on("console", lambda said: self.faults.append(f"console: {said.text}") if said.type == "error" else None)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, without a window."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no browser here: looked for {', '.join(BROWSERS)} (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def seen() -> Seen:
    """What the pages of this test do."""
    return Seen()


@pytest.fixture
def visit(browser, seen) -> Iterator[Callable[..., Page]]:
    """Open a file at a size and in a colour scheme; at the end, whatever it asked for or complained about fails."""
    contexts = []

    def opened(path: Path, size: dict = DESK, scheme: str = "light", fragment: str = "") -> Page:
        context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        seen.watch(page)
        page.goto(path.as_uri() + fragment)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert seen.faults == []


@pytest.fixture
def explore(visit, pages):
    """Open the explorer and wait until it has drawn."""

    def opened(size=PROJECTOR, scheme="light", fragment=""):
        page = visit(pages / "explorer.html", size, scheme, fragment)
        page.wait_for_selector("body.ready")
        return page

    return opened


@pytest.fixture(scope="session")
def at(study):
    """Where the sliders stand as usual."""
    return usual(study.catalogue[study.config.explorer.world])
