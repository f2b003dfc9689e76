"""Whatever an address says behind its #, the page stands, and its sliders stay between their ends."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from iatrogenesis.core.files import read_csv, write_text
from iatrogenesis.explorer.planner import page
from iatrogenesis.planning.usual import configured
from tests.conftest import CONFIG

pytestmark = pytest.mark.browser
PARTS = st.sampled_from(
    [
        *(
            "a=",
            "b=",
            "&",
            ",",
            "+",
            "=",
            "#",
            "'",
            '"',
            "%",
            "%00",
            "%E0%A4%A",
            "1e999",
            "-1",
            "NaN",
            "0x10",
            "99",
            "0.5",
        ),
        *("<img src=x onerror=alert(1)>", "__proto__=1", "constructor", "supervision", "\u202e"),
        "a=1,1,1,1,1,monitoring+repair",
    ]
)
FRAGMENTS = st.lists(PARTS | st.text(max_size=6), max_size=8).map("".join)
# Looks up what a page shows; one call for each address, because a page takes a moment to open and none to change.
GO = """async fragment => {
  location.hash = fragment;
  window.dispatchEvent(new Event("hashchange"));
  await new Promise(done => setTimeout(done, 0));
  const outside = [...document.querySelectorAll("input[type=range]")].filter(one =>
    !(Number(one.min) - 1e-6 <= Number(one.value) && Number(one.value) <= Number(one.max) + 1e-6));
  return [outside.map(one => one.id), document.querySelectorAll("img, iframe, main script").length,
    [...document.querySelectorAll("output")].every(one => !one.textContent.includes("NaN"))];
}"""
SAME_PAGE = settings(
    deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.fixture(scope="module")
def planner(tmp_path_factory):
    """The planning page, which needs no study."""
    path = tmp_path_factory.mktemp("planner") / "planner.html"
    text = page(read_csv(CONFIG / "planning_points.csv"), configured(CONFIG).numbers, {"study": "x", "commit": ""})
    write_text(text, path)
    return path


def tried(opened, examples: int) -> None:
    opened.wait_for_selector("body.ready")

    @settings(SAME_PAGE, max_examples=examples)
    @given(fragment=FRAGMENTS)
    def any_address(fragment):
        assert opened.evaluate(GO, fragment) == [[], 0, True]

    any_address()


@pytest.mark.trial(kind="refused", what="random addresses of the planning page")
def test_the_planning_page_takes_any_address(visit, planner):
    tried(visit(planner), 25)


@pytest.mark.slow
@pytest.mark.trial(kind="refused", what="random addresses of the explorer")
def test_the_explorer_takes_any_address(visit, pages):
    tried(visit(pages / "explorer.html"), 40)
