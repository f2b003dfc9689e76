"""The conclusions over all plausible worlds, what drives them, and the next studies, as numbers and as tables."""

import pandas as pd

from iatrogenesis.figures.unknown_names import by_chance, named
from iatrogenesis.harm.conclusions import MAIN
from iatrogenesis.report.entry import Number, number
from iatrogenesis.report.ranges import by_width, range_numbers
from iatrogenesis.report.rounding import rounded
from iatrogenesis.report.tables import Table

CONCLUSIONS, DRIVERS, STUDIES = "tables/conclusions.csv", "tables/drivers.csv", "tables/next_studies.csv"
UNIT = "per 1,000 clients"
INFORMED = 0.8
"""An unknown whose spread falls below this share of its prior's is informed by the published patterns; a choice. An
ensemble of 300 worlds loses about a tenth by chance alone: unknowns that no pattern is about keep .91 (SD .04)."""
MOST = 100
"""Per cent by which Monte Carlo error widens a range; above it the range says little, and the table says only that."""


def conclusion_numbers(conclusions: pd.DataFrame) -> dict[str, Number]:
    """``conclusions.<name>.median``, ``.low_50``, ``.low_90`` and so on, errors of the ends apart; and counts."""
    found = {}
    for row in conclusions.to_dict("records"):
        unit = UNIT if kind_of(row["conclusion"]) != "policy" else row["label"].rpartition(", ")[2]
        found |= range_numbers(f"conclusions.{row['conclusion']}", row, CONCLUSIONS, unit)
    return found


def driver_numbers(drivers: pd.DataFrame, conclusions: pd.DataFrame) -> dict[str, Number]:
    """``drivers.<conclusion>.first``: % explained by the unknown that explains most; how many are informed."""
    one_each = drivers.drop_duplicates("unknown")
    found = {
        "drivers.unknowns": number(len(one_each), DRIVERS, "unknown numbers"),
        "drivers.informed": number(int((one_each["spread_left"] < INFORMED).sum()), DRIVERS, "unknown numbers"),
        "drivers.informed.below": number(100 * INFORMED, DRIVERS, "% of the prior's SD"),
        "drivers.median_left": number(100 * one_each["spread_left"].median(), DRIVERS, "% of the prior's SD"),
    }
    for name, part in drivers.groupby("conclusion", sort=False):
        found[f"drivers.{name}.first"] = number(100 * part["explained"].max(), DRIVERS, "% of variance")
        chance = 100 * _chance(part, conclusions)
        found[f"drivers.{name}.chance"] = number(chance, f"{DRIVERS}, {CONCLUSIONS}", "% of variance")
    return found


def _chance(part: pd.DataFrame, conclusions: pd.DataFrame) -> float:
    """What the best of the unknowns explains of one conclusion by chance."""
    members = conclusions.loc[conclusions["conclusion"] == part["conclusion"].iloc[0], "members"]
    return by_chance(len(part), int(members.iloc[0]))


def study_numbers(studies: pd.DataFrame) -> dict[str, Number]:
    """``next.<conclusion>.narrower``: by how many per cent the best single study would narrow its 90 % range."""
    best = studies.groupby("conclusion", sort=False)["narrower_percent"].max()
    return {f"next.{name}.narrower": number(float(value), STUDIES, "%") for name, value in best.items()}


def first_drivers(drivers: pd.DataFrame, conclusions: pd.DataFrame) -> dict[str, str]:
    """The unknown that explains most of each conclusion's variance, in words; empty if that is no more than chance."""
    found = {}
    for name, part in drivers.groupby("conclusion", sort=False):
        first = part.loc[part["explained"].idxmax()]
        found[name] = named(first["unknown"]) if first["explained"] > _chance(part, conclusions) else ""
    return found


def conclusion_table(conclusions: pd.DataFrame, kind: str) -> Table:
    """One row per conclusion of a kind (``main``, ``policy``; ``route``, ``prevention``: the largest median first)."""
    chosen = conclusions[conclusions["conclusion"].map(kind_of) == kind]
    if kind in ("route", "prevention"):
        chosen = chosen.sort_values("median", ascending=False, kind="stable")
    rows = []
    for row in chosen.to_dict("records"):
        wide = (row["low_90"], row["high_90"])
        ends = [rounded(row[f"{end}_mcse"], row[f"{end}_mcse"]) for end in ("low_90", "high_90")]
        rows.append(
            [
                row["label"] if kind in ("main", "policy") else short(row["label"]),
                by_width(row["centre"], *wide),
                by_width(row["median"], *wide),
                " to ".join(by_width(row[end], *wide) for end in ("low_50", "high_50")),
                " to ".join(by_width(end, *wide) for end in wide),
                " and ".join(ends),
                f"over {MOST}" if row["widened"] > MOST else rounded(row["widened"], 10.0),
                rounded(int(row["members"])),
            ]
        )
    first = "In simulated routine care" if kind == "policy" else "Deteriorations per 1,000 clients"
    heads = [first, "At the centre", "Median", "50 % range", "90 % range"]
    heads += ["MCSE of its ends"]
    return Table([*heads, "Widened by Monte Carlo error, %", "Worlds"], rows, [""] * len(rows))


def kind_of(conclusion: str) -> str:
    """Which table a conclusion belongs to."""
    return "main" if conclusion in MAIN else conclusion.partition(".")[0]


def short(label: str) -> str:
    """What is closed or added, of a conclusion about one of many."""
    return label.rpartition(": ")[2]


def driver_table(drivers: pd.DataFrame, conclusions: pd.DataFrame, shown: int = 5) -> Table:
    """The unknowns that explain most of each conclusion's variance, and what is left of their prior's spread."""
    rows = []
    for name, part in drivers.groupby("conclusion", sort=False):
        chance = _chance(part, conclusions)
        for row in part.nlargest(shown, "explained").itertuples():
            rows.append(
                [
                    MAIN[name].label,
                    named(row.unknown),
                    rounded(100 * row.explained, 10.0),
                    "yes" if row.explained > chance else "no",
                    "raises" if row.correlation > 0 else "lowers",
                    rounded(100 * row.spread_left, 10.0),
                    "yes" if row.spread_left < INFORMED else "no",
                ]
            )
    heads = ["Conclusion", "Unknown number", "Explains, % of variance", "Beyond chance", "A higher value"]
    return Table([*heads, "Spread left, % of prior", "Informed by patterns"], rows, [""] * len(rows))


def study_table(studies: pd.DataFrame, drivers: pd.DataFrame, conclusions: pd.DataFrame, shown: int = 2) -> Table:
    """The single studies that would narrow each main conclusion's 90 % range most."""
    rows, marks = [], []
    explained = drivers.set_index(["conclusion", "unknown"])["explained"]
    for name in (name for name in MAIN if name in set(studies["conclusion"])):
        part = studies[studies["conclusion"] == name]
        chance = _chance(drivers[drivers["conclusion"] == name], conclusions)
        for row in part.nlargest(shown, "narrower_percent").itertuples():
            error = f"{row.se:.2g} (now {row.spread_now:.2g})"
            rows.append([MAIN[name].label, named(row.unknown), row.sample, error, f"{row.narrower_percent:.0f}"])
            marks.append("" if explained[name, row.unknown] > chance else "open")
    heads = ["Conclusion", "Number to measure", "Study", "Its standard error (spread now)", "90 % range narrower by, %"]
    return Table(heads, rows, marks)
