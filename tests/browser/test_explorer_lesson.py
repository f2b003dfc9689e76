"""The explorer as a lesson: stories, guess, twin, tour, presenter view, German, handout, slide."""

import re

import pytest

from iatrogenesis.core.files import read_csv
from iatrogenesis.explorer.settings import SLIDERS
from tests.browser.conftest import DESK, PHONE
from tests.browser.explorer import VIEWS, dots, put, says

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_stories_set_sliders_and_switches(explore, study, at):
    page = explore()
    words = study.words.languages["en"].stories
    offered = page.locator("#story-a option").evaluate_all("all => all.map(one => one.value)")
    for story in study.words.stories:
        assert (story.id in offered) == story.fits(study.config.explorer)
        if story.id not in offered:
            continue
        page.select_option("#story-a", story.id)
        for name, usually in zip(SLIDERS, at, strict=True):
            assert float(page.locator(f"#a-{name}").input_value()) == story.sliders.get(name, usually)
        for name in study.config.explorer.preventions:
            assert page.is_checked(f"#a-{name}") == (name in story.preventions)
        assert says(page, ".story") == words[story.id].story and words[story.id].ask in says(page, ".ask")
    put(page, burnout=0.25)
    assert says(page, ".story") == "A setting of your own."


def test_a_group_guesses_first(explore):
    page = explore()
    page.click("#guess-button")
    assert dots(page) == {"hidden": 1000} and not page.locator("#panel-a .net").is_visible()
    page.fill("#guess-number", "120")
    assert page.locator("#panel-a .ghosts > *").count() == 120
    page.keyboard.press("Enter")
    worse = sum(dots(page)[fate] for fate in ("worse_because", "worse_anyway"))
    assert page.locator("#guess-said").inner_text().startswith(f"You said 120; in this model it is {worse} (")
    assert page.locator("#panel-a .ghosts > *").count() == abs(120 - worse)


def test_one_client_and_the_twin_are_those_of_the_table(explore, pages):
    page, table = explore(fragment="#view=twin"), read_csv(pages / "tables" / "explorer_courses.csv")
    rows = table[(table["client"] == 1) & (table["world"] == "burned_out")]
    twin = table[(table["client"] == 1) & (table["world"] == "twin")]
    assert page.locator("#twin-says").inner_text().startswith("Week 1: ")
    last = page.locator("#twin-week").get_attribute("max")
    page.locator("#twin-week").fill(last)
    first, end, *others = (int(n) for n in re.findall(r"\d+", page.locator("#twin-result").inner_text()))
    assert (first, end) == (rows["score"].iloc[0], rows["score"].iloc[-1])
    assert others == [twin["score"].iloc[0], twin["score"].iloc[-1]]
    drawn = page.locator("[data-chart=score] svg .mark-symbol path").count()
    assert drawn >= len(rows) + len(twin)
    if rows["deteriorated"].iloc[0] and not rows["noticed"].any():
        assert "never noticed" in page.locator("#twin-result").inner_text()


def test_the_tour_shows_its_stops_with_notes_and_a_vote(explore, study):
    page = explore(DESK)
    page.click("#tour-button")
    assert "1 of" in page.locator("#tour-where").inner_text() and dots(page) == {"hidden": 1000}
    stops = [stop for stop in study.words.tour]
    for stop in stops[1:]:
        page.click("#tour-next")
        assert page.locator("body").get_attribute("data-view") == stop.view
        note = study.words.languages["en"].tour[stop.id].notes[0]
        assert note in page.locator("#tour-notes").inner_text()
        if stop.view == "vote":
            for name in ("repair", "supervision"):
                label = study.words.languages["en"].preventions[name].label
                page.click(f"[aria-label='One more for {label}']")
            page.click("#vote-show")
            assert page.is_checked("#a-repair") and page.is_checked("#a-supervision")
            assert "fewer" in says(page, ".change") and page.locator("#a-burnout").input_value() == "1.25"
    with page.expect_popup() as opened:
        page.click("#tour-apart")
    assert note in opened.value.locator("ul").inner_text() and not page.locator("#tour-notes").is_visible()
    opened.value.close()
    page.locator("#tour-notes").wait_for()
    page.select_option("#tour-which", "stories")
    assert study.words.languages["en"].stories["usual"].ask in page.locator("#tour-notes").inner_text()
    page.click("#tour-close")
    assert page.locator("#tour").is_hidden()


def test_the_presenter_view_works_by_keys(explore):
    page = explore(fragment="#a=0,0,0,15,1,")
    page.keyboard.press("g")
    assert page.locator("#guess").is_hidden()  # keys are for this view alone
    page.click("#present")
    page.keyboard.press("ArrowRight")
    assert page.locator("#a-burnout").input_value() == "0.25"
    page.keyboard.press("v")
    assert page.locator("body").get_attribute("data-view") == "courses"
    page.keyboard.press("d")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.keyboard.press("PageDown")
    assert page.locator("#tour").is_visible()
    page.keyboard.press("Escape")
    assert "presenting" not in (page.locator("body").get_attribute("class") or "")


def test_the_page_speaks_german(explore, study):
    assert explore().locator("#language").input_value() == "en"
    page = explore(PHONE, fragment="#a=1.25,0,0,18,1,&lang=de")
    words = study.words.languages["de"]
    assert page.locator("html").get_attribute("lang") == "de-DE"
    assert page.locator("h1").first.inner_text() == words.page["title"]
    assert says(page, ".story") == words.stories["winter"].story
    assert re.match(r"Von 1\.000 Klient:innen geht es am Ende \d+ mehr zuverlässig schlechter", says(page, ".net"))
    assert page.locator("output[for=a-burnout]").inner_text() == "+1,25 SD"
    english = set(study.words.languages["en"].page.values()) - set(words.page.values())
    left = page.locator("[data-t]").evaluate_all("all => all.map(one => one.textContent)")
    assert english & set(left) == set()
    for view in VIEWS:
        page.click(f"[data-view-button={view}]")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], view


def sheets(page):
    """How many sheets of paper a print takes."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize("fragment", ["#a=1.25,0,0,18,1,repair", "#a=1.25,0,0,18,1,repair&b=0,0,0,15,1,"])
def test_the_handout_is_one_sheet_with_a_title(explore, fragment):
    page = explore(DESK, fragment=fragment)
    page.emulate_media(media="print")
    assert page.locator(".handout h1").is_visible() and page.locator("#a-burnout").is_hidden()
    assert "+1.25 SD" in says(page, ".in-words") and "Mend ruptures" in says(page, ".in-words")
    assert page.locator("#panel-a .dots svg").is_visible()
    assert page.locator("#difference" if "&b=" in fragment else "#panel-a .numbers").is_visible()
    assert sheets(page) == 1
    page.emulate_media(media="screen")
    page.click("#present")
    page.emulate_media(media="print")
    assert sheets(page) == 1  # a slide


def test_the_picture_for_a_slide_is_drawn(explore):
    """As large as a slide, with the marks of the setting in their colours."""
    page = explore()
    found = page.evaluate(
        "() => { const made = explorer.slide(), pen = made.getContext('2d'); let marks = 0;"
        " const { data } = pen.getImageData(0, 0, made.width, made.height);"
        " for (let i = 0; i < data.length; i += 4)"
        "   if (data[i] === 0x8c && data[i + 1] === 0x2d && data[i + 2] === 4) marks++;"
        " return [made.width, made.height, marks]; }"
    )
    assert found[:2] == [1920, 1080] and found[2] > 500
