"""Does the analysis find what is true?"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, GREY, ORANGE, figure, key, styled

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


@styled()
def draw(effects: pd.DataFrame, base: str) -> Figure:
    """Draw from the therapist effects table."""
    known = effects[effects["truth"].notna() & effects["dataset"].isin(["known", base])]
    ratios = known[known["estimand"].str.startswith("log_odds_ratio") & (known["model"] == "therapist")]
    panels = [
        ("Exact truth: log odds ratios", "Log odds ratio", _named(ratios[ratios["dataset"] == "known"])),
        ("Routine care: log odds ratios", "Log odds ratio", _named(ratios[ratios["dataset"] == base])),
        ("Therapists' SD", "Log odds", _fits(known[known["estimand"] == "therapist_sd"])),
        ("Share of variance between therapists (VPC)", "Share", _fits(known[known["estimand"] == "vpc"])),
    ]
    panels = [panel for panel in panels if len(panel[2])]
    sizes = [len(rows) + 2.2 for _, _, rows in panels]
    made, axes = figure(
        "Does the analysis find what is true?", height=0.24 * sum(sizes) + 1.1, nrows=len(panels), height_ratios=sizes
    )
    for panel, (title, unit, rows) in zip(np.atleast_1d(axes), panels, strict=True):
        _forest(panel, rows)
        panel.set_title(title, loc="left", fontsize=9.5)
        panel.set_xlabel(unit, fontsize=8.5, labelpad=1)
    key(made)
    return made


def _forest(axes: Axes, rows: pd.DataFrame) -> None:
    at = np.arange(len(rows))[::-1]
    axes.hlines(at + 0.13, rows["low"], rows["high"], color=BLUE, lw=2)
    axes.plot(rows["estimate"], at + 0.13, "o", color=BLUE, ms=4.5, label="estimate, 95 % interval")
    error = 2 * rows["truth_mcse"].fillna(0)
    axes.hlines(at - 0.17, rows["truth"] - error, rows["truth"] + error, color=ORANGE, lw=1.2)
    axes.plot(rows["truth"], at - 0.17, "D", color=ORANGE, ms=4, label="truth")
    axes.axvline(0, color=GREY, lw=0.8, ls=":")
    axes.set_yticks(at, rows["name"], fontsize=8.5)
    axes.set_ylim(-0.7, len(rows) - 0.3)


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    short = rows["estimand"].str.removeprefix("log_odds_ratio[").str.removesuffix("]")
    plain = short.str.replace("age[", "age ", regex=False).str.replace("]", "", regex=False).str.replace("_", " ")
    return rows.assign(name=short.map(NAMES).fillna(plain))


def _fits(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(name=rows["dataset"] + ", " + rows["model"])
