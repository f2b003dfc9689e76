"""A saved lesson: answers are hidden until asked for; its picture moves by mouse and keyboard, without a network."""

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe

from iatrogenesis.core.files import write_text
from iatrogenesis.figures.style import figure
from iatrogenesis.report.moving import Moving, Step
from iatrogenesis.report.notebook import page as lesson_page
from tests.browser.conftest import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LEVELS = ("low", "middle", "high")


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """A page with an answer, code that is hidden, and a picture that moves."""
    moving = Moving(
        "Burnout", [Step(one, f"net harm where burnout is {one}", figure(one)[0]) for one in LEVELS], first=1
    )
    outputs = [nbformat.v4.new_output("display_data", data={"text/plain": "", "text/html": moving._repr_html_()})]
    cells = [
        nbformat.v4.new_markdown_cell("# Trial\n\nGuess."),
        nbformat.v4.new_markdown_cell("Forty-two.", metadata={"tags": ["answer"]}),
        nbformat.v4.new_code_cell("secret = 1", outputs=outputs, metadata={"tags": ["hide-input"]}),
    ]
    path = tmp_path_factory.mktemp("lesson") / "lesson.html"
    write_text(lesson_page(nbformat.v4.new_notebook(cells=cells), "trial", "tiny", ""), path)
    return path


def seen_picture(page) -> str:
    (words,) = page.eval_on_selector_all(
        ".moving img", "all => all.filter(one => one.checkVisibility()).map(one => one.alt)"
    )
    return words


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_picture_moves_by_mouse_and_by_keyboard(visit, lesson, size):
    page = visit(lesson, size)
    assert seen_picture(page).endswith("is middle")
    page.get_by_text("high", exact=True).click()
    assert seen_picture(page).endswith("is high")
    for level in ("middle", "low"):
        page.keyboard.press("ArrowLeft")
        assert seen_picture(page).endswith(f"is {level}")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= size["width"]


def test_answers_and_code_are_hidden_until_asked_for(visit, lesson):
    page = visit(lesson)
    for words, button in (("Forty-two.", "Show the answer"), ("secret", "Code")):
        hidden = page.get_by_text(words).first
        assert not hidden.is_visible()
        page.get_by_text(button, exact=True).click()
        assert hidden.is_visible()


def test_paper_has_the_answers(visit, lesson):
    page = visit(lesson)
    page.emulate_media(media="print")
    assert page.get_by_text("Forty-two.").bounding_box()["height"] > 5
    assert not page.get_by_text("Show the answer").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessibility_rules_hold(visit, lesson, scheme):
    page = visit(lesson, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()[:4000]
