"""Who is found, and who is accused wrongly?"""

import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.methods import PER_CENT, handles, judged, offsets, ordered, rows
from iatrogenesis.figures.style import figure, key, styled

PLACE = 16
TABLES = {"performance": "tables/performance.csv"}
CHAPTER = "Simulation study"
ALT = (
    "Four panels with one row per cell of the simulation study and one marker per method: share of harmful therapists "
    "who are accused, and share of the accused who are not harmful, for two rules: the worst five per cent, and those "
    "who are harmful with 80 % probability."
)
CAPTION = (
    "A therapist is harmful if the true standardised rate is above twice the service's mean. Two rules accuse: the "
    "worst 5 % by each method's order (above), and whoever the method holds to be harmful with at least 80 % "
    "probability (below). Left: share of the harmful who are accused. Right: share of the accused who are not "
    "harmful; missing where nobody is accused. Lines: 95 % Monte Carlo intervals. Rules that accuse somebody every "
    "time accuse mostly the unlucky where therapists have few clients; rules that wait until they are sure find few."
)
RULES = {"flag_worst": "Worst 5 %", "flag_probable": "80 % probable"}
MEASURES = {"sensitivity": "Harmful who are accused (%)", "false_removal": "Accused who are not harmful (%)"}


@styled()
def draw(performance: pd.DataFrame) -> Figure:
    """Draw from the performance table."""
    table = performance[performance["estimand"].isin(RULES)]
    cells, methods = list(dict.fromkeys(table["cell"])), ordered(table["method"])
    height = 2 * (0.36 * len(cells) + 0.7) + 1.2
    made, axes = figure(
        "Who is found, and who is accused wrongly?", height, width=6.8, nrows=2, ncols=2, sharey=True, sharex=True
    )
    place, shift = {cell: at for at, cell in enumerate(cells)}, offsets(methods)
    for line, (rule, title) in zip(axes, RULES.items(), strict=True):
        for axis, (measure, label) in zip(line, MEASURES.items(), strict=True):
            rows(axis, cells)
            part = table[(table["estimand"] == rule) & (table["measure"] == measure)].dropna(subset=["value"])
            for row in part.itertuples():
                judged(axis, row, place[row.cell] + shift[row.method], PER_CENT)
            axis.set_xlim(-3, 103)
            axis.set_title(f"{title}: {'found' if measure == 'sensitivity' else 'wrongly'}", fontsize=9.5, loc="left")
            axis.tick_params(labelbottom=True)
            axis.set_xlabel(label)
    key(made, columns=3, handles=handles(methods))
    return made
