"""Every table of the page, from the tables of the analysis: who is not to be named is not, and long ones are cut."""

import re

import pandas as pd

from iatrogenesis.own_data.reporting import table_1, unit_tables
from iatrogenesis.own_data.reporting.cells import numeric, true
from iatrogenesis.own_data.reporting.flagged import flagged_by, rules
from iatrogenesis.own_data.reporting.moved import marked
from iatrogenesis.own_data.reporting.numbers import is_estimand
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.shown import shown
from iatrogenesis.own_data.reporting.words import SAID
from iatrogenesis.report.rounding import interval
from iatrogenesis.report.tables import Table

PLAIN = (
    *("models", "sensitivity_definition"),
    *("sensitivity_missing", "sensitivity_attribution", "what_if", "overdispersion"),
    *("services_model", "services_notes"),
)
"""Tables that are shown as they are."""
THERAPISTS = (
    *("therapist_id", "clients", "deteriorated", "raw_rate", "raw_low", "raw_high", "expected", "ratio", "p_high"),
    *("p_low", "rate", "rate_low", "rate_high", "rank", "rank_low", "rank_high", "rank_low_simultaneous"),
    *("rank_high_simultaneous", "p_harmful"),
)
CHECKS = ("check", "severity", "rows", "analysis")
NOTHING_FOUND = ("passed", "not looked at")
ENDS = ("estimate", "value", "low", "high", "usual", "prior", "prior_low", "prior_high")
OF_THERAPIST = re.compile(r"(?P<what>therapist_effect)\[(?P<who>.*)\]", re.DOTALL)
RATIO = "log_odds_ratio["
SPREAD = ("model", "name", "estimate", "low", "high", "unit", "prior", "prior_low", "prior_high", "moved")
EFFECTS = (
    *("model", "name", "estimate", "low", "high", "unit", "odds_ratio", "odds_ratio_low", "odds_ratio_high"),
    *(
        "per_point",
        "per_point_low",
        "per_point_high",
        "point",
        "precision",
        "prior",
        "prior_low",
        "prior_high",
        "moved",
    ),
)
NEEDS = {"rules": "flags", "missing": "table1", "spread": "estimates"}
"""Tables of the page that are made from another one."""
ALONE = ("sensitivity_attribution", "sensitivity_missing")
MOST = 400
"""Rows of a table on the page; its file has all."""


def page_tables(results: Results) -> dict[str, Table]:
    """Return the tables by name; absent ones are left out."""
    found = {name: shown(_named(results, name)) for name in PLAIN if name in results}
    made = {
        "flow": _flow,
        "table1": table_1.shown_table,
        "checks": _checks,
        "diagnostics": _diagnostics,
        "predictive": _predictive,
        "spread": _spread,
        "estimates": _estimates,
        "sensitivity_priors": _priors,
        "allocation": _allocation,
        "therapists": _therapists,
        "rules": _rules,
        "flags": _flags,
        "missing": _missing,
        "services": unit_tables.services,
        "forecast": unit_tables.forecast,
        "rolling_origin": unit_tables.rolling,
        "noise": _noise,
        "periods": _periods,
        "cusum": _cusum,
        "ceiling": _ceiling,
        "error_rates": _error_rates,
    }
    found |= {name: make(results) for name, make in made.items() if NEEDS.get(name, name) in results}
    for name in ALONE:
        if len(results.table(name)) == 1:  # the analysis itself: nothing was varied
            del found[name]
    return {name: table for name, table in found.items() if table.rows or name not in NEEDS}


def _named(results: Results, name: str) -> pd.DataFrame:
    """The first rows of a table, therapists by their labels."""
    table = results.table(name).head(MOST)
    if "therapist_id" in table:
        table = table.assign(therapist_id=[results.names.of(one) for one in table["therapist_id"]])
    return table


def _flow(results: Results) -> Table:
    rows = "Rows" if results.about.kind == "counts" else "Courses"
    heads = {"rows": rows, "clients": "Clients", "therapists": results.units.capitalize()}
    return shown(results.table("flow"), headings=heads)


def _checks(results: Results) -> Table:
    table = results.table("checks")
    found = table[~table["severity"].isin(NOTHING_FOUND)] if "severity" in table else table
    kept = [name for name in CHECKS if name in table]
    return shown(found[kept], headings={"analysis": "What the analysis does"})


def _missing(results: Results) -> Table:
    """Columns of the case mix and what was done with their gaps; without that table, gaps of table 1."""
    if "missing_covariates" in results:
        return shown(results.table("missing_covariates"))
    table = results.table("table1")
    if not {"characteristic", "missing"} <= set(table):
        return Table([], [], [])
    gaps = table[numeric(table, "missing")["missing"] > 0].drop_duplicates("characteristic")
    return shown(gaps[["characteristic", "missing"]])


def _diagnostics(results: Results) -> Table:
    """Parameters of therapists who are not named stand without them."""
    table = results.table("diagnostics")
    worst = [name for name in table if name.endswith("_of")]
    masked = {name: [_without_names(str(one), results) for one in table[name].fillna("")] for name in worst}
    return shown(table.assign(**masked))


def _without_names(parameter: str, results: Results) -> str:
    found = OF_THERAPIST.fullmatch(parameter)
    return parameter if found is None or found["who"] in results.names else found["what"]


def _predictive(results: Results) -> Table:
    table = results.table("predictive")
    marks = ~true(table["inside"]) if "inside" in table else pd.Series(False, index=table.index)
    return shown(table, marked=list(marks))


def _estimates(results: Results) -> Table:
    table = results.table("estimates")
    marks = list(marked(table))
    if "estimand" in table:
        table = _in_percent(table, is_estimand(table, "mean_rate"), "estimand")
    return shown(table, marked=marks)


def _spread(results: Results) -> Table:
    """What is not a coefficient: the rate, and how much therapists differ, by each model."""
    table = results.table("estimates")
    if "estimand" not in table:
        return Table([], [], [])
    return _of_estimates(table[~table["estimand"].astype(str).str.startswith(RATIO)], SPREAD)


def _estimates(results: Results) -> Table:
    return _of_estimates(results.table("estimates"), EFFECTS)


def _of_estimates(table: pd.DataFrame, columns: tuple[str, ...]) -> Table:
    marks = list(marked(table))
    if "estimand" in table:
        rates = is_estimand(table, "mean_rate")
        table = table.rename(columns={"prior_estimate": "prior"})
        table = table.drop(columns="estimand") if "name" in table else table.rename(columns={"estimand": "name"})
        table = _in_percent(table, rates, "name")
        if "unit" in table:
            table = table.assign(unit=table["unit"].where(~rates, "%"))
    kept = [name for name in columns if name in table]
    return shown(table[kept] if "model" in kept else table, marked=marks)


def _allocation(results: Results) -> Table:
    """The interval of chance in one cell."""
    table = results.table("allocation")
    ends = ("chance_low", "chance_high")
    if not {*ends, "icc"} <= set(table):
        return shown(_named(results, "allocation"))
    found = numeric(table, *ends)
    chance = [interval(*pair) if max(pair) > min(pair) else "" for pair in found[list(ends)].to_numpy()]
    places = list(table).index("icc") + 1
    table = table.drop(columns=list(ends))
    table.insert(places, "chance", chance)
    return shown(table, headings={"icc": "ICC", "chance": "ICC by chance (95 %)", "p": "p"})


def _priors(results: Results) -> Table:
    table = results.table("sensitivity_priors")
    if {"estimand", "name"} <= set(table):
        table = _in_percent(table, is_estimand(table, "mean_rate"), "name").drop(columns="estimand")
    return shown(table, headings={"name": "Quantity", "usual": "By the usual priors"})


def _therapists(results: Results) -> Table:
    table = results.table("therapists")
    order = numeric(table, "clients")["clients"].sort_values(ascending=False, kind="stable").index
    kept = [name for name in THERAPISTS if name in table]
    return shown(
        _labelled(table.loc[order, kept].head(MOST), results), headings={"rate": "Standardised rate, % (95 % interval)"}
    )


def _labelled(table: pd.DataFrame, results: Results) -> pd.DataFrame:
    return table.assign(therapist_id=[results.names.of(one) for one in table["therapist_id"]])


def _rules(results: Results) -> Table:
    heads = {
        "rule": "Rule",
        "side": "Side",
        "flagged": "Flagged",
        "of": "Of",
        "expected_false": "Wrongly, expected",
        "stated": "What the rule holds",
    }
    return shown(rules(results).loc[:, list(heads)], headings=heads)


def _flags(results: Results) -> Table:
    """Therapists whom a rule flags, with the rules."""
    found = _labelled(flagged_by(results), results)
    heads = {
        "therapist_id": results.unit.capitalize(),
        "above": "Above, by these rules",
        "below": "Below, by these rules",
    }
    return shown(found, headings=heads)


CUSUM = ("level", "unit", "n", "events", "expected", "threshold", "max", "p_value", "alarm", "alarm_date", "power")


def _cusum(results: Results) -> Table:
    table = results.table("cusum").head(MOST)
    if {"level", "unit"} <= set(table):
        labels = [results.names.unit(*pair) for pair in zip(table["level"], table["unit"], strict=True)]
        table = table.assign(unit=labels)[[name for name in CUSUM if name in table]]
    marks = true(table["alarm"]) if "alarm" in table else [False] * len(table)
    return shown(table, marked=list(marks))


def _ceiling(results: Results) -> Table:
    return shown(results.table("ceiling"), leave_out=("sentence", "note", "reason"))


def _error_rates(results: Results) -> Table:
    return shown(results.table("error_rates"), leave_out=("note", "reason", "therapists", "data_sets"))


def _noise(results: Results) -> Table:
    """Shares in per cent; what is a number of clients stays one."""
    table = results.table("noise")
    if "unit" not in table:
        return shown(table)
    units = table["unit"].astype(str)
    shares = units.str.startswith("share")
    return shown(_in_percent(table, shares).assign(unit=units.str.replace("share", "%", regex=False)))


def _periods(results: Results) -> Table:
    """Rates in per cent."""
    table = results.table("periods")
    if "quantity" not in table:
        return shown(table)
    rates = table["quantity"].astype(str).str.startswith("rate")
    table = table.drop(columns=["adjusted", "therapists"], errors="ignore")
    return shown(_in_percent(table, rates, "quantity"))


def _in_percent(table: pd.DataFrame, rows: pd.Series, said_in: str = "") -> pd.DataFrame:
    """Values and their ends times 100 in some rows, whose name then says so in another column."""
    read = numeric(table, *ENDS)
    known = [name for name in ENDS if name in table and read[name].notna().any()]  # a prior may be a name
    found = table.assign(**{name: read[name] for name in known})
    factor = rows.map({True: 100.0, False: 1.0})
    found = found.assign(**{name: factor * found[name] for name in known})
    if said_in:
        names = found[said_in].map(lambda name: SAID.get(name, name))
        found[said_in] = names.where(~rows, names.astype(str) + ", %")
    return found
