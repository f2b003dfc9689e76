"""The report of own data in a real browser: accessible, as wide as the screen, and it asks for nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from iatrogenesis.core.files import write_text
from iatrogenesis.own_data.figures import draw_all
from iatrogenesis.own_data.reporting.page import report
from tests.browser.conftest import DESK, PHONE
from tests.own_data.reporting.made_tables import about, settings, tables

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    drawn = draw_all(tables(), about(), settings(), folder)
    pictures = {path.stem: path.read_text(encoding="utf-8") for path in drawn if path.suffix == ".svg"}
    write_text(report(tables(), about(), settings(), pictures), folder / "report.html")
    return folder / "report.html"


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (DESK, "dark"), (PHONE, "light")])
def test_the_report_is_accessible_and_fits(visit, page_file, size, scheme):
    page = visit(page_file, size, scheme)
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert page.evaluate("[...document.images].every(one => one.complete && one.naturalWidth > 100)")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
