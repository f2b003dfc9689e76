"""The explorer in a real browser: sliders and switches say and show what the tables say."""
# long: one page, opened in one browser

import re
from urllib.parse import unquote

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from scipy.stats import t

from iatrogenesis.core.files import read_csv, read_parquet
from iatrogenesis.explorer.charts import FATE_COLOURS
from iatrogenesis.explorer.measure import ALSO, FATES, WORK, clusters
from iatrogenesis.explorer.ranges import Ranges, headlines
from iatrogenesis.explorer.settings import SLIDERS, Setting, usual
from iatrogenesis.explorer.surface import Surface, jackknife_error
from iatrogenesis.explorer.tables import averages
from iatrogenesis.study.study import load_study
from tests.browser.conftest import DESK, PHONE
from tests.conftest import CONFIG

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MEGABYTES = 5


@pytest.fixture(scope="module")
def study():
    """The study whose page is looked at."""
    return load_study(CONFIG / "tiny.yaml", CONFIG)


@pytest.fixture(scope="module")
def at(study):
    """Where the sliders stand as usual."""
    return usual(study.catalogue[study.config.explorer.world])


@pytest.fixture(scope="module")
def table(pages):
    """Every simulated setting, by sliders and preventions."""
    found = read_csv(pages / "tables" / "explorer.csv").fillna({"preventions": ""})
    return found.set_index([*SLIDERS, "preventions"]).sort_index()


@pytest.fixture
def explore(visit, pages):
    """Open the explorer and wait until it has drawn."""

    def opened(size=DESK, scheme="light", fragment=""):
        page = visit(pages / "explorer.html", size, scheme, fragment)
        page.wait_for_selector("body.ready")
        return page

    return opened


def put(page, panel="a", **sliders):
    """Move sliders as a hand does: the browser tells the page after each."""
    for name, value in sliders.items():
        slider = page.locator(f"#{panel}-{name}")
        slider.evaluate(
            "(input, value) => { input.value = value; input.dispatchEvent(new Event('input')); }", str(value)
        )


def shown(page, panel="a"):
    """Numbers on the page, by name."""
    rows = page.locator(f"#panel-{panel} [data-number]")
    return {
        row.get_attribute("data-number"): number(row.locator(".value").inner_text())
        for row in rows.all()
    }  # fmt: skip


def number(text):
    """A number as people write it."""
    return float(text.replace(",", "").replace("−", "-"))


def dots(page, panel="a"):
    """How many marks of each fate the unit chart has."""
    fills = page.locator(f"#panel-{panel} [data-chart=clients] svg .mark-symbol path").evaluate_all(
        "marks => marks.map(mark => mark.getAttribute('fill'))"
    )
    return {fate: fills.count(colour) for fate, colour in FATE_COLOURS.items()}


def lines(page, chart, panel="a"):
    """The drawn paths of a chart."""
    return page.locator(f"#panel-{panel} [data-chart={chart}] svg path").evaluate_all(
        "paths => paths.map(path => path.getAttribute('d'))"
    )


def expect(page, row, panel="a"):
    """The page says, and its thousand marks show, what a row of the table says."""
    found = shown(page, panel)
    for name in (*ALSO, *WORK):
        digits = 1 if name == "sessions" else 0
        assert found[name] == pytest.approx(row[name], abs=0.5 * 10**-digits + 0.02), name
    for fate in FATES:
        assert found[fate] == pytest.approx(row[fate], abs=1), fate
    page.wait_for_function(
        "([panel, count]) => document.querySelectorAll(`#panel-${panel} [data-chart=clients] .mark-symbol path[fill='"
        + FATE_COLOURS["worse_because"]
        + "']`).length === count",
        arg=[panel, int(found["worse_because"])],
    )
    assert dots(page, panel) == {fate: int(found[fate]) for fate in FATES}
    assert sum(dots(page, panel).values()) == 1000


def test_it_is_one_file_of_few_megabytes_that_asks_for_nothing(explore, seen, pages):
    page = explore()
    assert [url.split("#")[0] for url in seen.requests] == [(pages / "explorer.html").as_uri()]
    assert (pages / "explorer.html").stat().st_size < MEGABYTES * 1e6
    assert page.locator("#panel-a .chart svg").count() == 4


def test_it_opens_with_the_usual_setting_as_the_table_has_it(explore, table, at):
    page = explore()
    row = table.loc[(*at, "")]
    expect(page, row)
    found = shown(page)
    worse, net = found["worse_because"] + found["worse_anyway"], found["worse_because"] - found["spared"]
    text = page.locator("#panel-a .answer").inner_text()
    assert text.startswith(f"Of 1,000 clients, {worse:.0f} end reliably worse (in plausible worlds between")
    assert f"): {net:.0f} more (between" in text and "than if competence" in text
    assert page.locator("#panel-a .how").inner_text() == "This very setting was simulated."


@pytest.mark.parametrize("name", SLIDERS)
def test_each_slider_changes_numbers_and_pictures_as_the_table_says(explore, study, table, at, name):
    page, place = explore(), SLIDERS.index(name)
    before = {chart: lines(page, chart) for chart in ("courses", "burnout", "places")}
    level = next(level for level in study.config.explorer.levels.by_slider()[name] if level != at[place])
    put(page, **{name: level})
    expect(page, table.loc[(*at[:place], level, *at[place + 1 :], "")])
    assert lines(page, "courses") != before["courses"]
    if name in ("burnout", "caseload"):
        assert lines(page, "burnout") != before["burnout"]
    assert lines(page, "places") != before["places"]


def test_each_switch_says_what_the_table_says_and_all_of_them_nearly(explore, study, table, at, surface):
    """What several do together is fitted to all the sets that were simulated."""
    page, names = explore(), study.config.explorer.preventions
    for name in names:
        page.check(f"#a-{name}")
        expect(page, table.loc[(*at, name)])
        page.uncheck(f"#a-{name}")
    for name in names:
        page.check(f"#a-{name}")
    said, row = averages(surface.at(Setting(at, tuple(names)))), table.loc[(*at, "+".join(names))]
    expect(page, said)
    for name in (*FATES, *ALSO, *WORK):
        assert said[name] == pytest.approx(row[name], rel=0.05, abs=2 * row[f"{name}_mcse"]), name
    for name in names:
        page.uncheck(f"#a-{name}")
    expect(page, table.loc[(*at, "")])


def test_the_interval_is_that_of_the_table(explore, table, study, at):
    page, row = explore(), table.loc[(*at, "")]
    half = t.ppf(0.975, clusters(study.config.explorer.design) - 1) * row["crises_mcse"]
    text = page.locator("#panel-a [data-number=crises] .interval").inner_text()
    assert [number(end) for end in text.split(" to ")] == pytest.approx(
        [row["crises"] - half, row["crises"] + half], abs=0.6
    )


def test_keys_move_a_slider_by_its_step(explore, study, at):
    page = explore()
    page.locator("#a-burnout").focus()
    page.keyboard.press("ArrowRight")
    step = study.words.sliders["burnout"].step
    assert float(page.locator("#a-burnout").input_value()) == at[0] + step
    assert page.locator("#panel-a output[for=a-burnout]").inner_text() == f"+{at[0] + step:.2f} SD"
    assert "Filled in between" in page.locator("#panel-a .how").inner_text()
    assert page.locator("#a-burnout").get_attribute("aria-valuetext").startswith("+0.25 SD above 60 of 100")


@pytest.fixture(scope="module")
def surface(study, at, pages):
    """What the page should say anywhere."""
    return Surface.of(study.config.explorer, at, read_parquet(pages / "explorer" / "settings.parquet"))


@pytest.fixture(scope="module")
def ranges(study, at, pages):
    """Where the page's headline numbers should lie in plausible worlds."""
    return Ranges.of(study.config.explorer, at, read_csv(pages / "tables" / "explorer_ranges.csv"))


@pytest.mark.parametrize(
    ("sliders", "preventions"),
    [
        ((0.6, -0.4, -0.3, 17, 1.3), ()),
        ((1.5, -1.5, -1, 20, 2), ("monitoring", "supervision", "caseload_limit", "repair")),
        ((-0.75, -0.25, 0, 16, 1.75), ("supervision", "repair")),
        ((0, 0, 0, 15, 1), ("monitoring", "repair")),
    ],
)
def test_the_page_fills_in_as_the_library_does(explore, study, surface, sliders, preventions):
    page, names = explore(), study.config.explorer.preventions
    on = [names.index(name) for name in preventions]
    found = page.evaluate("([sliders, on]) => explorer.at(sliders, on)", [list(sliders), on])
    said = surface.at(Setting(tuple(float(x) for x in sliders), preventions))
    assert found.keys() == said.keys()
    for name, value in said.items():
        assert found[name] == pytest.approx(value, rel=3e-3, abs=2e-3), name


@pytest.mark.parametrize(
    ("sliders", "preventions"),
    [
        ((0.0, 0.0, 0.0, 15.0, 1.0), ()),
        ((0.6, -0.4, -0.3, 17.0, 1.3), ("repair",)),
        ((-0.75, -1.5, 0.0, 20.0, 2.0), ("monitoring", "repair")),
        ((1.5, 0.0, -1.0, 15.0, 1.0), ("monitoring", "supervision", "caseload_limit", "repair")),
    ],
)
def test_ranges_are_those_of_the_library(explore, study, ranges, sliders, preventions):
    page, names = explore(), study.config.explorer.preventions
    now = {"sliders": list(sliders), "on": [names.index(name) for name in preventions]}
    setting = Setting(sliders, preventions)
    for headline, here in (("worse", 61.0), ("net", -3.5), ("net", 24.0)):
        found = page.evaluate("([name, now, here]) => explorer.ranges.at(name, now, here)", [headline, now, here])
        assert found == pytest.approx(ranges.range(headline, setting, here), abs=2e-3)
    usually = {"sliders": list(ranges.usual), "on": []}
    found = page.evaluate("([a, b]) => explorer.ranges.difference(a, b, 5)", [usually, now])
    assert found == pytest.approx(ranges.difference(Setting(ranges.usual), setting, 5.0), abs=2e-3)


def test_the_ranges_stand_beside_the_headline_numbers(explore, at, surface, ranges, study):
    """In one panel, and between two."""
    page = explore(fragment="#a=0,0,0,15,1,&b=1.5,0,0,20,1,")
    page.locator("#panel-b .chart svg").nth(3).wait_for()
    busy = Setting((1.5, 0.0, 0.0, 20.0, 1.0))
    one, other = (headlines(surface.at(setting)) for setting in (Setting(at), busy))
    low, high = ranges.range("worse", busy, other["worse"])
    assert f"between {low:.0f} and {high:.0f})" in page.locator("#panel-b .answer").inner_text()
    ends = [abs(round(end)) for end in ranges.range("net", busy, other["net"])]
    found = re.search(r"\(between (\d+)(?: fewer)? and (\d+) more\)", page.locator("#panel-b .answer").inner_text())
    assert [int(end) for end in found.groups()] == pytest.approx(ends, abs=1)
    ends = [abs(round(end)) for end in ranges.difference(Setting(at), busy, other["worse"] - one["worse"])]
    found = re.search(
        r"between (\d+)(?: fewer)? and (\d+) (more|fewer)", page.locator("#difference-answer").inner_text()
    )
    assert [int(end) for end in found.groups()[:2]] == pytest.approx(ends, abs=1)
    rests = page.locator(".rests").inner_text()
    assert f"nine of ten of {study.config.explorer.members} worlds that fit what is published" in rests


def test_ranges_are_said_in_words(explore):
    page = explore()
    for ends, words in (
        ([3.2, 12.4], "between 3 and 12 more"),
        ([-2, 7], "between 2 fewer and 7 more"),
        ([-12, -3], "between 3 and 12 fewer"),
        ([-0.2, 4], "between 0 and 4 more"),
        ([-4, 0.3], "between 0 and 4 fewer"),
        ([-0.1, 0.1], "as many"),
    ):
        assert page.evaluate("ends => moreRange(ends)", ends) == words


def test_two_settings_stand_side_by_side_with_their_difference(explore, table, surface, study, at):
    page = explore()
    assert page.locator("#panel-b").is_hidden() and page.locator("#difference").is_hidden()
    page.check("#compare")
    page.locator("#panel-b .chart svg").nth(3).wait_for()
    put(page, "b", burnout=1.5)
    busy, rested = (1.5, *at[1:]), at
    expect(page, table.loc[(*rested, "")])
    expect(page, table.loc[(*busy, "")], "b")
    boxes = [page.locator(f"#panel-{panel}").bounding_box() for panel in "ab"]
    assert boxes[0]["y"] == boxes[1]["y"] and boxes[1]["x"] >= boxes[0]["x"] + boxes[0]["width"]

    row = page.locator("[data-difference=worse_because]")
    change = table.loc[(*busy, ""), "worse_because"] - table.loc[(*rested, ""), "worse_because"]
    assert number(row.locator(".value").inner_text()) == pytest.approx(change, abs=0.6)
    one, other = (surface.at(Setting(sliders)) for sliders in (rested, busy))
    number_of = clusters(study.config.explorer.design)
    parts = [1000 * (other[f"worse_because.{i}"] - one[f"worse_because.{i}"]) for i in range(1, number_of + 1)]
    half = t.ppf(0.975, number_of - 1) * jackknife_error(parts)
    ends = [number(end) for end in row.locator(".interval").inner_text().split(" to ")]
    assert ends == pytest.approx([change - half, change + half], abs=0.6)
    worse = sum(other[f"{fate}.0"] - one[f"{fate}.0"] for fate in ("worse_because", "worse_anyway"))
    said = page.locator("#difference-answer").inner_text()
    assert f"In the second, {1000 * worse:.0f} more of 1,000 clients end reliably worse" in said
    page.uncheck("#compare")
    assert page.locator("#panel-b").is_hidden()


def test_the_same_setting_twice_differs_by_nothing(explore):
    page = explore()
    page.check("#compare")
    page.locator("#panel-b .chart svg").nth(3).wait_for()
    values = page.locator("[data-difference] .value").all_inner_texts()
    assert {number(value) for value in values} == {0.0} and not any("−" in value for value in values)
    assert "as many" in page.locator("#difference-answer").inner_text()


def test_the_link_brings_back_both_settings(explore):
    page = explore()
    put(page, burnout=1.25, caseload=18)
    page.check("#a-repair")
    page.check("#compare")
    put(page, "b", fit=-0.5)
    page.check("#b-monitoring")
    page.check("#b-supervision")
    fragment = "#" + page.url.split("#")[1]
    again = explore(fragment=fragment)
    for panel in "ab":
        assert shown(again, panel) == shown(page, panel)
        assert dots(again, panel) == dots(page, panel)
    for panel, name, value in (("a", "burnout", "1.25"), ("a", "caseload", "18"), ("b", "fit", "-0.5")):
        assert again.locator(f"#{panel}-{name}").input_value() == value
    assert again.is_checked("#a-repair") and not again.is_checked("#a-monitoring")
    assert again.is_checked("#b-monitoring") and again.is_checked("#b-supervision")
    assert unquote(again.url.split("#")[1]) == unquote(fragment[1:])


@pytest.mark.parametrize("fragment", ["#nonsense", "#a=", "#a=x,,,999,-5,prayer", "#b", "#a=NaN,1e9&a=2", "#%"])
def test_a_broken_link_opens_what_it_can(explore, fragment, at, study):
    page = explore(fragment=fragment)
    for name, levels in study.config.explorer.levels.by_slider().items():
        assert levels[0] <= float(page.locator(f"#a-{name}").input_value()) <= levels[-1]
    assert page.locator("#panel-a .answer").inner_text().startswith("Of 1,000 clients")


def test_stories_set_sliders_and_switches(explore, study, at):
    page = explore()
    offered = page.locator("#story-a option").all_inner_texts()
    for story in study.words.stories:
        assert (story.title in offered) == story.fits(study.config.explorer)
        if story.title not in offered:
            continue
        page.select_option("#story-a", label=story.title)
        for name, usually in zip(SLIDERS, at, strict=True):
            assert float(page.locator(f"#a-{name}").input_value()) == story.sliders.get(name, usually)
        for name in study.config.explorer.preventions:
            assert page.is_checked(f"#a-{name}") == (name in story.preventions)
        assert page.locator("#panel-a .story").inner_text() == story.story
    put(page, burnout=0.25)
    assert page.locator("#panel-a .story").inner_text() == "A setting of your own."


def test_the_handout_says_its_setting_in_words(explore):
    page = explore(fragment="#a=1.25,0,0,18,1,repair")
    page.emulate_media(media="print")
    assert page.locator("#a-burnout").is_hidden() and page.locator("#print").is_hidden()
    words = page.locator("#panel-a .in-words").inner_text()
    assert "Burnout of the therapists: +1.25 SD" in words and "mend ruptures" in words
    for chart in ("clients", "courses", "burnout", "places"):
        assert page.locator(f"#panel-a [data-chart={chart}] svg").is_visible()


def test_the_link_can_be_copied_or_is_explained(explore):
    page = explore()
    page.click("#copy")
    page.wait_for_function("document.getElementById('copied').textContent !== ''")
    assert re.match("Link copied|Copy the address", page.locator("#copied").inner_text())


def test_the_check_table_is_what_the_page_reports(explore, pages):
    check = read_csv(pages / "tables" / "explorer_check.csv")
    off = check.loc[check["outcome"] == "worse_because", "off_share"]
    text = explore().locator(".notes").inner_text()
    assert f"off by {100 * np.sqrt(np.mean(off**2)):.1f}" in text
    assert f"by {100 * off.abs().max():.1f}" in text


def test_what_the_check_simulated_is_near_what_the_page_says(pages, surface):
    """Random settings: within a fifth for the main outcome, most far nearer."""
    check = read_csv(pages / "tables" / "explorer_check.csv").fillna({"preventions": ""})
    because = check[check["outcome"] == "worse_because"]
    assert len(because) >= 2 and because["off_share"].abs().max() < 0.2
    row = because.iloc[0]
    on = tuple(name for name in row["preventions"].split("+") if name)
    said = averages(surface.at(Setting(tuple(float(row[name]) for name in SLIDERS), on)))
    assert said["worse_because"] == pytest.approx(row["page"], rel=1e-6)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("fragment", ["", "#a=1,0,0,15,1,&b=0,0,0,15,1,repair"], ids=["one", "two"])
def test_it_is_accessible_and_fits_the_screen(explore, size, scheme, fragment):
    page = explore(size, scheme, fragment)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    for name in ("slider", "switch"):
        box = page.locator(f"#panel-a .{name} input").first.bounding_box()
        assert box["height"] >= 16


def test_the_picture_stays_in_view_beside_the_last_switch(explore, study):
    page = explore(DESK)
    page.locator(f"#a-{study.config.explorer.preventions[-1]}").scroll_into_view_if_needed()
    page.evaluate(
        "window.scrollTo(0, document.querySelector('#panel-a .controls').getBoundingClientRect().bottom - innerHeight)"
    )
    for what in ("#panel-a .answer", "#panel-a [data-chart=clients]"):
        box = page.locator(what).bounding_box()
        assert 0 <= box["y"] < box["y"] + box["height"] <= DESK["height"], what


def test_of_two_settings_like_stands_beside_like(explore):
    """Also where one story is longer than the other."""
    page = explore(DESK, fragment="#a=0,0,0,15,1,&b=0.3,0,0,15,1,")
    page.locator("#panel-b .chart svg").nth(3).wait_for()
    for what in (".controls", ".outcomes", "[data-chart=clients]", "[data-chart=places]"):
        tops = [page.locator(f"#panel-{panel} {what}").bounding_box()["y"] for panel in "ab"]
        assert tops[0] == pytest.approx(tops[1], abs=60 if what == "[data-chart=places]" else 1), what
