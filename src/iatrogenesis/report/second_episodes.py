"""Second episodes in the report: numbers by name, with ranges over plausible worlds, and three tables."""

from collections.abc import Mapping

import pandas as pd

from iatrogenesis.figures.episode_worlds import BARRIER, WORLDS, barriers, named
from iatrogenesis.report.entry import Number, number
from iatrogenesis.report.ranges import HEADS, cells, range_numbers
from iatrogenesis.report.rounding import with_interval
from iatrogenesis.report.tables import Table

SOURCE = "tables/second_episodes.csv"
WHO = {
    ("clients", "unwell"): "Unwell at follow-up",
    ("clients", "returning"): "Of these, come back",
    ("clients", "not_returning"): "Of these, stay away",
    ("unwell", "returning"): "Come back, of 1,000 unwell",
    ("not_returning", "severity_follow_up"): "Severity of those who stay away, points",
}
COURSE = {
    "improved": "Improved",
    "deteriorated": "Deteriorated",
    "dropped_out": "Dropped out",
    "sessions": "Sessions, mean",
    "severity_first": "Severity, first session, points",
    "severity_last": "Severity, last session, points",
}
COURSES = {
    ("clients", "first"): "first course, all clients",
    ("returning", "first"): "first course, who come back",
    ("returning", "second"): "second course, who come back",
    ("returning", "change"): "the same persons, second less first",
}
KEYS = ["world", "less", "people", "course", "outcome"]


def second_episode_numbers(table: pd.DataFrame) -> dict[str, Number]:
    """``second.<world>.<people>.<course>.<outcome>``; ``second.less_<other>...``: routine care less that world.

    At the centre; and over the plausible worlds ``.median``, ``.low_90`` and so on.
    """
    found = {}
    for row in table.fillna({"less": ""}).to_dict("records"):
        world = f"less_{row['less']}" if row["less"] else row["world"]
        name = f"second.{world}.{row['people']}.{row['course']}.{row['outcome']}"
        found[name] = number(row["value"], SOURCE, row["unit"], row["low"], row["high"], row["mcse"])
        if pd.notna(row["median"]):
            found |= range_numbers(name, _ranged(row), SOURCE, row["unit"])
    return found


def over_worlds(table: pd.DataFrame) -> Table:
    """The numbers that the section tells, at the centre and over the plausible worlds."""
    by = {key: row for key, row in table.fillna({"less": ""}).set_index(KEYS).iterrows()}
    rows = []
    for key, words in _told(barriers(table["less"].dropna())).items():
        if pd.notna(by[key]["median"]):
            rows.append([words, *cells(_ranged(by[key]))])
    return Table(["Per 1,000 of these clients, where not said otherwise", *HEADS], rows, [""] * len(rows))


def _ranged(row: Mapping) -> dict:
    """A row of the table with the names of columns that a range has."""
    return {**row, "centre": row["value"], "centre_mcse": row["mcse"], "mcse": row["world_mcse"]}


def _told(kinds: list[str]) -> dict[tuple[str, ...], str]:
    """Rows of the table that the section tells, in words."""
    found: dict[tuple[str, ...], str] = {("routine_care", "", *key): words for key, words in _FOLLOW_UP.items()}
    away = ("clients", "follow_up", "not_returning")
    found[("routine_care", "reference", *away)] = "More stay away than in the reference world"
    for kind in kinds:
        route = kind.replace("_", " ")
        found[("routine_care", f"no_{kind}", *away)] = f"More stay away because of {route}"
        found[("routine_care", f"{kind}{BARRIER}", *away)] = f"More stay away by the barrier of {route} alone"
    for outcome in ("improved", "deteriorated", "dropped_out"):
        for course in ("first", "second"):
            words = f"{COURSE[outcome]}, {COURSES['returning', course]}"
            found[("routine_care", "", "returning", course, outcome)] = words
    for outcome in ("deteriorated", "severity_last"):
        words = f"{COURSE[outcome]}, second course: more than in the reference world, who come back in both"
        found[("routine_care", "reference", "in_both", "second", outcome)] = words
    return found


_FOLLOW_UP = {(people, "follow_up", outcome): words for (people, outcome), words in WHO.items()}


def who_comes_back(table: pd.DataFrame) -> Table:
    """One row per world; at the end how many more stay away in routine care than there, and by the barrier alone."""
    by = table.fillna({"less": ""}).set_index(KEYS)[["value", "low", "high"]]
    rows = []
    for world in dict.fromkeys(table["world"]):
        cells = [_cell(by, (world, "", people, "follow_up", outcome)) for people, outcome in WHO]
        alone = f"{world.removeprefix('no_')}{BARRIER}"
        cells += [_cell(by, ("routine_care", less, "clients", "follow_up", "not_returning")) for less in (world, alone)]
        rows.append([named(world), *cells])
    more = ["More stay away in routine care than here", "By the barrier alone"]
    return Table(["Per 1,000 clients, where not said otherwise", *WHO.values(), *more], rows, [""] * len(rows))


def second_course(table: pd.DataFrame) -> Table:
    """Courses in routine care and in the reference world, and second courses of those who come back in two worlds."""
    by = table.fillna({"less": ""}).set_index(KEYS)[["value", "low", "high"]]
    rows = [
        [f"{named(world)}: {words}", *(_cell(by, (world, "", people, course, name)) for name in COURSE)]
        for world in WORLDS
        for (people, course), words in COURSES.items()
    ]
    rows += [
        [
            f"second course, who come back in both: routine care less {named(world)}",
            *(_cell(by, ("routine_care", world, "in_both", "second", name)) for name in COURSE),
        ]
        for world in dict.fromkeys(table["world"])
        if world != "routine_care"
    ]
    return Table(["Per 1,000 of these clients, where not said otherwise", *COURSE.values()], rows, [""] * len(rows))


def _cell(by: pd.DataFrame, key: tuple[str, ...]) -> str:
    return with_interval(*by.loc[key]) if key in by.index else ""
