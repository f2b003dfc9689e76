"""The evidence table: each published pattern beside the simulated one, with a verdict."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from iatrogenesis.core.given import each_id_once, read_given, require_given
from iatrogenesis.core.montecarlo import jackknife
from iatrogenesis.core.yaml_text import ConfigError
from iatrogenesis.evidence.counterparts import Counterparts
from iatrogenesis.evidence.patterns import OVER_YEARS, PATTERNS

DIRECTION = "direction only"
USES = ("fit", "predict")
"""Whether the ensemble is fitted to a pattern, or has to predict it."""
COLUMNS = (
    *("id", "quantity", "group", "value", "low", "high", "interval", "sampling_se", "discrepancy", "reason", "use"),
    *("unit", "cite", "where", "certainty", "note"),
)
NUMBERS = ("value", "low", "high", "sampling_se", "discrepancy")


def read_evidence(path: Path, references: frozenset[str]) -> pd.DataFrame:
    """Read the published patterns, adding ``tolerance``, ``lower`` and ``upper``.

    The tolerance is the sampling error of the source together with what the simulated quantity differs from the
    published one by construction (``discrepancy``, a choice with its ``reason``); the ends are two tolerances away. A
    pattern of which only the direction is published has no value, and one of ``low`` and ``high``.

    Raises
    ------
    ConfigError
        If it is no table or has no rows, a column or value is missing, an id is doubled or has no simulated
        counterpart, an interval does not hold its value, or a source is not in the bibliography.
    """
    table = read_given(path, na_values=[""])
    require_given(table, COLUMNS, path)
    if table.empty:
        raise ConfigError(f"{path}: no rows; without published patterns there is nothing to compare with")
    for name in NUMBERS:
        table[name] = _numeric(table, name, path)
    for number, row in enumerate(table.to_dict("records"), start=2):
        fault = _fault(row, references)
        if fault:
            raise ConfigError(f"{path}: line {number} ({row['id']}): {fault}")
    each_id_once(table, path, "pattern")
    tolerance = np.hypot(table["sampling_se"], table["discrepancy"])
    known = table["value"].notna()
    return table.assign(
        tolerance=tolerance,
        lower=(table["value"] - 2 * tolerance).where(known, table["low"].fillna(-np.inf)),
        upper=(table["value"] + 2 * tolerance).where(known, table["high"].fillna(np.inf)),
    )


def _numeric(table: pd.DataFrame, name: str, path: Path) -> pd.Series:
    parsed = pd.to_numeric(table[name], errors="coerce")
    for number in np.flatnonzero(parsed.isna() & table[name].notna()):
        row = table.iloc[number]
        raise ConfigError(f"{path}: line {number + 2} ({row['id']}): {name} must be a number (found {row[name]!r})")
    return parsed.astype(float)


def _fault(row: dict, references: frozenset[str]) -> str | None:
    if row["id"] not in PATTERNS | OVER_YEARS:
        return f"no simulated counterpart; known: {', '.join(sorted(PATTERNS | OVER_YEARS))}"
    bounds = pd.notna(row["low"]) + pd.notna(row["high"])
    if pd.isna(row["value"]) and (bounds != 1 or row["interval"] != DIRECTION):
        return f"value is missing; only a pattern with interval {DIRECTION!r} and one bound may have none"
    if np.isinf(row["value"]):
        return "value is infinite"
    if pd.notna(row["value"]) and bounds == 1:
        return "give both low and high, or neither"
    if bounds == 2 and not row["low"] <= row["value"] <= row["high"]:
        return f"value {row['value']} lies outside {row['low']} to {row['high']}"
    if row["use"] not in USES:
        return f"use must be one of {', '.join(USES)} (found {row['use']!r})"
    if pd.isna(row["value"]) and row["use"] == "fit":
        return "a pattern without a value cannot be fitted; use: predict"
    if pd.isna(row["group"]):
        return "give the group that it is left out with (group)"
    if pd.isna(row["reason"]):
        return "give the reason of its tolerance (reason)"
    if pd.notna(row["value"]) and not (row["sampling_se"] >= 0 and row["discrepancy"] > 0):
        return "give sampling_se, at least 0, and discrepancy, above 0, in the unit of the value"
    if row["cite"] not in references:
        return f"no source {row['cite']!r} in the bibliography; add it there"
    if pd.isna(row["where"]) or pd.isna(row["certainty"]):
        return "give its place in the source (where) and how it was read (certainty)"
    return None


def verdict(value: float, mcse: float, lower: float, upper: float) -> str:
    """``reproduced`` inside the interval; ``unclear`` where two MCSE reach into it; else ``not reproduced``."""
    if lower <= value <= upper:
        return "reproduced"
    return "unclear" if lower - 2 * mcse <= value <= upper + 2 * mcse else "not reproduced"


def evidence_table(
    evidence: pd.DataFrame, labels: Mapping[str, str], year: Counterparts, years: Counterparts
) -> pd.DataFrame:
    """Every published pattern with its label, tolerance, simulated value, MCSE (jackknife over replicates) and verdict.

    Parameters
    ----------
    labels
        Of each pattern by id: input, fitted or predicted (`iatrogenesis.evidence.labels`).
    year
        Counterparts of one service year.
    years
        Routine care over several years, for patterns about time.
    """
    found = _simulated(year, [name for name in evidence["id"] if name in PATTERNS], PATTERNS)
    found |= _simulated(years, [name for name in evidence["id"] if name in OVER_YEARS], OVER_YEARS)
    rows = []
    for row in evidence.to_dict("records"):
        value, mcse = found[row["id"]]
        rows.append(
            {
                "id": row["id"],
                "quantity": row["quantity"],
                "group": row["group"],
                "label": labels[row["id"]],
                "unit": row["unit"],
                "published": row["value"],
                "tolerance": row["tolerance"],
                "published_low": row["lower"],
                "published_high": row["upper"],
                "sampling_se": row["sampling_se"],
                "discrepancy": row["discrepancy"],
                "reason": row["reason"],
                "simulated": value,
                "mcse": mcse,
                "verdict": verdict(value, mcse, row["lower"], row["upper"]),
                "cite": row["cite"],
                "where": row["where"],
                "certainty": row["certainty"],
                "note": row["note"],
            }
        )
    return pd.DataFrame(rows)


def _simulated(counterparts: Counterparts, names: list[str], patterns: dict) -> dict[str, tuple[float, float]]:
    replicates = np.unique(counterparts.treated.replicate)
    if len(replicates) < 2:
        raise ConfigError("evidence.replicates: at least 2 are needed for a Monte Carlo standard error")

    def values(left_out: int | None) -> np.ndarray:
        some = counterparts if left_out is None else counterparts.without(replicates[left_out])
        return np.array([patterns[name](some) for name in names])

    simulated, errors = jackknife(values, len(replicates))
    return dict(zip(names, zip(simulated, errors, strict=True), strict=True))
