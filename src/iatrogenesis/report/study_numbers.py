"""Numbers of the report about the simulation study: performance, what is needed, and policies."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from iatrogenesis.core.definitions import FLAG_PROBABILITY
from iatrogenesis.core.instruments import CRITICAL
from iatrogenesis.core.montecarlo import share_interval
from iatrogenesis.figures.methods import of_flagged
from iatrogenesis.report.entry import CONFIGURED, Number, number
from iatrogenesis.report.ranges import range_numbers
from iatrogenesis.simulation_study.estimands import is_odds_ratio_of
from iatrogenesis.simulation_study.judge import SHARES
from iatrogenesis.simulation_study.method_results import apart
from iatrogenesis.simulation_study.needed import RELIABILITY

PERFORMANCE, NEEDED, POLICIES = "tables/method_results.csv", "tables/needed.csv", "tables/policies.csv"
AGREEMENT = "tables/method_agreement.csv"
ADVICE, DESIGN = "tables/advice.csv", "config/study_design.csv"
MARGIN = "percentage points, half a 95 % interval"
TOLD = (*SHARES, "bias", "width", "rank_correlation", "flagged")


def performance_numbers(performance: pd.DataFrame) -> dict[str, Number]:
    """``study.<cell>.<method>.<estimand>.<measure>``, shares in per cent; and how much there is of everything.

    The odds ratio of burnout that a method targets is called ``burnout``, of whatever kind it is.
    """
    rows = performance[performance["measure"].isin(TOLD) & performance["value"].notna()]
    found = {
        f"study.{row.cell}.{row.method}.{_called(row.estimand)}.{row.measure}": _performance(row)
        for row in of_flagged(rows).itertuples()
    }
    asked = performance[performance["estimand"] == "all"]
    most = int(performance["replicates"].max())
    if set(performance.get("study", ())) == {"full"}:
        found["study.full"] = number(1, PERFORMANCE, "results of the full study are shown")
    return found | {
        "study.cells": number(int(performance["cell"].nunique()), PERFORMANCE, "cells"),
        "study.methods": number(int(performance["method"].nunique()), PERFORMANCE, "methods"),
        "study.replicates": number(most, PERFORMANCE, "data sets of each cell"),
        "study.margin.coverage": number(_margin(0.95, most), PERFORMANCE, MARGIN),
        "study.margin.power": number(_margin(0.5, most), PERFORMANCE, MARGIN),
        "study.failures": number(int(asked["failures"].sum()), PERFORMANCE, "data sets without an answer"),
        "study.asked": number(int(asked["replicates"].sum()), PERFORMANCE, "data sets put to methods"),
    }


def _margin(share: float, units: int) -> int:
    """Half the 95 % interval of a share estimated from so many data sets, in whole percentage points, rounded up."""
    return int(np.ceil(100 * CRITICAL * np.sqrt(share * (1 - share) / units)))


def _called(estimand: str) -> str:
    return "burnout" if is_odds_ratio_of("burnout", estimand) else estimand


def _performance(row) -> Number:
    if row.measure in SHARES:
        return _share(row.value, row.mcse, row.replicates, PERFORMANCE)
    return number(row.value, PERFORMANCE, "as the estimand", mcse=row.mcse)


def _share(share: float, mcse: float, units: int, source: str) -> Number:
    """A share in per cent, with its Monte Carlo interval."""
    low, high = share_interval(share, mcse, int(units))
    return number(100 * share, source, "%", 100 * low, 100 * high, 100 * mcse)


def needed_numbers(needed: pd.DataFrame) -> dict[str, Number]:
    """``needed.spread.<sd>.<width>.<clients>`` and the like; missing where no size on or near the grid is enough."""
    found = {}
    for row in needed.itertuples():
        unit = "therapists" if row.question in ("spread", "burnout") else "clients of each therapist"
        parts = [row.question, f"{row.therapist_sd:g}"]
        parts += [f"{row.effect:g}"] if row.question == "burnout" else []
        parts += [f"{row.target:g}"] if row.question == "spread" else []
        parts += [f"{row.clients:g}"] if row.question in ("spread", "burnout") else []
        if pd.notna(row.needed):
            value = int(np.ceil(row.needed))
            found[f"needed.{'.'.join(parts)}"] = number(value, NEEDED, unit, row.low, row.high)
        if row.question == "reliability":
            found[f"needed.{'.'.join(parts)}.formula"] = number(round(row.formula), NEEDED, unit)
    return found


def flagging_numbers(advice: pd.DataFrame) -> dict[str, Number]:
    """``flagging.<sd>.<clients>.<quantity>`` in per cent, for the largest number of therapists on the grid."""
    part = advice[advice["question"] == "flagging"]
    part = part[(part["therapists"] == part["therapists"].max()) & part["value"].notna()]
    return {
        f"flagging.{row.therapist_sd:g}.{row.clients:g}.{row.quantity}": _share(
            row.value, row.mcse, row.replicates, ADVICE
        )
        for row in part.itertuples()
        if not row.quantity.endswith("flagged")
    }


def another_year_numbers(advice: pd.DataFrame) -> dict[str, Number]:
    """``another_year.promised`` and the like, at the middle number of clients of the grid; its size beside them."""
    part = advice[advice["question"] == "another_year"]
    if part.empty:
        return {}
    clients = sorted(part["clients"].unique())
    middle = part[part["clients"] == clients[len(clients) // 2]]
    unit = "deteriorations per 1,000 clients of each therapist"
    averted = middle[(middle["quantity"] != "changed") & middle["value"].notna()]
    return {
        "another_year.therapists": number(int(middle["therapists"].iloc[0]), ADVICE, "therapists"),
        "another_year.clients": number(int(middle["clients"].iloc[0]), ADVICE, "clients of each therapist"),
        **{
            f"another_year.{row.quantity}": number(row.value, ADVICE, unit, mcse=row.mcse)
            for row in averted.itertuples()
        },
    }


def threshold_numbers() -> dict[str, Number]:
    """``flagging.probability`` that a rule waits for, and ``needed.reliability.target`` of a raw rate."""
    return {
        "flagging.probability": number(FLAG_PROBABILITY, "core/definitions.py", CONFIGURED),
        "needed.reliability.target": number(RELIABILITY, "simulation_study/needed.py", CONFIGURED),
    }


def policy_numbers(policies: pd.DataFrame) -> dict[str, Number]:
    """``policy.<policy>.<measure>.median`` and the like: averted, fdr, chosen, not_seen over plausible worlds."""
    found: dict[str, Number] = {}
    for row in policies.to_dict("records"):
        found |= range_numbers(f"policy.{row['policy']}.{row['measure']}", row, POLICIES, row["label"])
    return found


def cell_numbers(cells: pd.DataFrame) -> dict[str, Number]:
    """``study.<cell>.odds_ratio``, of burnout per SD, in the cells that state it; ``.therapists``, ``.clients``."""
    stated = {
        f"study.{row.cell}.odds_ratio": number(float(np.exp(row.burnout)), DESIGN, "odds ratio")
        for row in cells[cells["burnout"].notna()].itertuples()
    }
    sizes = {"therapists": "therapists", "clients": "clients of each therapist"}
    return stated | {
        f"study.{row['cell']}.{name}": number(int(row[name]), DESIGN, unit)
        for row in cells.to_dict("records")
        for name, unit in sizes.items()
    }


def agreement_numbers(beside: pd.DataFrame) -> dict[str, Number]:
    """``study.agreement.measures``, ``.beyond`` (%) and ``.largest``, where the full study's results are shown."""
    if beside.empty:
        return {}
    share, largest = apart(beside)
    return {
        "study.agreement.measures": number(len(beside), AGREEMENT, "measures"),
        "study.agreement.beyond": number(round(100 * share, 1), AGREEMENT, "%"),
        "study.agreement.largest": number(round(largest, 1), AGREEMENT, "joint Monte Carlo standard errors"),
    }


def study_numbers(tables: Mapping[str, pd.DataFrame]) -> dict[str, Number]:
    """All of them."""
    return (
        performance_numbers(tables["method_results"])
        | agreement_numbers(tables["method_agreement"])
        | cell_numbers(tables["method_cells"])
        | needed_numbers(tables["needed"])
        | flagging_numbers(tables["advice"])
        | another_year_numbers(tables["advice"])
        | threshold_numbers()
        | policy_numbers(tables["policies"])
    )
