"""Is a number the same as at the last accepted run, up to what Monte Carlo error leaves open?"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import norm

from iatrogenesis.core.claims import Claim

REPRODUCED, WITHIN, NOT = "reproduced", "within Monte Carlo error", "not reproduced"
CHANGED, UNKNOWN, DRAWS = "input changed", "no reference", "other draws"
FAMILY = 0.01
"""Probability that at least one of all claims that are compared by their error is called not reproduced by chance."""


class Verdict(NamedTuple):
    """What became of one claim, table or figure: the verdict, and why or how far off."""

    verdict: str
    reason: str


def errors_allowed(compared: int) -> float:
    """By how many combined Monte Carlo standard errors a number may be off, if so many are compared.

    Sidak (1967), 10.1080/01621459.1967.10482935: two-sided, so that all together hold with probability 1 - `FAMILY`.
    """
    return float(norm.isf((1 - (1 - FAMILY) ** (1 / max(compared, 1))) / 2))


def claim_verdict(claim: Claim, now: Mapping, before: Mapping | None, allowed: float) -> Verdict:
    """Compare a claim with the reference.

    Parameters
    ----------
    now, before
        value, mcse (None or not-a-number: not known) and inputs, the hash of all that the number was computed from.
        ``before`` is None where the reference has no such claim.
    allowed
        From `errors_allowed`.
    """
    if before is None:
        return Verdict(UNKNOWN, "the reference has no such number")
    if now["inputs"] != before["inputs"]:
        return Verdict(CHANGED, "it was computed from another configuration or other data than the reference")
    off = abs(now["value"] - before["value"])
    if off <= claim.tolerance * max(abs(now["value"]), abs(before["value"])):
        return Verdict(REPRODUCED, "")
    if claim.kind == "simulated":
        return Verdict(NOT, f"it was {before['value']:.6g}, and is simulated: the same everywhere")
    error = float(np.hypot(now["mcse"], before["mcse"]))
    far = off / error if error else np.inf
    if far <= allowed:
        return Verdict(WITHIN, f"{far:.2g} combined Monte Carlo standard errors away; {allowed:.2g} are allowed")
    return Verdict(NOT, f"it was {before['value']:.6g}, {far:.2g} combined errors away; {allowed:.2g} are allowed")


def hash_verdict(now: Mapping, before: Mapping | None, by_draws: bool = False) -> Verdict:
    """Compare a table or a figure's data by their hashes.

    Parameters
    ----------
    now, before
        hash, and inputs as above.
    by_draws
        Whether they rest on estimates, whose last digits or draws differ between platforms: then another hash says
        nothing, and its numbers are compared as claims.
    """
    if before is None:
        return Verdict(UNKNOWN, "the reference has none")
    if now["inputs"] != before["inputs"]:
        return Verdict(CHANGED, "it was made from another configuration or other data than the reference")
    if now["hash"] == before["hash"]:
        return Verdict(REPRODUCED, "")
    if by_draws:
        return Verdict(DRAWS, "it rests on a sampler's draws or on estimates, which are compared as claims")
    return Verdict(NOT, "it is simulated, and has other bytes than the reference")


def exit_code(verdicts: Sequence[str], faults: int) -> int:
    """0: all is as it was; 1: something is not reproduced, or a file does not fit; 2: it cannot be compared."""
    if NOT in verdicts or faults:
        return 1
    return 2 if CHANGED in verdicts or UNKNOWN in verdicts else 0


def by_name(table: pd.DataFrame, name: str) -> dict[str, dict]:
    """Rows of a reference by the name in one column."""
    return {row[name]: row for row in table.to_dict("records")}
