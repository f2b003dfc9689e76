"""Pictures of own data: those that the tables allow, the same bytes each time, and no id is a formula."""

from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from tests.figures.printed import faults
from tests.own_data.reporting.made_tables import about, settings, tables

from iatrogenesis.core.registry import member
from iatrogenesis.own_data.figures import NAMES, draw_all
from iatrogenesis.own_data.figures.caterpillar import draw as draw_caterpillar
from iatrogenesis.own_data.figures.frame import AT_EACH_END, MOST_ROWS, rows_shown
from iatrogenesis.own_data.figures.funnel import draw as draw_funnel
from iatrogenesis.own_data.figures.overview import draw as draw_overview
from iatrogenesis.own_data.reporting.results import Results

COUNTS = ("services", "forecast")
NASTY = ("$\\frac{1}$", "a\nb", "x" * 60, "<script>alert(1)</script>")


def results(found=None, **changes) -> Results:
    return Results(tables() if found is None else found, about(), settings(**changes))


def texts(figure) -> list[str]:
    import matplotlib.text

    return [one.get_text() for one in figure.findobj(matplotlib.text.Text) if one.get_text()]


def drawn_twice(found, tmp_path) -> list:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    first, second = (draw_all(found, about(), settings(), folder) for folder in folders)
    assert first and all(a.read_bytes() == b.read_bytes() for a, b in zip(first, second, strict=True))
    return first


@pytest.mark.parametrize("name", [name for name in NAMES if name not in COUNTS])
def test_a_picture_prints_well(name):
    assert faults(member("iatrogenesis.own_data.figures", name).draw(results())) == []


@pytest.mark.slow
def test_a_picture_has_the_same_bytes(tmp_path):
    drawn_twice({name: tables()[name] for name in ("flow", "estimates")}, tmp_path)


@pytest.mark.slow
def test_every_picture_has_the_same_bytes(tmp_path):
    first = drawn_twice(tables(), tmp_path)
    assert [path.name for path in first] == [
        f"{name}.{form}" for name in NAMES if name not in COUNTS for form in ("svg", "png")
    ]
    for path in first[::2]:
        ElementTree.parse(path)  # noqa: S314  our own


def test_without_tables_there_is_no_picture_and_old_ones_go(tmp_path):
    (tmp_path / "funnel.svg").write_text("old")
    assert draw_all({}, about(), settings(), tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_an_id_is_a_text(tmp_path):
    found = tables()
    people = found["therapists"].copy()
    people["therapist_id"] = [*NASTY, *people["therapist_id"][len(NASTY) :]]
    written = draw_all({"therapists": people, "funnel": found["funnel"]}, about(), settings(), tmp_path)
    assert len(written) == 8
    shown = texts(draw_caterpillar(results(found | {"therapists": people})))
    assert NASTY[0] in shown and "a b" in shown and "x" * 17 + "…" in shown and "<script>alert(1)<…" in shown


def test_therapists_with_few_courses_are_not_named_in_pictures():
    found = tables()
    found["therapists"].loc[8, "clients"] = 7
    shown = [text for draw in (draw_caterpillar, draw_funnel) for text in texts(draw(results(found)))]
    assert "009" not in shown and "008" in shown


def test_of_many_therapists_the_extremes_are_drawn_and_the_gap_is_counted():
    made = draw_caterpillar(results(tables(400, 60)))
    said = texts(made)
    assert "370 therapists in between are not drawn" in said and made.get_figheight() < 9
    assert sum(len(text) == 3 and text.isdigit() and int(text) <= 400 for text in said) >= 2 * AT_EACH_END
    assert "400 therapists, lowest rate at the left" in texts(draw_overview(results(tables(400, 60))))


@pytest.mark.parametrize("count", [1, MOST_ROWS, MOST_ROWS + 1])
def test_rows_keep_their_order(count):
    table = pd.DataFrame({"rate": np.random.default_rng(1).permutation(count) / count})
    shown = rows_shown(table, "rate")
    assert shown.chosen["rate"].is_monotonic_increasing and (np.diff(shown.at) > 0).all()
    assert len(shown.at) + shown.left_out == count


def test_suppressed_counts_are_left_out_of_the_funnel():
    found = tables()
    people = found["therapists"].astype(object)
    people.loc[3, ["clients", "deteriorated", "raw_rate"]] = ["*", "*", None]
    points = [
        line for line in draw_funnel(results(found | {"therapists": people})).axes[0].lines if line.get_ls() == "None"
    ]
    assert sum(len(line.get_xdata()) for line in points) == 21


def test_the_pooled_row_is_nobody():
    points = [line for line in draw_funnel(results()).axes[0].lines if line.get_linestyle() == "None"]
    assert sum(len(line.get_xdata()) for line in points) == 22
