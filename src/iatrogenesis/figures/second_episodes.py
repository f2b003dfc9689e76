"""Who comes back, who stays away, and how does the second course go?"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.episode_worlds import BARRIER, barriers, named
from iatrogenesis.figures.style import BLUE, DARK, DOUBLE, GREY, ORANGE, PALE, figure, heading, key, styled
from iatrogenesis.figures.words import route

PLACE = 6.5
TABLES = {"second_episodes": "tables/second_episodes.csv"}
ALT = (
    "Four panels. Stacked bars per world: of 1,000 clients, those unwell at follow-up who come back "
    "and who stay away. Marks: how many more stay away because of each route, and because of its barrier alone. Marks, "
    "in routine care and in the reference world: clients per 1,000 who improve, drop out and deteriorate in the first "
    "and in the second course."
)
CAPTION = (
    "Second episodes at the centre of the plausible worlds, by counterfactual twins. Top left, of 1,000 clients, those "
    "unwell at follow-up. Top right, how many more of 1,000 clients stay away in routine care than if a route were "
    "closed (diamond), which also leaves fewer people unwell; and than if only its word on seeking help were silent, "
    "after the same first episode (square). Left of zero it makes people come back. Below, those who come back, in "
    "their second course (dot) and in their own first one (circle), beside the first course of all clients (cross). "
    "Dot and circle are the same persons, but persons who were still unwell, and the second course begins where the "
    "follow-up left them: their difference is no effect of the first course. In the other world other persons come "
    "back. Lines: 95 % Monte Carlo intervals, often narrower than the marks. Strengths of these routes are mostly "
    "assumed."
)
OUTCOMES = {"improved": "reliably improved", "dropped_out": "dropped out", "deteriorated": "reliably deteriorated"}
COURSES = {
    ("clients", "first"): (-0.22, {"marker": "x", "color": GREY, "label": "first course, all clients"}),
    ("returning", "first"): (0, {"marker": "o", "color": ORANGE, "mfc": "white", "label": "first, who come back"}),
    ("returning", "second"): (0.22, {"marker": "o", "color": BLUE, "label": "second, who come back"}),
}


@styled()
def draw(second_episodes: pd.DataFrame) -> Figure:
    """Draw from the table of second episodes, its worlds in their order."""
    table = second_episodes.fillna({"less": ""})
    by = table.set_index(["world", "less", "people", "course", "outcome"]).sort_index()
    worlds = list(dict.fromkeys(table["world"]))
    kinds = barriers(table["less"])
    tall = max(len(worlds), len(kinds) + 1)
    made, axes = figure(_title(by), 0.2 * tall + 3.2, DOUBLE, nrows=2, ncols=2, height_ratios=(0.2 * tall + 0.5, 1.1))
    _who(axes[0, 0], by, worlds)
    heading(axes[0, 0], "Unwell at follow-up")
    _why(axes[0, 1], by, kinds)
    heading(axes[0, 1], "Stay away because of a route of harm")
    for axis, world in zip(axes[1], ("routine_care", "reference"), strict=True):
        _how(axis, by, world)
        heading(axis, f"Courses: {named(world)}")
        axis.set_xlabel("per 1,000 of these clients")
    right = max(axis.get_xlim()[1] for axis in axes[1])
    for axis in axes[1]:
        axis.set_xlim(0, right)
    handles = [handle for axis in (*axes[0], axes[1, 0]) for handle in axis.get_legend_handles_labels()[0]]
    key(made, columns=3, handles=handles)
    return made


def _title(by: pd.DataFrame) -> str:
    unwell, back = (
        float(by.loc[("routine_care", "", "clients", "follow_up", name), "value"]) for name in ("unwell", "returning")
    )
    return f"Of 1,000 clients {unwell:.0f} are unwell at follow-up, and {back:.0f} of these come back"


def _who(axis: Axes, by: pd.DataFrame, worlds: list[str]) -> None:
    at = np.arange(len(worlds))[::-1]
    found = {
        outcome: by.loc[[(world, "", "clients", "follow_up", outcome) for world in worlds]]
        for outcome in ("returning", "not_returning", "unwell")
    }
    back, away = (found[outcome]["value"].to_numpy() for outcome in ("returning", "not_returning"))
    axis.barh(at, back, color=BLUE, height=0.62, label="unwell, come back")
    axis.barh(at, away, left=back, color=PALE, hatch="///", edgecolor=GREY, height=0.62, label="unwell, stay away")
    for outcome in ("returning", "unwell"):
        axis.hlines(at, found[outcome]["low"], found[outcome]["high"], color="white", lw=2.6)
        axis.hlines(at, found[outcome]["low"], found[outcome]["high"], color=DARK, lw=1)
    axis.set_yticks(at, [named(world) for world in worlds])
    axis.set_xlabel("of 1,000 clients")


def _why(axis: Axes, by: pd.DataFrame, kinds: list[str]) -> None:
    marks = {
        "no_{}": (0.15, {"marker": "D", "color": BLUE, "label": "away because of the whole route"}),
        f"{{}}{BARRIER}": (
            -0.15,
            {"marker": "s", "color": ORANGE, "mfc": "white", "label": "away because of its barrier"},
        ),
    }
    at = np.arange(len(kinds))[::-1]
    for less, (shift, mark) in marks.items():
        rows = by.loc[[("routine_care", less.format(kind), "clients", "follow_up", "not_returning") for kind in kinds]]
        _dots(axis, rows, at + shift, mark)
    axis.axvline(0, color=DARK, lw=0.8)
    axis.set_ylim(-0.5, len(kinds) - 0.5)
    axis.set_yticks(at, [route(kind) for kind in kinds])
    axis.set_xlabel("more of 1,000 clients")


def _how(axis: Axes, by: pd.DataFrame, world: str) -> None:
    at = np.arange(len(OUTCOMES))[::-1]
    for (people, course), (shift, mark) in COURSES.items():
        rows = by.loc[[(world, "", people, course, outcome) for outcome in OUTCOMES]]
        _dots(axis, rows, at - shift, mark)
    axis.set_ylim(-0.5, len(OUTCOMES) - 0.5)
    axis.set_yticks(at, list(OUTCOMES.values()))
    axis.grid(axis="y", color="#e5e5e5", lw=0.6)
    axis.set_axisbelow(True)


def _dots(axis: Axes, rows: pd.DataFrame, at: np.ndarray, mark: dict) -> None:
    axis.hlines(at, rows["low"], rows["high"], color=mark["color"], lw=1.2)
    axis.plot(rows["value"], at, linestyle="none", ms=4, **mark)
