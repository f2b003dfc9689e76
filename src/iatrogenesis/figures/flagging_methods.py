"""How well does each method flag harmful therapists, by three rules?"""

import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.core.definitions import PHRASES
from iatrogenesis.figures.methods import Measure, grid, of_flagged
from iatrogenesis.figures.style import styled

PLACE = 16.5
TABLES = {"performance": "tables/method_results.csv"}
CHAPTER = "Simulation study"
ALT = (
    "Small panels with one row per method: a column for each cell of the simulation study, and a row of panels for "
    "each of three rules that flag therapists. Filled marks: sensitivity; open marks: share of the flagged who are not "
    "harmful."
)
CAPTION = (
    "A therapist is harmful if the true standardised rate is above {ratio} the service's mean. Three rules flag "
    "therapists: the worst 5 % by each method's ranking, those harmful with a probability of at least {percent} by the "
    "method, and as many as keep the false discovery rate (FDR) that the method expects at or below {fdr}. Upper, "
    "filled: sensitivity, the proportion of harmful therapists who are flagged; lower, open: the proportion of the "
    "flagged who are not harmful, missing where nobody is flagged. Methods that have p-values instead of probabilities "
    "flag by one-sided tests at {fdr} (second rule) and by Benjamini and Hochberg's at the same rate (third). Lines: "
    "95 % Monte Carlo intervals. Up to six cells; the table has all. With few clients per therapist, a rule that "
    "always flags somebody flags mostly by chance; a rule that requires a high probability has low sensitivity."
)
RULES = {
    "flag_worst": "Worst 5 %",
    "flag_probable": f"{PHRASES['percent']} probable",
    "flag_fdr": f"Expected FDR ≤ {PHRASES['fdr']}",
}


@styled()
def draw(performance: pd.DataFrame) -> Figure:
    """Draw from the performance table."""
    table = of_flagged(performance[performance["estimand"].isin(RULES)])
    table = table[table["measure"].isin(("sensitivity", "mfdr"))]
    table = table.assign(measure=table["estimand"] + "." + table["measure"])
    measures = {
        f"{rule}.sensitivity": Measure(f"{title}: share (%)", None, ends=(-4, 104), beside=f"{rule}.mfdr")
        for rule, title in RULES.items()
    }
    return grid(
        "Sensitivity (filled) and false discoveries (open) of three rules that flag therapists", table, measures
    )
