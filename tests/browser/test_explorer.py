"""The explorer in a real browser: sliders and switches say and show what the tables say."""

import re
from functools import cache
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe
from scipy.stats import t

from iatrogenesis.core.files import read_csv
from iatrogenesis.core.montecarlo import jackknife_error
from iatrogenesis.explorer.measure import ALSO, FATES, WORK, Measures, clusters
from iatrogenesis.explorer.ranges import Ranges, headlines
from iatrogenesis.explorer.settings import SLIDERS, Setting, by_kind, world_of
from tests.browser.conftest import PHONE
from tests.browser.explorer import PROJECTOR, VIEWS, dots, number, put, says, settled, shown

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MEGABYTES = 5
MEASURES = """now => {
  const { averages, series } = explorer.at(now.sliders, now.on);
  const listed = ([name, of]) => [name, of instanceof Map ? [...of] : of];
  return [averages, Object.fromEntries(Object.entries(series()).map(listed))];
}"""


@pytest.fixture(scope="module")
def table(pages):
    """Every simulated setting, by sliders and preventions."""
    found = read_csv(pages / "tables" / "explorer.csv").fillna({"preventions": ""})
    return found.set_index([*SLIDERS, "preventions"]).sort_index()


@pytest.fixture(scope="module")
def measured(study):
    """What the page should say at a setting: as the simulator measures it."""
    explorer = study.config.explorer
    names = (explorer.world, explorer.prevented, study.config.reference)
    world, prevented, reference = (study.catalogue[name] for name in names)
    measures = Measures.of(study.setup.apart("explorer"), explorer.design, world, reference)
    return cache(lambda setting: measures.measure(world_of(setting, world, by_kind(prevented))))


@pytest.fixture(scope="module")
def ranges(study, at, pages):
    """Where the page's headline numbers should lie in plausible worlds."""
    return Ranges.of(study.config.explorer, at, read_csv(pages / "tables" / "explorer_ranges.csv"))


def expect(page, row, panel="a"):
    """The page says, and its thousand marks show, what a row of the table says."""
    found = shown(page, panel)
    assert found["worse_because"] - found["spared"] == round(row["worse_because"] - row["spared"])
    for name in {*ALSO, *WORK} - {"spared"}:
        digits = 1 if name == "sessions" else 0
        assert found[name] == pytest.approx(row[name], abs=0.5 * 10**-digits + 0.02), name
    for fate in (*FATES, "spared"):
        assert found[fate] == pytest.approx(row[fate], abs=1), fate
    drawn = dots(page, panel)
    assert drawn == {fate: int(found[fate]) for fate in FATES if found[fate]} and sum(drawn.values()) == 1000


def test_it_is_one_small_file_that_opens_with_routine_care(explore, seen, pages, table, at, ranges, measured):
    page = explore()
    assert [url.split("#")[0] for url in seen.requests] == [(pages / "explorer.html").as_uri()]
    assert (pages / "explorer.html").stat().st_size < MEGABYTES * 1e6
    expect(page, table.loc[[(*at, "")]].iloc[0])
    here = headlines(measured(Setting(at)))
    low, high = ranges.range("net", Setting(at), here["net"])
    said = says(page, ".net")
    assert said.startswith(f"{abs(here['net']):.0f} {'more' if here['net'] > 0 else 'fewer'} of 1,000 clients")
    assert [int(n) for n in re.findall(r"\d+", said.split("(")[1])] == [abs(round(low)), abs(round(high))]
    assert "than if nothing in therapy did harm" in said and "average" not in said
    low, high = ranges.range("worse", Setting(at), here["worse"])
    assert f"({low:.0f} to {high:.0f})" in says(page, ".all")


def test_the_first_screen_of_a_projector_has_marks_slider_and_sentence(explore):
    """Marks lie apart, nothing is cut off, and caveats come below."""
    page = explore(PROJECTOR)
    for what in (".dots svg", ".key", "#a-burnout", ".net", ".change", "#story-a"):
        box = page.locator(f"#panel-a {what}").bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= PROJECTOR["height"], what
        assert box["x"] >= 0 and box["x"] + box["width"] <= PROJECTOR["width"], what
    assert page.locator(".rests").bounding_box()["y"] > page.locator("#panel-a .key").bounding_box()["y"]
    left, right = (page.locator(f"#panel-a {what}").bounding_box() for what in (".dots", "#a-burnout"))
    assert left["x"] + left["width"] <= right["x"]
    boxes = page.locator("#panel-a .dots svg > path").evaluate_all(
        "marks => marks.slice(0, 60).map(mark => mark.getBoundingClientRect())"
        ".map(box => [box.x, box.y, box.right, box.bottom])"
    )
    assert boxes[0][2] + 2 < boxes[25][0] and boxes[0][3] + 2 < boxes[1][1]


@pytest.mark.parametrize("name", SLIDERS)
def test_each_slider_says_what_the_table_says_and_keeps_a_ghost(explore, study, table, at, name):
    page, place = explore(), SLIDERS.index(name)
    was = sum(shown(page)[fate] for fate in ("worse_because", "worse_anyway"))
    end = next(end for end in study.config.explorer.ends.by_slider()[name] if end != at[place])
    put(page, **{name: end})
    expect(page, table.loc[[(*at[:place], end, *at[place + 1 :], "")]].iloc[0])
    now = sum(shown(page)[fate] for fate in ("worse_because", "worse_anyway"))
    assert page.locator("#panel-a .ghosts > *").count() == abs(now - was)
    assert page.locator(f"#panel-a .slider:has(#a-{name}) .was").is_visible() or name not in ("burnout",)
    assert re.search(r"Compared with before: (\d+ more|\d+ fewer|as many)", says(page, ".change"))
    assert ("average therapists" in says(page, ".net")) == (name != "vulnerability")


def test_each_switch_says_what_the_table_says(explore, study, table, at):
    page, names = explore(), study.config.explorer.preventions
    page.click("#panel-a .more > summary")
    for name in names:
        page.check(f"#a-{name}")
        expect(page, table.loc[[(*at, name)]].iloc[0])
        page.uncheck(f"#a-{name}")
    for name in names:
        page.check(f"#a-{name}")
    expect(page, table.loc[[(*at, "+".join(names))]].iloc[0])


@pytest.fixture
def waiting(pages, tmp_path):
    """The page as it is where repair waits for monitoring: what waits in the default study is not in the tiny one."""
    text = (pages / "explorer.html").read_text(encoding="utf-8")
    found, count = re.subn(r'("name":"repair","averts":[^}]*?"needs":)null', r'\1"monitoring"', text)
    assert count == 1
    (tmp_path / "explorer.html").write_text(found, encoding="utf-8")
    return tmp_path / "explorer.html"


def test_a_switch_that_waits_for_another_says_so(visit, waiting):
    page = visit(waiting, PROJECTOR, fragment="#a=0,0,0,15,1,repair")
    page.wait_for_selector("body.ready")
    assert "“Mend ruptures” needs “Watch the scores”, and was left out" in page.locator("#notice").inner_text()
    page.click("#panel-a .more > summary")
    assert page.is_disabled("#a-repair") and not page.is_checked("#a-repair")
    assert "Needs “Watch the scores”" in page.locator("#a-repair-does").inner_text()
    page.check("#a-monitoring")
    page.check("#a-repair")
    assert "Needs" not in page.locator("#a-repair-does").inner_text()
    page.uncheck("#a-monitoring")
    assert page.is_disabled("#a-repair") and not page.is_checked("#a-repair")


@pytest.mark.parametrize(
    ("sliders", "preventions"),
    [
        ((0.6, -0.4, -0.3, 17, 1.3), ()),
        ((1.5, -1.5, -1, 20, 2), ("monitoring", "supervision", "caseload_limit", "repair")),
        ((-0.75, -0.25, 0, 16, 1.75), ("supervision", "repair")),
    ],
)
def test_the_page_simulates_as_the_library_does(explore, study, measured, ranges, sliders, preventions):
    """All averages, with each service left out, and all series, to the last digits of what a browser calculates."""
    page, names = explore(), study.config.explorer.preventions
    now = {"sliders": list(sliders), "on": [names.index(name) for name in preventions]}
    setting = Setting(tuple(float(x) for x in sliders), preventions)
    averages, series = page.evaluate(MEASURES, now)
    found = {f"{name}.{i}": value for name, parts in averages.items() for i, value in enumerate(parts)}
    found |= {"places": series.pop("places")}
    found |= {f"{name}@{place}": value for name, places in series.items() for place, value in places}
    said = measured(setting)
    assert found.keys() == said.keys()
    for name, value in said.items():
        assert found[name] == pytest.approx(value, rel=1e-9, abs=1e-9), name
    for headline, here in (("worse", 61.0), ("net", -3.5)):
        found = page.evaluate("([name, now, here]) => explorer.ranges.at(name, now, here)", [headline, now, here])
        assert found == pytest.approx(ranges.range(headline, setting, here), abs=2e-3)
    usually = {"sliders": list(ranges.usual), "on": []}
    found = page.evaluate("([a, b]) => explorer.ranges.difference(a, b, 5)", [usually, now])
    assert found == pytest.approx(ranges.difference(Setting(ranges.usual), setting, 5.0), abs=2e-3)


def test_ranges_are_said_in_words(explore):
    page = explore()
    for ends, words in (
        ([3.2, 12.4], "between 3 and 12 more"),
        ([-2, 7], "between 2 fewer and 7 more"),
        ([-12, -3], "between 3 and 12 fewer"),
        ([-4, 0.3], "between 0 and 4 fewer"),
        ([-0.1, 0.1], "as many"),
    ):
        assert page.evaluate("ends => explorer.words.moreRange(ends)", ends) == words


def test_two_settings_begin_alike_and_show_their_difference(explore, table, measured, study, at):
    page = explore()
    put(page, burnout=1.25)
    page.click("#compare")
    settled(page)
    assert page.locator("#b-burnout").input_value() == "1.25"
    assert page.locator("#difference-answer").inner_text() == "Both are set alike. Change one of them."
    said = page.locator("[data-difference] td").evaluate_all("cells => cells.map(cell => cell.textContent)")
    assert set(said) == {"0", "0.0", ""}
    put(page, "a", burnout=0)
    put(page, "b", burnout=1.5)
    busy, rested = (1.5, *at[1:]), at
    expect(page, table.loc[[(*rested, "")]].iloc[0])
    expect(page, table.loc[[(*busy, "")]].iloc[0], "b")
    for panel in "ab":
        above, below = (page.locator(f"#panel-{panel} {what}").bounding_box() for what in (".dots", ".lever"))
        assert above["y"] + above["height"] <= below["y"] < below["y"] + below["height"] < PROJECTOR["height"]
    tops = [page.locator(f"#panel-{panel} .lever").bounding_box()["y"] for panel in "ab"]
    assert tops[0] == pytest.approx(tops[1], abs=1)
    page.click("[data-view-button=numbers]")
    row = page.locator("[data-difference=worse_because]")
    change = table.loc[[(*busy, "")], "worse_because"].iloc[0] - table.loc[[(*rested, "")], "worse_because"].iloc[0]
    found = [shown(page, panel)["worse_because"] for panel in "ab"]
    assert number(row.locator(".value").inner_text()) == found[1] - found[0] == pytest.approx(change, abs=1)
    one, other = (measured(Setting(sliders)) for sliders in (rested, busy))
    many = clusters(study.config.explorer.design)
    parts = [1000 * (other[f"worse_because.{i}"] - one[f"worse_because.{i}"]) for i in range(1, many + 1)]
    half = t.ppf(0.975, many - 1) * jackknife_error(parts)
    ends = [number(end) for end in row.locator(".interval").inner_text().split(" to ")]
    assert ends == pytest.approx([change - half, change + half], abs=0.6)
    page.click("#compare")
    assert page.locator("#panel-b").is_hidden()


def test_the_link_brings_back_everything(explore):
    page = explore()
    put(page, burnout=1.25, caseload=18)
    page.click("#panel-a .more > summary")
    page.check("#a-repair")
    page.click("#compare")
    put(page, "b", fit=-0.5)
    page.click("[data-view-button=numbers]")
    fragment = "#" + page.url.split("#")[1]
    again = explore(fragment=fragment)
    for panel in "ab":
        assert shown(again, panel) == shown(page, panel)
    for panel, name, value in (("a", "burnout", "1.25"), ("a", "caseload", "18"), ("b", "fit", "-0.5")):
        assert again.locator(f"#{panel}-{name}").input_value() == value
    assert again.locator("body").get_attribute("data-view") == "numbers"
    assert unquote(again.url.split("#")[1]) == unquote(fragment[1:]) and again.locator("#notice").is_hidden()


@pytest.mark.parametrize(
    ("fragment", "said"),
    [
        ("#nonsense", "“nonsense” means nothing here"),
        ("#a=x,,,999,-5,prayer", "“x” is no number"),
        ("#a=x,,,999,-5,prayer", "Clients per therapist: 999 lies outside"),
        ("#a=0,0,0,15,1,prayer", "“prayer” is no step"),
        ("#view=zoo", "“view=zoo” means nothing here"),
        ("#%", "“%” means nothing here"),
    ],
)
@pytest.mark.trial(kind="refused", what="a link to the explorer: {fragment}")
def test_an_impossible_link_says_so(explore, fragment, said, study):
    page = explore(fragment=fragment)
    assert said in page.locator("#notice").inner_text()
    for name, (low, high) in study.config.explorer.ends.by_slider().items():
        assert low <= float(page.locator(f"#a-{name}").input_value()) <= high


@pytest.mark.trial(kind="refused", what="the explorer in a browser without WebAssembly")
def test_a_browser_that_cannot_simulate_says_so(browser, pages):
    page = browser.new_page()
    page.add_init_script("delete window.WebAssembly")
    page.goto((pages / "explorer.html").as_uri())
    page.wait_for_selector("#notice:not([hidden])")
    assert "cannot run the simulator" in page.locator("#notice").inner_text()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PROJECTOR, PHONE], ids=["projector", "phone"])
def test_every_view_is_accessible_and_fits_the_screen(explore, size, scheme):
    page = explore(size, scheme, "#a=1,0,0,15,1,")
    for view in VIEWS:
        page.click(f"[data-view-button={view}]")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], view
        found = Axe().run(page)
        assert found.violations_count == 0, (view, found.generate_report())
    page.click("[data-view-button=clients]")
    page.click("#compare")
    page.click("#tour-button")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollHeight") < 5000
