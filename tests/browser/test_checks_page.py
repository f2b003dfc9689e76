"""The page of the checks in a real browser: accessible, and no wider than a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from iatrogenesis.core.files import write_text
from iatrogenesis.own_data.checks_page import page
from tests.browser.conftest import DESK, PHONE
from tests.own_data.test_preparing import messy, own, run, written

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checks")
    table = messy()
    table.loc[range(42, 82), "therapist_id"] = "t0" + "1" * 70
    table.loc[[90, 91], "therapist_id"] = "T02" + "\u202e"
    path = folder / "checks.html"
    write_text(page(run(written(folder, table)), own()), path)
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_page_is_accessible_and_fits(visit, path, size, scheme):
    opened = visit(path, size, scheme)
    opened.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    found = Axe().run(opened)
    assert found.violations_count == 0, found.generate_report()
    assert opened.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_links_lead_to_their_headings(visit, path):
    opened = visit(path)
    opened.click(".tally .warning a")
    assert opened.url.endswith("#warning")
    assert opened.locator("#warning").is_visible()
