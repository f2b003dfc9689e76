"""Checks of the results against each other: each is a row with what was found and what was expected.

An *invariant* must hold whatever the results are; one that is broken ends the run without its record, and the table
stays. A *finding* is a result that could have come out otherwise, such as a pattern that is not reproduced: it is shown
and stops nothing.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import binom

from iatrogenesis.core.definitions import SESSIONS_IN_WORDS, Judgement, finished
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.simulation_study.method_results import MOST_APART, SHARE_APART, apart

TINY = 1e-6
DERIVED = ("vpc", "mor")  # functions of the therapist SD: their intervals cover whenever its does


def client_checks(clients: pd.DataFrame, instruments: Instruments, judgement: Judgement) -> list[dict]:
    """The clients table against its own scores, and the twins against each other."""
    scores = {
        which: {name: clients[f"{name}_{which}"].to_numpy() for name in judgement.instruments}
        for which in ("first", "last")
    }
    worse, better = judgement.worse_and_better(scores["first"], scores["last"], instruments)
    done = clients["finished"].to_numpy(dtype=bool)
    told = {name: _flag(clients[name]) for name in ("deteriorated", "improved", "iatrogenic", "spared")}
    twin = _flag(clients["deteriorated_reference"])
    missing = int((clients["deteriorated"].isna().to_numpy() != ~done).sum())
    return [
        row("client ids are unique", int(clients["client_id"].duplicated().sum()), 0),
        row(
            f"finished are those with {SESSIONS_IN_WORDS} sessions or more",
            int((done != finished(clients["n_sessions"])).sum()),
            0,
        ),
        row("change is judged exactly where a course was finished", missing, 0),
        row("deteriorated follows from the scores", int((told["deteriorated"] != (worse & done)).sum()), 0),
        row("improved follows from the scores", int((told["improved"] != (better & done)).sum()), 0),
        row("iatrogenic follows from the twins", int((told["iatrogenic"] != (worse & done & ~twin)).sum()), 0),
        row("spared follows from the twins", int((told["spared"] != (~worse & done & twin)).sum()), 0),
    ]


def therapist_checks(therapists: pd.DataFrame, clients: pd.DataFrame, routine_care: str) -> list[dict]:
    """The therapists table against the clients it was made from."""
    raw = therapists["deteriorated"] / therapists["clients"]
    finished = clients[clients["finished"].astype(bool)]
    counts = finished.groupby("therapist_id")["deteriorated"].agg(["sum", "size"]).astype(int)
    routine = therapists[therapists["dataset"] == routine_care]
    found = counts.reindex(routine["therapist_id"])
    wrong = (found["sum"].to_numpy() != routine["deteriorated"].to_numpy()) | (
        found["size"].to_numpy() != routine["clients"].to_numpy()
    )
    inside = (therapists["rate_low"] <= therapists["rate"]) & (therapists["rate"] <= therapists["rate_high"])
    chance = therapists["p_harmful"].between(0, 1)
    return [
        row("raw rates are deteriorated over clients", bool(np.allclose(raw, therapists["raw_rate"])), True),
        row("therapists' counts are those of their clients", int(wrong.sum()), 0),
        row("therapists' rates lie inside their intervals", int((~inside).sum()), 0),
        row("probabilities lie between 0 and 1", int((~chance).sum()), 0),
    ]


def harm_checks(
    scenarios: pd.DataFrame, attribution: pd.DataFrame, conclusions: pd.DataFrame, routine_care: str
) -> list[dict]:
    """Tables of harm against each other: net, gross and bounds; routes and their total; ranges over worlds."""
    wide = scenarios.pivot(index="scenario", columns="measure", values="value")
    gap = np.abs(wide["iatrogenic"] - wide["spared"] - wide["net_against_reference"]).max()
    bounded = wide["iatrogenic"].between(wide["caused_at_least"] - TINY, wide["caused_at_most"] + TINY)
    more = int((wide["iatrogenic"] > wide["deteriorated_per_client"] + TINY).sum())
    by = attribution[attribution["outcome"] == "deteriorated"].set_index("attribution")
    total, shares = by.loc["total"], by.loc[["shapley"], "value"].sum()
    worst = scenarios.set_index(["scenario", "measure"]).loc[(routine_care, "deteriorated_per_client"), "high"]
    levels = conclusions[["low_90", "low_50", "median", "high_50", "high_90"]].to_numpy()
    return [
        row("caused less prevented is the net", bool(gap < TINY), True),
        row("caused lies within its bounds", int((~bounded).sum()), 0),
        row("no more are caused than deteriorate", more, 0),
        row("routine care does not differ from itself", float(wide.loc[routine_care, "net_against_routine_care"]), 0.0),
        row("shares of routes sum to their total", bool(abs(shares - total["value"]) < 1e-3), True),
        row("routes cause no more than deteriorates", bool(total["low"] <= worst), True),
        row("ranges over plausible worlds are nested", int((np.diff(levels, axis=1) < 0).any(axis=1).sum()), 0),
    ]


def table_checks(effects: pd.DataFrame, diagnostics: pd.DataFrame, fits: int) -> list[dict]:
    """The fits' tables against each other. ``fits`` is how many fits the study asks for."""
    inside = (effects["low"] <= effects["estimate"]) & (effects["estimate"] <= effects["high"])
    without = int(diagnostics["rhat"].isna().sum()) if "rhat" in diagnostics else 0  # fits that gave no draws
    return [
        row("every fit is diagnosed", len(diagnostics), fits),
        row(
            "every fit has its estimates",
            len(effects[["dataset", "model"]].drop_duplicates()),
            fits - without,
        ),
        row("estimates lie inside their intervals", int((~inside).sum()), 0),
        row("every estimate has a Monte Carlo error", int(effects["mcse"].isna().sum()), 0),
    ]


def output_checks(numbers: Mapping[str, Mapping], figures: Mapping[str, int]) -> list[dict]:
    """Numbers and figures as files: finite, and not empty. ``figures`` is the size in bytes by name."""
    values = [entry[name] for entry in numbers.values() for name in ("value", "low", "high", "mcse") if name in entry]
    odd = sum(not np.isfinite(value) for value in values)
    empty = sum(size < 1000 for size in figures.values())
    return [
        row("every number is finite", odd, 0),
        row("every figure is there and not empty", empty, 0),
    ]


def findings(
    evidence: pd.DataFrame, effects: pd.DataFrame, diagnostics: pd.DataFrame, engines: pd.DataFrame
) -> list[dict]:
    """What could have come out otherwise: patterns, coverage, diagnostics, agreement of engines."""
    known = effects[effects["truth"].notna() & ~effects["estimand"].isin(DERIVED)]
    covered = int(known["covered"].astype(bool).sum())
    fewest = int(binom.ppf(0.001, len(known), 0.95)) if len(known) else 0
    wrong = int((evidence["verdict"] == "not reproduced").sum())
    passed = int(diagnostics["passed"].astype(bool).sum())
    return [
        row("no published pattern is missed", f"{wrong} of {len(evidence)}", f"0 of {len(evidence)}", "finding"),
        row(
            "intervals cover known truths as often as chance allows",
            f"{covered} of {len(known)}",
            f"at least {fewest}",
            "finding",
            passed=covered >= fewest,
        ),
        row(
            "both engines agree on every estimand",
            f"{int(engines['agree'].astype(bool).sum())} of {len(engines)}",
            f"{len(engines)} of {len(engines)}",
            "finding",
        ),
        row(
            "every fit meets the convergence criteria",
            f"{passed} of {len(diagnostics)}",
            f"{len(diagnostics)} of {len(diagnostics)}",
            "finding",
        ),
    ]


def method_findings(beside: pd.DataFrame) -> list[dict]:
    """Do this run's own data sets say of methods what the full study's say, where the report shows those?"""
    if beside.empty:
        return []
    share, largest = apart(beside)
    return [
        row(
            "this run's data sets judge methods as the full study's do",
            f"{share:.1%} of {len(beside)} measures differ by more than 1.96 Monte Carlo errors, one by {largest:.1f}",
            f"at most {SHARE_APART:.0%}, and none by more than {MOST_APART:g}",
            "finding",
            passed=share <= SHARE_APART and largest <= MOST_APART,
        )
    ]


def row(check: str, found, expected, kind: str = "invariant", passed: bool | None = None) -> dict:
    """One check, what was found, what was expected, and whether they agree (unless told)."""
    agree = bool(found == expected) if passed is None else passed
    return {"check": check, "kind": kind, "found": found, "expected": expected, "passed": agree}


class CheckError(ValueError):
    """Results that contradict each other; the message says which checks they fail, and where all of them are."""


def require(table: pd.DataFrame, path: str) -> None:
    """Refuse results that break an invariant.

    Parameters
    ----------
    table
        All checks, one a row.
    path
        The file that has them.

    Raises
    ------
    CheckError
        With the checks that failed, what was found and what was expected.
    """
    broken = table[~table["passed"] & (table["kind"] == "invariant")]
    if len(broken):
        failed = "\n".join(f"  {one.check}: found {one.found}, expected {one.expected}" for one in broken.itertuples())
        raise CheckError(
            f"{len(broken)} of {len(table)} checks failed, so the run is not recorded as finished:\n{failed}\n"
            f"All checks are in {path}. If a result was altered by hand, delete it and give the same command again; if "
            "not, there is an error in the code or the configuration: do not use the results before it is mended."
        )


def _flag(values: pd.Series) -> np.ndarray:
    return values.fillna(False).to_numpy(dtype=bool)
