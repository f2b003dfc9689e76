"""The numbers of page one: each is a cell of a table, and says of which."""

import pandas as pd

from iatrogenesis.own_data.analysis.names import estimand_name
from iatrogenesis.own_data.reporting.cells import numeric, true
from iatrogenesis.own_data.reporting.could import ceilings
from iatrogenesis.own_data.reporting.flagged import rate_rule, test_rule
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.units import unit_numbers
from iatrogenesis.report.entry import CONFIGURED, Number, number

ENDS = ("low", "high")
PLAIN_MODELS = ("intercept only", "intercept_only")
NOT_WORSE = "of those counted as deteriorated: not truly worse"
"""How the quantity of the table `noise` begins that page one has; see `iatrogenesis.own_data.analysis.noise`."""


def numbers(results: Results) -> dict[str, Number]:
    """Return the numbers by name; those whose table is not there are left out.

    ====================  =======================================================================================
    `courses`             finished courses that were analysed
    `therapists`          therapists, or units, that were analysed
    `observed`            share of the finished courses that deteriorated, %
    `rate`                deterioration rate if each client were with a therapist drawn at random, %
    `mor`, `vpc`          median odds ratio; share of the variance that lies between therapists, %
    `flagged`, `judged`   therapists flagged as harmful at the false discovery rate, of so many judged
    `unsaid`              further ones, of whom small numbers leave that out
    `beyond`              therapists with more deteriorations than expected by exact tests at the same rate
    `fdr`                 that rate, %, as in the settings
    `noise`               clients counted as deteriorated who are not truly worse, or hardly, %
    `forecast_...`        of counts: `iatrogenesis.own_data.reporting.units.unit_numbers`
    `ceiling_...`         what could have been shown: `iatrogenesis.own_data.reporting.could.ceilings`
    ====================  =======================================================================================
    """
    fdr = number(100 * results.settings.analysis.false_discovery_rate, "settings", CONFIGURED)
    if results.about.kind == "counts":
        return unit_numbers(results) | {"fdr": fdr}
    found = _analysed(results) | _observed(results) | {"fdr": fdr}
    for name, estimand, factor in (("rate", "mean_rate", 100), ("vpc", "vpc", 100), ("mor", "mor", 1)):
        found |= _estimate(results, name, estimand, factor)
    if (rule := rate_rule(results)) is not None:
        found["flagged"] = number(int(rule["flagged"]), "tables/flags.csv", results.units)
        found["judged"] = number(int(rule["of"]), "tables/flags.csv", results.units)
        if rule["unsaid"]:
            found["unsaid"] = number(int(rule["unsaid"]), "tables/flags.csv", results.units)
    if (rule := test_rule(results)) is not None:
        found["beyond"] = number(int(rule["flagged"]), "tables/flags.csv", results.units)
    return found | _noise(results) | ceilings(results)


def _analysed(results: Results) -> dict[str, Number]:
    """Courses and therapists at the end of the data flow; without it, those of the table of therapists."""
    flow = numeric(results.table("flow"), "rows", "therapists")
    if len(flow):
        last, source = flow.iloc[-1], "tables/flow.csv"
        courses, therapists = last["rows"], last["therapists"]
    else:
        people, source = numeric(results.table("therapists"), "clients"), "tables/therapists.csv"
        courses = people["clients"].sum(skipna=False) if len(people) else float("nan")
        therapists = len(results.people) if 0 < len(people) == len(results.people) else float("nan")
    found = {"courses": (courses, "courses"), "therapists": (therapists, results.units)}
    return {name: number(int(value), source, unit) for name, (value, unit) in found.items() if pd.notna(value)}


def _observed(results: Results) -> dict[str, Number]:
    """Return the rate of all courses; nothing where a count of a therapist is left out because it is small."""
    table = numeric(results.table("therapists"), "clients", "deteriorated")
    if not {"clients", "deteriorated"} <= set(table) or table.empty:
        return {}
    courses, worse = (table[name].sum(skipna=False) for name in ("clients", "deteriorated"))
    known = pd.notna(courses) and pd.notna(worse) and courses > 0
    return {"observed": number(100 * float(worse / courses), "tables/therapists.csv", "%")} if known else {}


def main_estimates(results: Results) -> pd.DataFrame:
    """Return the estimates of the model by which therapists are judged; else of the one without covariates."""
    table = numeric(results.table("estimates"), "estimate", *ENDS)
    if "model" not in table or table.empty:
        return table
    models = results.table("models")
    main = list(models.loc[true(models["main"]), "model"]) if {"main", "model"} <= set(models) else []
    known = [name for name in (*main, *PLAIN_MODELS) if name in set(table["model"])]
    return table[table["model"] == (known[0] if known else table["model"].iloc[0])]


def is_estimand(table: pd.DataFrame, *keys: str) -> pd.Series:
    """Whether rows are of these estimands, by their key or by what they are called for people."""
    return table["estimand"].isin([*keys, *(estimand_name(key) for key in keys)])


def _estimate(results: Results, name: str, estimand: str, factor: float) -> dict[str, Number]:
    table = main_estimates(results)
    if "estimand" not in table:
        return {}
    rows = table[is_estimand(table, estimand)].dropna(subset=["estimate", *ENDS])
    if rows.empty:
        return {}
    row = rows.iloc[0]
    value, low, high = (factor * float(row[column]) for column in ("estimate", *ENDS))
    unit = "%" if factor == 100 else "ratio"
    return {name: number(value, "tables/estimates.csv", unit, low, high)}


def _noise(results: Results) -> dict[str, Number]:
    if not results.has("noise", "quantity", "value", "low", "high"):
        return {}
    table = numeric(results.table("noise"), "value", "low", "high")
    rows = table[table["quantity"].astype(str).str.startswith(NOT_WORSE)].dropna(subset=["value"])
    if rows.empty:
        return {}
    value, low, high = (100 * float(rows.iloc[0][name]) for name in ("value", "low", "high"))
    return {"noise": number(value, "tables/noise.csv", "%", low, high)}
