"""Which analysis finds what burnout does?"""

import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.methods import Measure, grid, shown_cells
from iatrogenesis.figures.style import styled
from iatrogenesis.simulation_study.estimands import is_odds_ratio_of
from iatrogenesis.simulation_study.names import cell_names

PLACE = 14
TABLES = {"performance": "tables/method_results.csv"}
CHAPTER = "Simulation study"
ALT = (
    "Small panels with one row per method: a column for each cell of the simulation study, and from top to bottom bias "
    "of the log odds ratio of burnout, coverage of 95 % intervals, and power, the share of data sets in which the "
    "test rejects no effect."
)
CAPTION = (
    "The log odds ratio of burnout by every method that estimates it, over replicates, in up to six cells of the "
    "simulation study; the supplement has all, and what each changes. Top: bias, dotted: none. Middle: coverage of 95 "
    "% intervals, dotted: 95 %. Bottom: share of data sets in which the 5 % test rejects: power, or, where burnout "
    "has no effect, the type I error rate, dotted: 5 %. Lines: 95 % Monte Carlo intervals. Each method is held to the "
    "odds ratio that it targets: of the true state, of the unreliable rating among clients of one therapist, or of "
    "the rating over all clients."
)
MEASURES = {
    "bias": Measure("Bias (log odds)", 0.0, 1.0),
    "coverage": Measure("Coverage of 95 % intervals (%)", 95.0),
    "rejected": Measure("Burnout's effect detected (%)", 5.0, ends=(-4, 104)),
}
REJECTED = {"power": "rejected", "type_1_error": "rejected"}


@styled()
def draw(performance: pd.DataFrame) -> Figure:
    """Draw from the performance table."""
    table = performance[[is_odds_ratio_of("burnout", name) for name in performance["estimand"]]]
    nothing = set(table.loc[table["measure"] == "type_1_error", "cell"])
    title = _title(table)
    table = table.assign(measure=table["measure"].replace(REJECTED))
    words = {cell: "(nothing to detect)" for cell in shown_cells(table["cell"]) if cell in nothing}
    return grid(title, table, MEASURES, words)


def _title(table: pd.DataFrame) -> str:
    """How power differs between cells, by the median method of each."""
    power = 100 * table[table["measure"] == "power"].groupby("cell", sort=False)["value"].median()
    if len(power) < 2:
        return "Which analysis finds what burnout does?"
    few, many = cell_names([power.idxmin(), power.idxmax()])
    return (
        f"Data decide more than the method whether burnout is detected: median power {power.max():.0f} % ({many}), "
        f"{power.min():.0f} % ({few})"
    )
