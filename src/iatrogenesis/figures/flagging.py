"""Sensitivity and false discovery rate of three rules that flag therapists."""

import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.core.definitions import PHRASES
from iatrogenesis.figures.methods import PER_CENT, handles, judged, offsets, ordered, rows
from iatrogenesis.figures.style import figure, key, styled

PLACE = 16
TABLES = {"performance": "tables/method_results.csv"}
CHAPTER = "Simulation study"
ALT = (
    "Six panels with one row per cell of the simulation study and one marker per method: sensitivity and false "
    "discovery rate of three rules that flag therapists: the worst five per cent, those harmful with a probability of "
    "at least {percent}, and as many as an expected false discovery rate allows."
)
CAPTION = (
    "A therapist is harmful if the true standardised rate is above {ratio} the service's mean. Three rules flag "
    "therapists: the worst 5 % by each method's ranking (top), those harmful with a probability of at least {percent} "
    "by the method (middle), and as many as keep the false discovery rate that the method expects at or below "
    "{fdr} (bottom). Left: sensitivity, the proportion of harmful therapists who are flagged. Right: "
    "the proportion of flagged therapists who are not harmful, missing where nobody is flagged. "
    "Methods that have p-values instead of probabilities flag by one-sided tests at {fdr} (middle) "
    "and by Benjamini and Hochberg's at the same rate (bottom). "
    "Lines: 95 % Monte Carlo intervals. With few clients per therapist, a rule that always flags somebody flags mostly "
    "by chance; a rule that requires a high probability has low sensitivity."
)
RULES = {
    "flag_worst": "Worst 5 %",
    "flag_probable": f"{PHRASES['percent']} probable",
    "flag_fdr": f"Expected FDR ≤ {PHRASES['fdr']}",
}
MEASURES = {"sensitivity": "Sensitivity (%)", "mfdr": "Flagged who are not harmful (%)"}


@styled()
def draw(performance: pd.DataFrame) -> Figure:
    """Draw from the performance table."""
    table = performance[performance["estimand"].isin(RULES)]
    cells, methods = list(dict.fromkeys(table["cell"])), ordered(table["method"])
    height = 3 * (0.5 * len(cells) + 0.7) + 1.2
    made, axes = figure(
        "How well do three rules flag harmful therapists?",
        height,
        width=6.8,
        nrows=3,
        ncols=2,
        sharey=True,
        sharex=True,
    )
    place, shift = {cell: at for at, cell in enumerate(cells)}, offsets(methods)
    for line, (rule, title) in zip(axes, RULES.items(), strict=True):
        for axis, (measure, label) in zip(line, MEASURES.items(), strict=True):
            rows(axis, cells)
            part = table[(table["estimand"] == rule) & (table["measure"] == measure)].dropna(subset=["value"])
            for row in part.itertuples():
                judged(axis, row, place[row.cell] + shift[row.method], PER_CENT)
            axis.set_xlim(-3, 103)
            axis.set_title(title, fontsize=9.5, loc="left")
            axis.tick_params(labelbottom=True)
            axis.set_xlabel(label)
    key(made, columns=3, handles=handles(methods))
    return made
