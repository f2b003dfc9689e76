"""Does the analysis find what is true?"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DOUBLE, GREY, ORANGE, figure, heading, key, styled
from iatrogenesis.figures.words import model

PLACE = 7
TABLES = {"effects": "tables/therapist_effects.csv"}
ALT = (
    "Posterior means with 95 % intervals beside the true value of each estimand: log odds ratios in the data set of "
    "exactly known truth and in routine care, then the therapists' standard deviation and share of variance by model."
)
CAPTION = (
    "Posterior mean with 95 % interval (dot, line) beside the truth (diamond; its line: two Monte Carlo standard "
    "errors, where the truth itself is found by simulation). First panel: clients drawn from the therapist model, "
    "truth exact. Second: simulated routine care analysed with ratings; the truth is what the same model finds in a "
    "very large service, so the ratings' unreliability is part of it. Below: standard deviation and share of variance "
    "between therapists, by data set and model. One data set each: about one interval in twenty should miss. Where an "
    "interval is wide, the data say little and the prior a good deal."
)
NAMES = {
    "phq9_first": "first PHQ-9, per SD",
    "gad7_first": "first GAD-7, per SD",
    "deprivation": "deprivation, per SD",
    "fit_within": "fit, within therapist",
    "fit_between": "fit, therapist's mean",
    "fit_rating_within": "fit rating, within therapist",
    "fit_rating_between": "fit rating, therapist's mean",
}


DATASETS = {"routine_care": "routine care", "known": "exact truth"}


@styled()
def draw(effects: pd.DataFrame, routine_care: str) -> Figure:
    """Draw from the therapist effects table."""
    known = effects[effects["truth"].notna() & effects["dataset"].isin(["known", routine_care])]
    ratios = known[known["estimand"].str.startswith("log_odds_ratio") & (known["model"] == "therapist")]
    panels = [
        ("Exact truth: log odds ratios", "Log odds ratio", _named(ratios[ratios["dataset"] == "known"])),
        ("Routine care: log odds ratios", "Log odds ratio", _named(ratios[ratios["dataset"] == routine_care])),
        ("Therapists' SD", "Log odds", _fits(known[known["estimand"] == "therapist_sd"])),
        ("Variance between therapists (VPC)", "Share of all", _fits(known[known["estimand"] == "vpc"])),
    ]
    panels = [panel for panel in panels if len(panel[2])]
    sizes = [max(len(rows) for _, _, rows in panels[first : first + 2]) + 2.5 for first in range(0, len(panels), 2)]
    made, axes = figure(
        _title(panels), 0.2 * sum(sizes) + 0.8, DOUBLE, nrows=len(sizes), ncols=2, height_ratios=sizes, squeeze=False
    )
    for panel in axes.ravel()[len(panels) :]:
        panel.remove()
    for panel, (title, unit, rows) in zip(axes.ravel(), panels, strict=False):
        _forest(panel, rows)
        heading(panel, title)
        panel.set_xlabel(unit, labelpad=1)
    key(made)
    return made


def _title(panels: list[tuple]) -> str:
    rows = pd.concat([rows for *_, rows in panels], ignore_index=True)
    holds = (rows["truth"] >= rows["low"]) & (rows["truth"] <= rows["high"])
    return f"Of {len(rows)} intervals of 95 %, {holds.sum()} cover the truth"


def _forest(axes: Axes, rows: pd.DataFrame) -> None:
    at = np.arange(len(rows))[::-1]
    axes.hlines(at + 0.13, rows["low"], rows["high"], color=BLUE, lw=1.4)
    axes.plot(rows["estimate"], at + 0.13, "o", color=BLUE, ms=3.5, label="estimate, 95 % interval")
    error = 2 * rows["truth_mcse"].fillna(0)
    axes.hlines(at - 0.17, rows["truth"] - error, rows["truth"] + error, color=ORANGE, lw=1)
    axes.plot(rows["truth"], at - 0.17, "D", color=ORANGE, ms=3.2, label="truth")
    axes.axvline(0, color=GREY, lw=0.8, ls=":")
    axes.set_yticks(at, rows["name"])
    axes.set_ylim(-0.7, len(rows) - 0.3)


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    short = rows["estimand"].str.removeprefix("log_odds_ratio[").str.removesuffix("]")
    plain = short.str.replace("age[", "age ", regex=False).str.replace("]", "", regex=False).str.replace("_", " ")
    return rows.assign(name=short.map(NAMES).fillna(plain))


def _fits(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(name=rows["dataset"].replace(DATASETS) + ", " + rows["model"].map(model))
