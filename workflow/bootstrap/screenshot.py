"""Photograph the explorer of the default study for README.md: results/reference/explorer.png. Needs Chromium."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "results" / "default" / "explorer.html"
WINTER = "#a=1.25,0,0,18,1,"  # a story that the page tells

if __name__ == "__main__":
    browser = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
    if browser is None or not PAGE.is_file():
        sys.exit(f"needs Chromium and {PAGE.relative_to(ROOT)}: install the one, `make report` makes the other")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = started.new_page(viewport={"width": 1180, "height": 760})
        page.goto(PAGE.as_uri() + WINTER)
        page.wait_for_selector("body.ready")
        page.wait_for_timeout(500)
        page.screenshot(path=ROOT / "results" / "reference" / "explorer.png")
        started.close()
