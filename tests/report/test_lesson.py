"""A notebook's page hides what is tagged so until it is asked for, and a picture moves on it without a script."""

import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from matplotlib.figure import Figure

from iatrogenesis.report.lesson import CODE, HIDDEN, LIVE
from iatrogenesis.report.moving import LOOK, MOST, Moving, Step
from iatrogenesis.report.notebook import page
from tests.report.test_notebooks import NOTEBOOKS

TAGS = {CODE, LIVE, *HIDDEN}


def told(text, *tags):
    return nbformat.v4.new_markdown_cell(text, metadata={"tags": list(tags)})


def ran(source, output, *tags):
    data = {"text/plain": "", "text/html": output}
    outputs = [nbformat.v4.new_output("display_data", data=data)]
    return nbformat.v4.new_code_cell(source, outputs=outputs, metadata={"tags": list(tags)})


def shown(*cells) -> BeautifulSoup:
    book = nbformat.v4.new_notebook(cells=[told("# Trial"), *cells])
    return BeautifulSoup(page(book, "trial", "tiny", ""), "html.parser")


def steps(number):
    return [Step(f"{k} <b>", f"the picture of “{k}”", Figure(figsize=(1, 1))) for k in range(number)]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def cells(request):
    return nbformat.read(request.param, as_version=4).cells


def tagged(cells, tag):
    return [cell for cell in cells if tag in cell.metadata.get("tags", [])]


def test_every_notebook_has_a_question_a_guess_a_picture_and_an_exercise_with_a_solution(cells):
    assert "\n\n**Question.** " in cells[0].source and "?" in cells[0].source.split("**Question.**")[1]
    guess = next(place for place, cell in enumerate(cells) if "## Guess first\n" in cell.source)
    answers = [place for place, cell in enumerate(cells) if "answer" in cell.metadata.get("tags", [])]
    assert answers and guess < answers[0], "the guess comes before the answer"
    assert any(cells[place].cell_type == "code" for place in answers)
    exercise = next(place for place, cell in enumerate(cells) if "## Exercise\n" in cell.source)
    solution = cells[exercise + 1 :]
    assert len(solution) > 2 and tagged(solution, "solution") == solution, "the solution follows, and ends the lesson"
    assert any("# Picture: " in cell.source for cell in solution)
    assert solution[0].metadata["jp-MarkdownHeadingCollapsed"], "folded in Jupyter too"


def test_tags_are_those_that_the_page_knows(cells):
    assert {tag for cell in cells for tag in cell.metadata.get("tags", [])} <= TAGS
    for cell in cells:
        hidden = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        assert hidden == (CODE in cell.metadata.get("tags", [])), "code is hidden on the page and in Jupyter alike"


def test_trainers_see_no_code():
    cells = nbformat.read(NOTEBOOKS[1], as_version=4).cells
    assert tagged(cells, CODE) == [cell for cell in cells if cell.cell_type == "code"]


def test_neighbours_are_hidden_together_and_nothing_else_is():
    found = shown(
        told("before"),
        ran("a = 1", "<p>one</p>", "answer"),
        told("two", "answer"),
        told("between"),
        told("three", "answer"),
        told("four", "solution"),
    )
    folds = found.select("details.asked")
    assert [fold.summary.get_text() for fold in folds] == ["Show the answer", "Show the answer", "Show a solution"]
    assert not [fold for fold in folds if fold.has_attr("open")]
    texts = [fold.get_text() for fold in folds]
    assert "one" in texts[0] and "two" in texts[0] and "three" in texts[1] and "four" in texts[2]
    for fold in folds:
        fold.decompose()
    left = found.main.get_text()
    assert "before" in left and "between" in left and not re.search("one|two|three|four", left)


def test_hidden_code_leaves_what_it_gave_and_live_cells_are_gone():
    found = shown(ran("secret = 1", "<p>result</p>", CODE), ran("live()", "<p>nothing</p>", LIVE), told("moved", LIVE))
    (fold,) = found.select("details.code")
    assert "secret" in fold.get_text() and not fold.has_attr("open")
    fold.decompose()
    left = found.main.get_text()
    assert "result" in left and not re.search("secret|live|nothing|moved", left)


def test_what_moves_stays_on_the_page_without_script_or_style_of_its_own():
    found = shown(ran("x", Moving("How <much>", steps(3), first=1)._repr_html_()))
    box = found.select_one("fieldset.moving")
    assert box.legend.get_text() == "How <much>"
    buttons, pictures = box.select("input"), box.select("img")
    assert [one.has_attr("checked") for one in buttons] == [False, True, False]
    assert len({one["name"] for one in buttons}) == 1 and len({one["id"] for one in buttons}) == 3
    assert [label["for"] for label in box.select("label")] == [one["id"] for one in buttons]
    assert [label.get_text() for label in box.select("label")] == ["0 <b>", "1 <b>", "2 <b>"]
    assert [one["alt"] for one in pictures] == [f"the picture of “{k}”" for k in range(3)]
    assert not found.select("main style, script") and LOOK.read_text().strip() in str(found.head)


def test_the_style_has_a_rule_for_each_of_as_many_pictures_as_there_may_be():
    rules = re.findall(r"input:nth-of-type\((\d)\):checked ~ div img:nth-of-type\((\d)\)", LOOK.read_text())
    assert rules == [(f"{k}", f"{k}") for k in range(1, MOST + 1)]
    for number in (1, MOST + 1):
        with pytest.raises(ValueError, match=f"Burnout: {number} pictures; from 2 to {MOST}"):
            Moving("Burnout", steps(number))
    assert "<fieldset" in Moving("Burnout", steps(MOST))._repr_html_()


def test_the_same_pictures_have_the_same_bytes():
    assert Moving("Burnout", steps(2))._repr_html_() == Moving("Burnout", steps(2))._repr_html_()
