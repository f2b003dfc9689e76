"""Tables of the report about the simulation study."""

import numpy as np
import pandas as pd

from iatrogenesis.core.definitions import PHRASES
from iatrogenesis.core.montecarlo import share_interval
from iatrogenesis.core.registry import declarations
from iatrogenesis.figures.methods import of_flagged
from iatrogenesis.report.ranges import HEADS, with_range
from iatrogenesis.report.ranges import cells as range_cells
from iatrogenesis.report.rounding import interval, with_error
from iatrogenesis.report.tables import Table
from iatrogenesis.simulation_study.estimands import is_odds_ratio_of
from iatrogenesis.simulation_study.judge import SHARES
from iatrogenesis.simulation_study.names import POLICIES, cell_names

FACTS = declarations("iatrogenesis.simulation_study.methods", "LABEL")

CHANGES = {
    "therapists": "therapists", "clients": "clients each", "clients_spread": "spread of lists",
    "lists_by_harm": "lists by harm", "therapist_sd": "SD", "shape": "shape", "services": "services", "rate": "rate",
    "burnout": "log odds ratio of burnout", "competence": "log odds ratio of competence",
    "fit": "log odds ratio of fit", "reliability": "reliability", "severity": "severity by harm",
    "deprivation": "deprivation by harm", "unmeasured": "unmeasured cause by harm", "between": "case mix between",
    "referred": "referrals", "dropout": "missing scores", "prior_rate": "prior of the rate off by",
    "prior_scale": "scale of the prior SD", "scenario": "scenario", "course": "course by burnout",
}  # fmt: skip
BURNOUT = ("bias", "empirical_se", "model_se_error", "coverage", "power", "type_1_error", "not_passed")
SPREAD = ("bias", "rmse", "coverage", "width", "no_interval")
TITLES = {
    "bias": "Bias", "empirical_se": "Empirical SE", "model_se_error": "Model SE, relative error",
    "coverage": "Coverage",
    "power": "Power", "type_1_error": "Type I error", "not_passed": "Not converged", "rmse": "RMSE", "width": "Width",
    "no_interval": "No interval", "rank_correlation": "Rank correlation", "sensitivity": "Sensitivity",
    "fdr": "False discovery rate", "fpr": "False positive rate", "flagged": "Flagged",
}  # fmt: skip


def cells(table: pd.DataFrame) -> Table:
    """One row per cell: what it changes of its family's reference, and why."""
    references = {row["family"]: row for row in table.to_dict("records") if row["reading"] == "reference"}
    rows = []
    for row in table.to_dict("records"):
        reference = row if row["reading"] == "reference" else references.get(row["family"], row)
        said = [f"{label} {_plain(row[name])}" for name, label in CHANGES.items() if _told(row, reference, name)]
        names = cell_names([row["cell"]])
        rows.append([*names, row["family"], "; ".join(said), row["reading"], row["reason"]])
    return Table(["Cell", "Family", "What it has, or changes", "Read as", "Why"], rows, [""] * len(rows))


def _told(row: dict, reference: dict, name: str) -> bool:
    """Whether a field is worth words: in a reference whatever is there, elsewhere what differs."""
    if pd.isna(row[name]):
        return False
    return bool(row[name] != 0) if row is reference else row[name] != reference[name]


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def odds_ratios(table: pd.DataFrame, measures: tuple[str, ...]) -> Table:
    """The log odds ratio of burnout that each method targets, as `performance`."""
    of_burnout = table[[is_odds_ratio_of("burnout", name) for name in table["estimand"]]]
    return _performance(of_burnout, measures)


def performance(table: pd.DataFrame, estimand: str, measures: tuple[str, ...]) -> Table:
    """One row per cell and method for one estimand; each measure with its Monte Carlo standard error."""
    return _performance(table[table["estimand"] == estimand], measures)


def _performance(part: pd.DataFrame, measures: tuple[str, ...]) -> Table:
    shown = [measure for measure in measures if measure in set(part["measure"])]
    rows = []
    for (cell, method), own in part.groupby(["cell", "method"], sort=False):
        by = own.set_index("measure")
        values = [_judged(one, by.loc[one]) if _there(by, one) else "" for one in shown]
        failures = f"{int(own['failures'].max())} of {int(own['replicates'].max())}"
        rows.append([*cell_names([cell]), FACTS[method]["LABEL"], *values, failures])
    heads = ["Cell", "Method", *(TITLES[measure] for measure in shown), "Without an answer"]
    return Table(heads, rows, [""] * len(rows))


def _judged(measure: str, row: pd.Series) -> str:
    """A measure with its Monte Carlo standard error; a share of none or all with its exact interval."""
    if measure in SHARES and row["mcse"] == 0:
        return f"{row['value']:g} [{interval(*share_interval(row['value'], 0.0, int(row['replicates'])))}]"
    return with_error(row["value"], row["mcse"])


def _there(by: pd.DataFrame, measure: str) -> bool:
    return measure in by.index and pd.notna(by.loc[measure, "value"])


def therapists(table: pd.DataFrame) -> Table:
    """One row per cell and method: how well therapists are told apart."""
    columns = {
        "Rate: bias": ("therapist_rate", "bias"),
        "Rate: RMSE": ("therapist_rate", "rmse"),
        "Rate: coverage": ("therapist_rate", "coverage"),
        "Rate: coverage of harmful ones": ("therapist_rate", "coverage_harmful"),
        "Rank correlation": ("therapist_rank", "rank_correlation"),
        "Worst 5 %: sensitivity": ("flag_worst", "sensitivity"),
        "Worst 5 %: not harmful": ("flag_worst", "mfdr"),
        f"{PHRASES['percent']} probable: sensitivity": ("flag_probable", "sensitivity"),
        f"{PHRASES['percent']} probable: not harmful": ("flag_probable", "mfdr"),
        "Expected FDR: sensitivity": ("flag_fdr", "sensitivity"),
        "Expected FDR: not harmful": ("flag_fdr", "mfdr"),
        "Ranks, each: coverage": ("rank_set", "coverage"),
        "Ranks, all at once: coverage": ("rank_set_all", "coverage"),
        "Grades: misordered": ("grade", "misordered"),
        "Actions: regret avoided": ("action", "avoided"),
    }
    part = of_flagged(table[table["estimand"].isin({estimand for estimand, _ in columns.values()})])
    rows = []
    for (cell, method), own in part.groupby(["cell", "method"], sort=False):
        by = own.set_index(["estimand", "measure"]).sort_index()
        values = [_judged(key[1], by.loc[key]) if _known(by, key) else "" for key in columns.values()]
        rows.append([*cell_names([cell]), FACTS[method]["LABEL"], *values])
    return Table(["Cell", "Method", *columns], rows, [""] * len(rows))


def _known(by: pd.DataFrame, key: tuple[str, str]) -> bool:
    return key in by.index and pd.notna(by.loc[key, "value"])


def needed(table: pd.DataFrame) -> Table:
    """Therapists needed, by clients of each: for the spread at two widths, and for burnout at each effect."""
    part = table[table["question"].isin(["spread", "burnout"])]
    heads, columns = [], []
    for question, sd, effect, target in dict.fromkeys(
        part[["question", "therapist_sd", "effect", "target"]].fillna(-1).itertuples(index=False, name=None)
    ):
        columns.append((question, sd, effect, target))
        what = f"VPC within ±{target / 2:g}" if question == "spread" else f"Odds ratio {np.exp(effect):.2f}"
        heads.append(f"{what}, SD {sd:g}")
    rows = []
    for clients, own in part.groupby("clients"):
        by = own.fillna({"effect": -1}).set_index(["question", "therapist_sd", "effect", "target"])
        rows.append([f"{clients:g}", *(_therapists(by.loc[key]) for key in columns)])
    return Table(["Clients each", *heads], rows, [""] * len(rows))


def _therapists(row: pd.Series) -> str:
    if pd.isna(row["needed"]):
        return "–"
    text = f"{int(np.ceil(row['needed'])):,}"
    if pd.notna(row["low"]) and pd.notna(row["high"]) and row["high"] > row["low"]:
        text += f" ({int(row['low']):,} to {int(np.ceil(row['high'])):,})"
    elif pd.notna(row["low"]) and pd.isna(row["high"]):
        text += f" (from {int(row['low']):,})"
    return text + ("*" if bool(row["beyond_grid"]) else "")


def reliability(table: pd.DataFrame) -> Table:
    """Clients of each therapist at which raw rates are reliable, simulated and by the formula; or half are found."""
    rows = []
    for row in table[table["question"].isin(["reliability", "flagging"])].itertuples():
        what = (
            f"reliability {row.target:g} of a raw rate"
            if row.question == "reliability"
            else f"sensitivity {row.target:g} for harmful therapists ({PHRASES['percent']} probable)"
        )
        value = "not on this grid" if pd.isna(row.needed) else _therapists(pd.Series(row._asdict()))
        formula = "" if pd.isna(row.formula) else f"{row.formula:,.0f}"
        rows.append([what, f"{row.therapist_sd:g}", value, formula])
    return Table(["For", "SD of therapists", "Clients of each therapist", "By the formula"], rows, [""] * len(rows))


def another_year(advice: pd.DataFrame) -> Table:
    """One row per number of clients: what another year and known rates are expected to avert, and do avert."""
    part = advice[advice["question"] == "another_year"]
    heads = {
        "promised": "Another year: expected", "realised": "averted", "gap": "difference",
        "perfect": "Rates known: expected", "regret": "averted", "changed": "Actions changed",
    }  # fmt: skip
    rows = []
    for clients, own in part.groupby("clients"):
        by = own.set_index("quantity")
        values = [with_error(by.loc[name, "value"], by.loc[name, "mcse"]) for name in heads]
        rows.append([f"{clients:g}", *values])
    return Table(["Clients each", *heads.values()], rows, [""] * len(rows))


def policies(table: pd.DataFrame) -> Table:
    """One row per policy: averted at the centre and over plausible worlds, whom it chooses, and who is not seen."""
    by = {key: row for key, row in table.set_index(["policy", "measure"]).iterrows()}
    rows = []
    for policy in dict.fromkeys(table["policy"]):
        others = [_ranged(by.get((policy, measure))) for measure in ("chosen", "fdr", "not_worst_fifth", "not_seen")]
        rows.append([POLICIES[policy], *range_cells(by[policy, "averted"]), *others])
    heads = [
        "Averted per 1,000 clients",
        *HEADS,
        "Chosen in ten years",
        "False discovery rate (not harmful), %",
        "Not among the worst fifth, %",
        "Clients not seen, per 1,000",
    ]
    return Table(heads, rows, [""] * len(rows))


def _ranged(row: pd.Series | None) -> str:
    return "" if row is None else with_range(row["median"], row["low_90"], row["high_90"])
