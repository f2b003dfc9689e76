"""Every table of the page, from the tables of the analysis: who is not to be named is not, and long ones are cut."""

import pandas as pd

from iatrogenesis.own_data.reporting.cells import numeric, true
from iatrogenesis.own_data.reporting.flagged import flagged_by, rules
from iatrogenesis.own_data.reporting.moved import marked
from iatrogenesis.own_data.reporting.numbers import is_estimand
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.shown import shown
from iatrogenesis.own_data.reporting.words import SAID
from iatrogenesis.report.tables import Table

PLAIN = (
    *("table1", "models", "diagnostics", "sensitivity_definition"),
    *("sensitivity_missing", "sensitivity_attribution", "sensitivity_priors", "what_if"),
    *("services", "forecast", "rolling_origin"),
)
"""Tables that are shown as they are."""
THERAPISTS = (
    *("therapist_id", "clients", "deteriorated", "raw_rate", "raw_low", "raw_high", "expected", "ratio", "p_high"),
    *("p_low", "rate", "rate_low", "rate_high", "rank", "rank_low", "rank_high", "rank_low_simultaneous"),
    *("rank_high_simultaneous", "p_harmful"),
)
CHECKS = ("check", "severity", "rows", "analysis")
NOTHING_FOUND = ("passed", "not looked at")
ENDS = ("estimate", "value", "low", "high", "prior", "prior_low", "prior_high")
MOST = 400
"""Rows of a table on the page; its file has all."""


def page_tables(results: Results) -> dict[str, Table]:
    """Return the tables by name; absent ones are left out."""
    found = {name: shown(_named(results, name)) for name in PLAIN if name in results}
    made = {
        "flow": _flow,
        "checks": _checks,
        "predictive": _predictive,
        "estimates": _estimates,
        "allocation": _allocation,
        "therapists": _therapists,
        "rules": _rules,
        "flags": _flags,
        "missing": _missing,
        "noise": _noise,
        "periods": _periods,
        "cusum": _cusum,
        "ceiling": _ceiling,
        "error_rates": _error_rates,
    }
    needs = {"rules": "flags", "missing": "table1"}
    found |= {name: make(results) for name, make in made.items() if needs.get(name, name) in results}
    return {name: table for name, table in found.items() if table.rows or name not in needs}


def _named(results: Results, name: str) -> pd.DataFrame:
    """The first rows of a table, therapists by their labels."""
    table = results.table(name).head(MOST)
    if "therapist_id" in table:
        table = table.assign(therapist_id=[results.names.of(one) for one in table["therapist_id"]])
    return table


def _flow(results: Results) -> Table:
    heads = {"rows": "Courses", "clients": "Clients", "therapists": results.units.capitalize()}
    return shown(results.table("flow"), headings=heads)


def _checks(results: Results) -> Table:
    table = results.table("checks")
    found = table[~table["severity"].isin(NOTHING_FOUND)] if "severity" in table else table
    kept = [name for name in CHECKS if name in table]
    return shown(found[kept], headings={"analysis": "What the analysis does"})


def _missing(results: Results) -> Table:
    """Characteristics with missing values, from table 1; one row each."""
    table = results.table("table1")
    if not {"characteristic", "missing"} <= set(table):
        return Table([], [], [])
    gaps = table[numeric(table, "missing")["missing"] > 0].drop_duplicates("characteristic")
    return shown(gaps[["characteristic", "missing"]])


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


def _allocation(results: Results) -> Table:
    return shown(_named(results, "allocation"))


def _therapists(results: Results) -> Table:
    table = results.table("therapists")
    order = numeric(table, "clients")["clients"].sort_values(ascending=False, kind="stable").index
    kept = [name for name in THERAPISTS if name in table]
    return shown(_labelled(table.loc[order, kept].head(MOST), results))


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
    return shown(_in_percent(table, rates, "quantity"))


def _in_percent(table: pd.DataFrame, rows: pd.Series, said_in: str = "") -> pd.DataFrame:
    """Values and their ends times 100 in some rows, whose name then says so in another column."""
    known = [name for name in ENDS if name in table]
    found = numeric(table, *known)
    factor = rows.map({True: 100.0, False: 1.0})
    found = found.assign(**{name: factor * found[name] for name in known})
    if said_in:
        names = found[said_in].map(lambda name: SAID.get(name, name))
        found[said_in] = names.where(~rows, names.astype(str) + ", %")
    return found
