"""Which analysis finds how much therapists differ?"""

import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.methods import Measure, grid
from iatrogenesis.figures.style import styled

PLACE = 15
TABLES = {"performance": "tables/method_results.csv"}
CHAPTER = "Simulation study"
ALT = (
    "Small panels with one row per method: a column for each cell of the simulation study, above bias of the standard "
    "deviation between therapists, below coverage of 95 % intervals."
)
CAPTION = (
    "The standard deviation between therapists (log odds, among clients with like starting points) by maximum "
    "likelihood and by Bayesian models, over replicates, in up to six cells; the table has all. Above: bias, dotted: "
    "none. Below: coverage of 95 % intervals, dotted: 95 %. Lines: 95 % Monte Carlo intervals. Where data are few, the "
    "prior shrinks the estimate; the bias shows here."
)
ESTIMAND = "therapist_sd"
MEASURES = {"bias": Measure("Bias (log odds)", 0.0, 1.0), "coverage": Measure("Coverage of 95 % intervals (%)", 95.0)}


@styled()
def draw(performance: pd.DataFrame) -> Figure:
    """Draw from the performance table."""
    return grid(
        "Which analysis finds how much therapists differ?", performance[performance["estimand"] == ESTIMAND], MEASURES
    )
