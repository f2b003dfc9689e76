"""The causal diagram shows every row and arrow of its table, dashed where nobody measured the strength."""

import pandas as pd
import pytest

from iatrogenesis.figures.causal_diagram import BARS, BOX, draw
from iatrogenesis.world.causal_arrows import arrows
from iatrogenesis.world.causal_nodes import LEFT, RIGHT


@pytest.fixture(scope="module")
def table(study) -> pd.DataFrame:
    return pd.DataFrame([vars(arrow) for arrow in arrows(study.catalogue["all_preventions"])])


def _rows(made) -> dict[str, float]:
    """Height of each box by its label, without the letter of a prevention."""
    return {
        text.get_text().split("  ")[-1]: text.get_position()[1]
        for text in made.axes[0].texts
        if text.get_position()[0] == BOX[0] + 1.2
    }


def test_every_process_and_state_is_named(table):
    made = draw(table)
    assert list(_rows(made)) == list(dict.fromkeys(table["label"]))
    words = {" ".join(text.get_text().split()) for text in made.axes[0].texts}
    assert {*LEFT.values(), *RIGHT.values()} <= words


def test_each_arrow_ends_at_its_state_and_looks_as_its_strength_says(table):
    """Of the lines in a row's strip: a solid one reaches what is measured, a dashed one the others."""
    made = draw(table)
    rows = _rows(made)
    lines = [line for line in made.axes[0].lines if line.get_marker() == "None" and len(set(line.get_ydata())) == 1]
    heads = [line for line in made.axes[0].lines if line.get_marker() in ("<", ">", "o")]
    for arrow in table[table["direction"].isin(["in", "out"])].itertuples():
        height, bar = rows[arrow.label], BARS[arrow.node]
        near = [line for line in lines if abs(line.get_ydata()[0] - height) < 1.9]
        solid = arrow.strength == "measured"
        reach = [line for line in near if min(line.get_xdata()) <= bar <= max(line.get_xdata())]
        reach = [line for line in reach if (line.get_linestyle() == "-") == solid]
        assert reach, arrow
        marked = [
            head
            for head in heads
            if any(abs(head.get_ydata()[0] - line.get_ydata()[0]) < 1e-9 for line in reach)
            if any(abs(x - bar) < 0.6 for x in head.get_xdata())
        ]
        assert any((head.get_marker() == "o") == (arrow.direction == "in") for head in marked), arrow


def test_a_route_that_is_added_or_taken_away_is_drawn_or_not(table):
    fewer = table[table["process"] != "burnout"]
    assert "Burnout" not in _rows(draw(fewer))
    haste = table[table["process"] == "burnout"].assign(process="haste", label="Haste")
    more = pd.concat([table[table["group"] != "Preventions"], haste, table[table["group"] == "Preventions"]])
    assert "Haste" in _rows(draw(more))


def test_letters_name_the_preventions_of_a_route(table):
    texts = [text.get_text() for text in draw(table).axes[0].texts]
    letter = next(text for text in texts if text.endswith("  Medication review"))[0]
    assert f"\N{LEFT TACK} {letter}" in texts


def test_the_share_of_measured_arrows_is_counted(table):
    causal = table[table["direction"].isin(["in", "out"])]
    measured = (causal["strength"] == "measured").sum()
    labels = [text.get_text() for text in draw(table).axes[0].get_legend().get_texts()]
    assert f"measured ({measured} of {len(causal)} arrows)" in labels
    everything = draw(table.assign(strength="measured")).axes[0].get_legend().get_texts()
    assert f"measured ({len(causal)} of {len(causal)} arrows)" in [text.get_text() for text in everything]
