"""Which analysis finds what burnout does?"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.methods import PER_CENT, handles, judged, offsets, ordered, rows
from iatrogenesis.figures.style import GREY, figure, key, styled
from iatrogenesis.simulation_study.estimands import is_odds_ratio_of
from iatrogenesis.simulation_study.names import cell_names

PLACE = 14
TABLES = {"performance": "tables/method_results.csv"}
CHAPTER = "Simulation study"
ALT = (
    "Three panels with one row per cell of the simulation study and one marker per method: bias of the log odds ratio "
    "of burnout, coverage of 95 % intervals, and share of data sets in which the test rejects no effect."
)
CAPTION = (
    "The log odds ratio of burnout by every method that estimates it, in every cell, over replicates. Left: mean "
    "error, dotted: none. Middle: coverage of 95 % intervals, dotted: 95 %. Right: share of data sets in which the 5 "
    "% test rejects: power, or, in cells where burnout has no effect, the type I error rate, dotted: 5 %. "
    "Lines: 95 % Monte Carlo intervals. Each method is held to the odds ratio that it targets: of the true state, of "
    "the unreliable rating among clients of one therapist, or of the rating over all clients. The table of cells says "
    "what each changes."
)
PANELS = {"bias": "Bias (log odds)", "coverage": "Coverage (%)", "rejected": "Effect found (%)"}
TARGETS = {"bias": 0.0, "coverage": 95.0, "rejected": 5.0}


@styled()
def draw(performance: pd.DataFrame) -> Figure:
    """Draw from the performance table."""
    table = performance[[is_odds_ratio_of("burnout", name) for name in performance["estimand"]]]
    nothing = set(table.loc[table["measure"] == "type_1_error", "cell"])
    table = table.assign(measure=table["measure"].replace({"power": "rejected", "type_1_error": "rejected"}))
    cells, methods = list(dict.fromkeys(table["cell"])), ordered(table["method"])
    made, axes = figure(
        "Which analysis finds what burnout does?", 0.42 * len(cells) + 2.0, width=7.2, ncols=3, sharey=True
    )
    for axis, (measure, title) in zip(axes, PANELS.items(), strict=True):
        _panel(axis, table[table["measure"] == measure], cells, methods, 1.0 if measure == "bias" else PER_CENT)
        axis.axvline(TARGETS[measure], color=GREY, ls=":", lw=1.2)
        axis.set_xlabel(title)
    axes[0].set_yticks(range(len(cells)), [_label(cell, nothing) for cell in cells])
    key(made, columns=3, handles=handles(methods))
    return made


def _label(cell: str, nothing: set[str]) -> str:
    """A cell's name, with a word where there is nothing to find."""
    name = cell_names([cell])[0]
    return f"{name}\n(no effect)" if cell in nothing else name


def _panel(axis: Axes, table: pd.DataFrame, cells: list[str], methods: list[str], unit: float) -> None:
    rows(axis, cells)
    place, shift = {cell: at for at, cell in enumerate(cells)}, offsets(methods)
    for row in table.itertuples():
        judged(axis, row, place[row.cell] + shift[row.method], unit)
