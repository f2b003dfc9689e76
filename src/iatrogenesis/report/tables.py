"""Result tables as the report shows them: columns with headings for people, cells rounded by their uncertainty."""

from collections.abc import Iterable
from math import exp
from typing import NamedTuple

import pandas as pd

from iatrogenesis.core.definitions import RATIO_IN_WORDS
from iatrogenesis.report.rounding import rounded, with_error, with_interval

NAMES = {
    "therapist_sd": "therapists' SD (log odds)",
    "vpc": "share of variance (VPC)",
    "mor": "median odds ratio",
    "mean_rate": "mean rate",
}
SCENARIO_COLUMNS = {
    "net_against_reference": "Net harm",
    "net_true_against_reference": "Net harm, scores without error",
    "net_against_routine_care": "More than in routine care",
    "deteriorated_per_client": "Deteriorated",
    "iatrogenic": "Caused, shared chance",
    "spared": "Prevented, shared chance",
    "improved": "Improved, of finished",
    "dropped_out": "Dropped out",
    "sessions": "Sessions, mean",
}
BOUNDS = ("caused_at_least", "caused_at_most")


class Table(NamedTuple):
    """Headings, and rows of cells. ``marks`` has one word a row, which the page turns into a colour and a sign."""

    columns: list[str]
    rows: list[list[str]]
    marks: list[str]


def scenarios(table: pd.DataFrame, titles: dict[str, str]) -> Table:
    """One row per scenario; each cell a value with its 95 % Monte Carlo interval."""
    columns = {name: title for name, title in SCENARIO_COLUMNS.items() if name in set(table["measure"])}
    rows = []
    for name, part in table.groupby("scenario", sort=False):
        by = part.set_index("measure")
        cells = [with_interval(*by.loc[measure, ["value", "low", "high"]]) for measure in columns]
        bounds = [with_error(*by.loc[measure, ["value", "mcse"]]) for measure in BOUNDS]
        rows.append([titles.get(name, name), *cells, " to ".join(bounds)])
    return _plain(["Scenario", *columns.values(), "Caused, bounds (MCSE)"], rows)


OUTCOME_COLUMNS = {
    "deteriorated": "Worse, last session",
    "deteriorated_at_follow_up": "Worse, follow-up",
    "dropped_out": "Dropped out",
    "crises": "Episodes of self-harm ideation",
    "not_returning": "Unwell, seeking no help",
    "severity_last": "Severity, last, points",
    "severity_follow_up": "Severity, follow-up, points",
    "sessions": "Sessions, mean",
}


def attribution(table: pd.DataFrame) -> Table:
    """One row per mechanism: what closing it alone would avert, and its share of the total; and the total."""
    by = table.set_index(["attribution", "mechanism", "outcome"])[["value", "mcse"]].sort_index()
    closed = by.loc[["removed", "total"]].droplevel("attribution")
    shares = by.loc[["shapley", "total"]].droplevel("attribution").xs("deteriorated", level="outcome")
    order = closed.xs("deteriorated", level="outcome")["value"].sort_values(ascending=False).index
    rows = [
        [
            "all together" if kind == "all" else kind.replace("_", " "),
            with_error(*shares.loc[kind]),
            *(with_error(*closed.loc[(kind, outcome)]) for outcome in OUTCOME_COLUMNS),
        ]
        for kind in order
    ]
    heads = ["Per 1,000 clients, where not said otherwise", "Worse, share of the total (Shapley)"]
    return _plain([*heads, *OUTCOME_COLUMNS.values()], rows)


def preventions(table: pd.DataFrame) -> Table:
    """One row per prevention: change of each outcome in the central reading, and its cost."""
    columns = OUTCOME_COLUMNS | {"waiting": "Weeks waited, mean", "prevention_hours": "Hours per 1,000 clients"}
    rows = []
    for name, part in table[table["reading"] == "central"].groupby("scenario", sort=False):
        by = part.set_index("outcome")
        cells = [with_interval(*by.loc[outcome, ["value", "low", "high"]]) for outcome in columns]
        rows.append([name.removeprefix("with_").replace("_", " "), *cells])
    return _plain(["Change per 1,000 clients, where not said otherwise", *columns.values()], rows)


def effects(table: pd.DataFrame) -> Table:
    """One row per fit and estimand, with the truth where it is known, and odds ratios."""
    rows, marks = [], []
    for row in table.itertuples():
        name = NAMES.get(row.estimand, row.estimand.removeprefix("log_odds_ratio[").removesuffix("]").replace("_", " "))
        ratio = row.estimand.startswith("log_odds_ratio")
        unknown = pd.isna(row.truth)
        covered = "" if unknown else ("yes" if bool(row.covered) else "no")
        rows.append(
            [
                row.dataset,
                row.model,
                f"{name}, log OR" if ratio else name,
                "" if unknown else with_error(row.truth, row.truth_mcse),
                with_interval(row.estimate, row.low, row.high),
                with_interval(*_exp(row.estimate, row.low, row.high)) if ratio else "",
                rounded(float(row.mcse), row.mcse),
                covered,
            ]
        )
        marks.append("bad" if covered == "no" else "")
    heads = ["Data", "Model", "Estimand", "Truth (MCSE)", "Estimate (95 % interval)", "Odds ratio", "MCSE", "Covers"]
    return Table(heads, rows, marks)


def therapists(table: pd.DataFrame, shown: int = 10) -> Table:
    """The therapists most likely to be harmful, and how sure that is."""
    top = table.sort_values(["p_harmful", "rate"], ascending=False, kind="stable").head(shown)
    rows = []
    for row in top.to_dict("records"):
        truth = row.get("true_rate")
        rows.append(
            [
                row["therapist_id"],
                f"{row['deteriorated']} of {row['clients']}",
                _percent(row["raw_rate"], row["raw_low"], row["raw_high"]),
                _percent(row["rate"], row["rate_low"], row["rate_high"]),
                f"{row['rank_low']:.0f} to {row['rank_high']:.0f}",
                with_error(row["p_harmful"], row["p_harmful_mcse"]),
                "" if truth is None or pd.isna(truth) else with_error(100 * truth, 100 * row["true_rate_mcse"]),
            ]
        )
    heads = ["Therapist", "Worse", "Raw rate, %", "Rate by the model, %", "Rank, 95 %"]
    return _plain([*heads, f"P (rate above {RATIO_IN_WORDS} the average)", "True rate, %"], rows)


def diagnostics(table: pd.DataFrame) -> Table:
    """One row per fit, those that failed marked."""
    rows = [
        [
            row.dataset,
            row.model,
            getattr(row, "engine", ""),
            _converged(row),
            f"{row.rhat:.4f} ({row.rhat_of})",
            f"{row.ess_bulk:,.0f} ({row.ess_bulk_of})",
            f"{row.ess_tail:,.0f} ({row.ess_tail_of})",
            "" if pd.isna(row.divergences) else f"{row.divergences:.0f}",
            "" if pd.isna(row.bfmi) else f"{row.bfmi:.2f}",
            "" if pd.isna(getattr(row, "pareto_k", float("nan"))) else f"{row.pareto_k:.2f}",
        ]
        for row in table.itertuples()
    ]
    heads = ["Data", "Model", "Engine", "Converged", "Worst R-hat (of)", "Least bulk ESS (of)", "Least tail ESS (of)"]
    return Table(
        [*heads, "Divergences", "E-BFMI", "Pareto k"],
        rows,
        ["" if ok else "bad" for ok in table["passed"].astype(bool)],
    )


def _converged(row) -> str:
    """Whether the fit met the convergence criteria, and whether another engine had to stand in."""
    said = "yes" if row.passed else f"no: {row.reasons}"
    instead = getattr(row, "fallback", "")
    return f"{said}; {instead}" if isinstance(instead, str) and instead else said


def services(table: pd.DataFrame) -> Table:
    """Between-service SD by year, from the rows of the effects table that are about services."""
    chosen = table[table["dataset"].str.startswith("nhs-") & (table["estimand"] == "therapist_sd")]
    rows = [
        [row.dataset.removeprefix("nhs-"), with_interval(row.estimate, row.low, row.high), rounded(row.mcse, row.mcse)]
        for row in chosen.sort_values("dataset").itertuples()
    ]
    return _plain(["Year", "SD between services, log odds (95 % interval)", "MCSE"], rows)


def _plain(columns: Iterable[str], rows: list[list[str]]) -> Table:
    return Table(list(columns), rows, [""] * len(rows))


def _exp(*values: float) -> list[float]:
    return [exp(value) for value in values]


def _percent(value: float, low: float, high: float) -> str:
    return with_interval(100 * value, 100 * low, 100 * high)
