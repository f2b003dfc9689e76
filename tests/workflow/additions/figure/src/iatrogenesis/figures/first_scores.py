"""How ill are clients when they come?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, figure, styled

PLACE = 2.5
TABLES = {"clients": "simulated/{routine_care}/clients.parquet"}
ALT = "Histogram of clients by their PHQ-9 score at the first session, one bar for each score from 0 to 27."
CAPTION = (
    "Clients of one simulated service year by their PHQ-9 score at the first session; each bar is one score. Scores "
    "are whole numbers with a floor and a ceiling, so the tails are cut off; a bar of n clients is uncertain by about "
    "the root of n."
)


@styled()
def draw(clients: pd.DataFrame) -> Figure:
    """Draw from the clients table of one scenario."""
    number = np.bincount(clients["phq9_first"].astype(int), minlength=28)
    made, axes = figure("How ill are clients when they come?", height=3.2)
    axes.bar(np.arange(len(number)), number, color=BLUE)
    axes.set(xlabel="PHQ-9 at the first session (points)", ylabel="Clients")
    return made
