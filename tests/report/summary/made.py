"""Numbers of a made-up study for the summary, and what is changed of them."""

from iatrogenesis.report.entry import Number, number
from iatrogenesis.report.summary.findings import Findings
from iatrogenesis.report.summary.page import summary
from iatrogenesis.report.summary.pictures import PICTURES

LEVELS = ("low_90", "low_50", "median", "high_50", "high_90")
SIZES = {"reference_cell": (60, 50.0), "small": (20, 15.0), "large": (200, 150.0)}
SQUARE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 89 50"><rect width="89" height="50"/></svg>'
ABOUT = {"study": "x", "commit": "abc1234", "routes": 16, "preventions": 10}


def ranged(name: str, low: float, middle: float, high: float) -> dict[str, Number]:
    values = (low, (low + middle) / 2, middle, (middle + high) / 2, high)
    return {f"{name}.{level}": number(value, "x", "x") for level, value in zip(LEVELS, values, strict=True)}


def numbers() -> dict[str, Number]:
    """Like those of the default study."""
    found = ranged("conclusions.level", 40, 56, 72) | ranged("conclusions.net", 7, 18, 41)
    found |= ranged("conclusions.net_true", 5, 14, 32) | ranged("conclusions.net_later", 3, 12, 46)
    found |= ranged("conclusions.rested", 2, 10, 21) | ranged("conclusions.averted", 15, 25, 38)
    found |= ranged("conclusions.prevention.repair", 0, 3, 13) | ranged("conclusions.prevention.monitoring", 5, 11, 22)
    for name in ("remove_raw", "remove_adjusted", "support_worst", "support_burned_out"):
        found |= ranged(f"policy.{name}.fdr", 62, 76, 89)
    found |= ranged("policy.remove_sure.fdr", 8, 38, 76)
    found |= ranged("policy.remove_raw.averted", 9, 16, 26) | ranged("policy.monitoring.averted", 6, 12, 21)
    counts = {"evidence.all": 58, "evidence.reproduced": 55, "conclusions.net.members": 200, "study.methods": 13}
    counts |= {"study.cells": 3, "study.replicates": 76, "parameters.everything.all": 215}
    counts |= {"parameters.everything.assumed": 148}
    counts |= {"drivers.unknowns": 162, "drivers.informed": 19}
    found |= {name: number(value, "x", "x") for name, value in counts.items()}
    for cell, power in {"reference_cell": 95.0, "small": 21.0, "large": 100.0}.items():
        found[f"study.{cell}.therapist.burnout.power"] = number(power, "x", "%")
    return found


def changed(**ranges: tuple[float, float, float]) -> dict[str, Number]:
    """The same, but with other ranges; `net` stands for `conclusions.net`, `remove_raw_fdr` for the policy's."""
    names = {"fdr": "policy.remove_raw.fdr", "removing": "policy.remove_raw.averted"}
    found = numbers()
    for name, ends in ranges.items():
        found |= ranged(names.get(name, f"conclusions.{name}"), *ends)
    return found


def findings(found: dict[str, Number]) -> Findings:
    return Findings(found, SIZES)


def page(found: dict[str, Number]) -> str:
    """The page without its pictures, which take seconds to draw."""
    blank = {"light": SQUARE, "dark": SQUARE}
    return summary(findings(found), dict.fromkeys((*PICTURES, "wide", "narrow"), blank), ABOUT)
