"""The planning page in a real browser: its script says what the surface says."""

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe

from iatrogenesis.core.files import read_csv, write_text
from iatrogenesis.explorer.planner import page as planner_page
from iatrogenesis.planning.surface import DEGREES, Surface
from iatrogenesis.planning.surface_points import RANGES
from iatrogenesis.planning.usual import configured
from tests.browser.conftest import DESK, PHONE
from tests.conftest import CONFIG

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def table():
    return read_csv(CONFIG / "planning_points.csv")


@pytest.fixture
def planner(visit, table, tmp_path):
    """Open the page and wait until it has drawn."""
    path = tmp_path / "planner.html"
    write_text(planner_page(table, configured(CONFIG).numbers, {"study": "tiny", "commit": ""}), path)

    def opened(size=DESK, scheme="light", fragment=""):
        page = visit(path, size, scheme, fragment)
        page.wait_for_selector("body.ready")
        return page

    return opened


def test_the_script_evaluates_the_surface(planner, table):
    page = planner()
    chance = np.random.default_rng(3)
    low, high = np.log(list(RANGES.values())).T
    values = np.exp(chance.uniform(low, high, (40, len(RANGES))))
    settings = pd.DataFrame(values, columns=list(RANGES)).assign(odds_ratio=chance.uniform(1.05, 1.6, 40))
    found = pd.DataFrame([page.evaluate("s => window.planner.plan.at(s)", one) for one in settings.to_dict("records")])
    expected = Surface.of(table).at(settings)
    for name in DEGREES:
        assert found[name].to_numpy() == pytest.approx(expected[name].to_numpy(), abs=2e-6, rel=1e-6), name


def test_sliders_change_what_is_said_and_the_address_keeps_them(planner):
    page = planner()
    before = page.inner_text("#answer")
    assert "35 therapists after 3 years" in before
    page.locator("#therapists").evaluate("el => { el.value = Math.log(20); el.dispatchEvent(new Event('input')); }")
    after = page.inner_text("#answer")
    assert "20 therapists after 3 years" in after and after != before
    again = planner(fragment="#" + page.url.partition("#")[2])
    assert again.inner_text("#answer") == after
    page.click("#usual")
    assert page.inner_text("#answer") == before


def test_an_effect_larger_than_all_differences_is_said(planner):
    page = planner(fragment="#35,60,3,0.058,0.01,2.5,0.88")
    assert "differ more than they do in all" in page.inner_text("#answer")


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (DESK, "dark"), (PHONE, "light")])
def test_everybody_can_use_it(planner, size, scheme):
    page = planner(size, scheme)
    assert not Axe().run(page).response["violations"]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
