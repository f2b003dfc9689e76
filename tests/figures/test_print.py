"""Every figure as it is printed: one of two widths, type of 7 to 9 points, nothing cut or covered, readable in grey."""

from importlib import import_module

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.files import read_csv
from iatrogenesis.figures.evidence import draw as draw_evidence
from iatrogenesis.figures.flagging import counts
from iatrogenesis.figures.key_patterns import FIRST, SHOWN, dozen
from iatrogenesis.figures.labels import at_ends
from iatrogenesis.figures.style import DOUBLE, STYLE, figure, signed
from iatrogenesis.figures.unknown_names import ASSOCIATED, named
from iatrogenesis.figures.words import prevention, route
from tests.conftest import ROOT
from tests.figures.printed import WIDTHS, faults, lightness
from tests.figures.test_figures import NAMES, _evidence, _tables

KEPT = ROOT / "results" / "reference" / "tiny"
FINISHED = {
    "evidence": ("evidence", "evidence.csv"),
    "key_patterns": ("evidence", "evidence.csv"),
    "scenarios": ("scenarios", "scenarios.csv"),
    "attribution": ("attribution", "attribution.csv"),
    "preventions": ("preventions", "preventions.csv"),
    "performance": ("performance", "tables/method_results.csv"),
    "flagging_methods": ("performance", "tables/method_results.csv"),
    "flagging": ("advice", "tables/advice.csv"),
    "advice": ("advice", "tables/advice.csv"),
    "predictive": ("predictive", "tables/predictive.csv"),
}
"""Figures whose tables are kept of the finished study tiny: with as many rows, and as long names, as there are."""


@pytest.mark.parametrize("name", NAMES)
def test_prints_well(name):
    made = import_module(f"iatrogenesis.figures.{name}").draw(**_tables(name))
    assert faults(made) == []


@pytest.mark.parametrize("name", FINISHED)
def test_prints_well_of_a_finished_study(name):
    table, path = FINISHED[name]
    made = import_module(f"iatrogenesis.figures.{name}").draw(**{table: read_csv(KEPT / path)})
    assert faults(made) == []


def spoiled(change) -> list[str]:
    """What is found wrong with a plain figure after a change."""
    with mpl.rc_context(STYLE):
        made, axes = figure("A title", 2.5)
        axes.plot([0, 1], [0, 1], color="#0072b2")
        axes.set(xlabel="across", ylabel="up")
        assert faults(made) == []
        change(made, axes)
    return faults(made)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda made, axes: made.set_figwidth(5.2), "mm wide"),
        (lambda made, axes: axes.set_title("small", fontsize=6), "6 pt: 'small'"),
        (lambda made, axes: axes.set_title("large", fontsize=11), "11 pt: 'large'"),
        (lambda made, axes: made.text(0.97, 0.5, "beyond the edge"), "cut off: 'beyond the edge'"),
        (lambda made, axes: [axes.text(0.5, 0.5, word) for word in ("one", "two")], "overlap: 'one' and 'two'"),
        (lambda made, axes: axes.plot([0, 1], [1, 0], color="#b0443a"), "alike in grey"),
    ],
)
def test_what_prints_badly_is_found(change, found):
    assert any(found in fault for fault in spoiled(change)), found


def test_lines_that_are_dashed_or_marked_apart_may_be_alike_in_grey():
    assert spoiled(lambda made, axes: axes.plot([0, 1], [1, 0], "--", color="#b0443a")) == []
    assert lightness("white") == pytest.approx(1) and lightness("black") == 0


def test_a_column_is_as_wide_as_a_phone():
    """Pictures of one column fill 390 pixels without becoming smaller; 96 pixels are an inch."""
    assert WIDTHS[0] / 25.4 * 96 <= 390 < WIDTHS[1] / 25.4 * 96


def test_labels_at_line_ends_are_moved_apart_and_stay_inside():
    with mpl.rc_context(STYLE):
        made, axes = figure("A title", 2.5)
        axes.set(xlim=(0, 1), ylim=(0, 1))
        labels = at_ends(axes, [(1, y, f"line {y:g}", "black") for y in (1.0, 0.99, 0.98, 0.5)])
        assert faults(made) == []
        boxes = [label.get_window_extent() for label in labels]
        top = axes.get_window_extent().y1
    assert all(box.y1 <= top + 1 for box in boxes)
    assert boxes[0].y0 >= boxes[1].y1 - 1 and boxes[1].y0 >= boxes[2].y1 - 1
    assert labels[3].xyann == (4, 0)


def test_the_dozen_holds_every_miss():
    table = pd.concat([_evidence()] * 6, ignore_index=True)
    table["id"] = [f"X{row}" for row in range(len(table))]
    table.loc[20, "id"] = FIRST[0]
    chosen = dozen(table)
    assert len(chosen) == SHOWN == (table["verdict"] == "not reproduced").sum()
    table.loc[table["verdict"] == "not reproduced", "verdict"] = "reproduced"
    chosen = dozen(table)
    assert (chosen["verdict"] == "unclear").sum() == 6 and FIRST[0] in set(chosen["id"])
    assert chosen.index.is_monotonic_increasing


def test_the_figure_of_evidence_counts_in_its_title():
    assert draw_evidence(_evidence())._suptitle.get_text() == "1 of 4 published patterns are reproduced"


def test_flagged_therapists_are_counted_rightly_and_wrongly():
    """Of 50 therapists 5 are flagged, 2 of them wrongly; 3 of the 6 who are harmful."""
    values = {"flagged": 5.0, "mfdr": 0.4, "sensitivity": 0.5}
    part = pd.DataFrame([{"quantity": name, "value": value, "mcse": 0.1} for name, value in values.items()])
    row = counts(part.assign(therapists=50, clients=30), "").iloc[0]
    assert (row["rightly"], row["wrongly"], row["harmful"]) == pytest.approx((6.0, 4.0, 12.0))
    assert row["rightly_error"] == pytest.approx(1.96 * 12 * 0.1)


def test_every_unknown_number_is_named_in_words():
    unknowns = (ROOT / "config" / "ensemble.csv").read_text().splitlines()[1].split(",")
    names = [named(unknown) for unknown in unknowns]
    assert len(set(names)) == len(names) > 100
    for unknown, name in zip(unknowns, names, strict=True):
        assert "_" not in name and "logit" not in name and len(name) <= 40, (unknown, name)
    assert all(named(f"{prefix}burnout") == f"burnout: {words}" for prefix, words in ASSOCIATED.items())


def test_routes_and_preventions_have_the_names_of_the_causal_diagram():
    arrows = _tables("causal_diagram")["arrows"].drop_duplicates("process")
    for kind, label in zip(arrows["process"], arrows["label"], strict=True):
        for folder, name in (("mechanisms", route), ("preventions", prevention)):
            if (ROOT / "config" / folder / f"{kind}.yaml").is_file():
                assert name(kind) == label[0].lower() + label[1:]


def test_numbers_have_a_minus_and_no_zero_is_negative():
    assert signed("-1.2 (-0.0 to -0.04), -0") == "−1.2 (0.0 to −0.04), 0"


def test_titles_are_broken_to_the_width():
    long = "word " * 30
    for width in (DOUBLE, 89 / 25.4):
        with mpl.rc_context(STYLE):
            made, _ = figure(long, 3, width)
            assert faults(made) == []
        assert np.ceil(len(long) / (12 * width)) <= made._suptitle.get_text().count("\n") + 1
