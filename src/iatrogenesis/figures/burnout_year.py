"""How fast does burnout come and go?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.stats import norm

from iatrogenesis.figures.labels import at_ends
from iatrogenesis.figures.style import BLUE, DARK, GREEN, GREY, ORANGE, figure, styled

PLACE = 1
TABLES = {"therapist_weeks": "simulated/{routine_care}/therapist_weeks.parquet"}
ALT = (
    "Above, burnout of five therapists over the weeks, each labelled with the caseload, wandering slowly. Below, the "
    "correlation of therapists' burnout with that of the first week, which falls slowly and is well above zero "
    "after a year."
)
CAPTION = (
    "Above: true burnout, in standard deviations of the reference population, of five therapists of routine care "
    "(those with the fewest, a quarter, half, three quarters of and the most places), and of all others in grey. "
    "Below: correlation over therapists between burnout in the first week and in each later week, with a 95 % interval "
    "(Fisher's z; few therapists make it wide). Burnout reverts slowly: who is burned out now mostly still is so "
    "months later. Week to week it is also pushed by clients who get worse."
)
LINES = ((BLUE, "-"), (GREEN, "--"), (DARK, "-"), (GREY, "-."), (ORANGE, "-"))
FEWEST = 5


@styled()
def draw(therapist_weeks: pd.DataFrame) -> Figure:
    """Draw from the therapist-weeks table of one scenario."""
    weeks = therapist_weeks.pivot(index="week", columns="therapist_id", values="burnout").iloc[:53]
    places = therapist_weeks.groupby("therapist_id")["caseload"].first().sort_values(kind="stable")
    again = _correlations(weeks)
    made, (top, bottom) = figure(_title(again), height=3.6, nrows=2, sharex=True, height_ratios=(3, 1.6))
    top.plot(weeks.index, weeks.to_numpy(), color=GREY, lw=0.5, alpha=0.3)
    chosen = places.index[np.unique(np.linspace(0, len(places) - 1, len(LINES)).round().astype(int))]
    ends = []
    for name, (colour, line) in zip(chosen, LINES, strict=False):
        top.plot(weeks.index, weeks[name], line, color=colour, lw=1.2)
        ends.append((weeks.index[-1], weeks[name].dropna().iloc[-1], f"{places[name]} places", colour))
    top.axhline(0, color=DARK, lw=0.8, ls=":")
    top.set(ylabel="Burnout (SD)")
    bottom.plot(again["week"], again["r"], color=BLUE, lw=1.2)
    bottom.fill_between(again["week"], again["low"], again["high"], color=BLUE, alpha=0.18, lw=0)
    bottom.axhline(0, color=DARK, lw=0.8, ls=":")
    bottom.set(xlabel="Week", ylabel="Correlation\nwith week 0", ylim=(min(-0.05, again["low"].min()), 1.02))
    at_ends(top, ends)
    return made


def _correlations(weeks: pd.DataFrame) -> pd.DataFrame:
    """Correlation over therapists of each week with the first, with a 95 % interval by Fisher's z."""
    rows = []
    for week in weeks.index[1:]:
        both = weeks.loc[[weeks.index[0], week]].dropna(axis=1).to_numpy()
        if both.shape[1] < FEWEST:
            continue
        r = np.corrcoef(both)[0, 1]
        reach = norm.ppf(0.975) / np.sqrt(both.shape[1] - 3)
        z = np.arctanh(np.clip(r, -0.999999, 0.999999))
        rows.append({"week": week, "r": r, "low": np.tanh(z - reach), "high": np.tanh(z + reach)})
    return pd.DataFrame(rows, columns=["week", "r", "low", "high"])


def _title(again: pd.DataFrame) -> str:
    if again.empty:
        return "How fast does burnout come and go?"
    last = again.iloc[-1]
    return f"Burnout passes slowly: after {last['week']:.0f} weeks it still correlates {last['r']:.2f} with the first"
