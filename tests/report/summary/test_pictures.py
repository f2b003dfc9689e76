"""The pictures can be read at the size of print, draw other results too, and their titles follow the numbers."""

import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from iatrogenesis.report.entry import number
from iatrogenesis.report.summary import design
from iatrogenesis.report.summary.drawing import COLUMN, LIGHT, NIGHT, PAGE, drawn, styled
from iatrogenesis.report.summary.findings import Ranged
from iatrogenesis.report.summary.pictures import PICTURES
from tests.report.summary.made import changed, findings, numbers

COUNTS = {name: 1000 + place for place, name in enumerate(design.COUNTS)}


def title(name: str, found: dict) -> str:
    return PICTURES[name](findings(found), LIGHT).get_suptitle()


@pytest.fixture(scope="module")
def every() -> dict[str, Figure]:
    found = findings(numbers())
    with styled(LIGHT):
        made = {name: draw(found, LIGHT) for name, draw in PICTURES.items()}
        made |= {"wide": design.wide(COUNTS, LIGHT), "narrow": design.narrow(COUNTS, LIGHT)}
        for one in made.values():
            one.draw_without_rendering()
    return made


def test_type_is_seven_to_nine_points_in_print_and_widths_are_those_of_columns(every):
    for name, made in every.items():
        assert made.get_figwidth() == pytest.approx(PAGE if name == "wide" else COLUMN)
        sizes = {text.get_fontsize() for text in made.findobj(Text) if text.get_text()}
        assert sizes and all(7 <= size <= 9 for size in sizes), name


@pytest.mark.parametrize("look", [LIGHT, NIGHT], ids=["light", "dark"])
def test_ink_and_marks_stand_out_from_the_paper_and_from_each_other_in_grey(look):
    def grey(colour: str) -> float:
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    def contrast(one: str, other: str) -> float:
        light, dark = sorted((grey(one), grey(other)), reverse=True)
        return (light + 0.05) / (dark + 0.05)

    assert contrast(look.ink, look.paper) > 10
    for colour in (look.strong, look.other, look.quiet):
        assert contrast(colour, look.paper) > 3, colour
    assert contrast(look.quiet, look.paper) > 4.5  # it is type too
    assert contrast(look.ink, look.faint) > 4.5  # type stands on it


def test_words_do_not_run_out_of_their_picture_or_into_each_other(every):
    for name, made in every.items():
        width, height = made.bbox.width, made.bbox.height
        boxes = [text.get_window_extent() for text in made.findobj(Text) if text.get_text() and text.get_visible()]
        for box in boxes:
            assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1, name
        overlap = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :] if a.padded(-1).overlaps(b.padded(-1))]
        assert overlap == [], name


def test_the_same_numbers_give_the_same_bytes_and_the_dark_picture_is_another():
    found = findings(numbers())
    first, second = (drawn(PICTURES["net"], found) for _ in range(2))
    assert first == second and first["light"] != first["dark"]
    assert first["light"].startswith(b"<?xml") and b"<image" not in first["light"]


def test_titles_follow_the_numbers():
    assert title("net", numbers()) == "Part of those who get worse are net harm"
    assert title("net", changed(net=(30, 40, 50))) == "Most of those who get worse are net harm"
    assert title("net", changed(net=(-3, 2, 9))) == "Net harm may be none"
    assert title("net", changed(net=(-9, -6, -2))) == "Routine care does more good than harm"
    assert title("burnout", numbers()) == "10 of 56 who get worse would not"
    assert title("burnout", changed(rested=(-3, 2, 9))) == "How many would fare better is uncertain"
    assert title("burnout", changed(rested=(-9, -6, -2))) == "Less burnout would help nobody"
    assert title("preventions", numbers()) == "Routine outcome monitoring averts most by itself"
    assert title("preventions", changed(**{"prevention.monitoring": (0, 3, 9)})) == "No single prevention stands out"
    assert title("removal", numbers()) == "A clear record is wrong least often"
    assert title("removal", changed(fdr=(5, 12, 30))) == "Rules differ in how often they are wrong"
    assert title("power", numbers()) == "Large services find it, small ones miss it"


def test_services_are_told_by_their_power():
    for powers, told in (
        ((95, 90, 99), "Every kind of service would find it"),
        ((9, 20, 30), "No kind of service would find it"),
        ((95, 20, 30), "Some kinds of services find it, others miss it"),
    ):
        found = numbers()
        for cell, power in zip(("reference_cell", "small", "large"), powers, strict=True):
            found[f"study.{cell}.therapist.burnout.power"] = number(power, "x", "%")
        assert title("power", found) == told


def test_marks_of_clients_are_as_many_as_get_worse():
    made = PICTURES["burnout"](findings(numbers()), LIGHT)
    (axes,) = made.axes
    marks = [line.get_xdata() for line in axes.lines]
    drawn_in_rows = [len(xs) for xs in marks[:4]]
    assert drawn_in_rows == [2, 8, 11, 35]
    assert sum(drawn_in_rows) == 56
    PICTURES["burnout"](findings(changed(level=(900, 950, 990))), LIGHT)  # a study where nearly all get worse
    PICTURES["burnout"](findings(changed(level=(0, 0, 0))), LIGHT)


def test_a_single_service_and_none_of_the_preventions_can_be_drawn():
    found = {
        name: value
        for name, value in numbers().items()
        if not name.startswith(("conclusions.prevention", "study.small", "study.large"))
    }
    for draw in PICTURES.values():
        draw(findings(found), LIGHT)


def test_the_diagram_shows_how_much_there_is_of_everything():
    words = " ".join(" ".join(both) for both in design.boxes(COUNTS).values())
    assert all(f"{count:,}" in words for count in COUNTS.values())
    assert {*design.WIDE.places} == {*design.NARROW.places} == {*design.boxes(COUNTS)}
    for layout in (design.WIDE, design.NARROW):
        assert {end for _, _, end, _ in layout.arrows} | {"published"} == {*layout.places}


def test_ranges_are_read_in_their_order():
    assert findings(numbers()).ranged("conclusions.net") == Ranged(7, 12.5, 18, 29.5, 41)
