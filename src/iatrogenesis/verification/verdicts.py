"""Is a number the same as at the last accepted run, up to what Monte Carlo error leaves open?"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import norm

from iatrogenesis.core.claims import Claim

REPRODUCED, WITHIN, NOT = "reproduced", "within Monte Carlo error", "not reproduced"
CHANGED, UNKNOWN, DRAWS = "input changed", "no reference", "other draws"
LOCK, ROUNDED = "other lock", "other rounding"
FAMILY = 0.01
"""Probability that at least one of all claims that are compared by their error is called not reproduced by chance."""
OTHERWISE = 2.0
"""A run's own Monte Carlo error may be so many times the reference's, or that part of it."""
IN = 100
"""Of so many data sets one may be decided otherwise by other draws; of fewer, one as well."""


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
        value, mcse (None or not-a-number: not known), data_sets, and inputs, the hash of all that the number was
        computed from; ``before`` also number and kind. It is None where the reference has no such claim.
    allowed
        From `errors_allowed`.
    """
    if before is None:
        return Verdict(UNKNOWN, "the reference has no such number")
    if now["inputs"] != before["inputs"]:
        return Verdict(CHANGED, "it was computed from another configuration or other data than the reference")
    for what, says in (("kind", claim.kind), ("number", claim.number)):
        if before[what] != says:
            return Verdict(NOT, f"its {what} is {says!r} in config/claims.yaml and {before[what]!r} in the reference")
    if claim.kind == "posterior":
        return _of_draws(claim, now, before, allowed)
    if claim.kind == "decisions":
        return _of_decisions(claim, now, before)
    for what in ("value", "mcse"):
        if not np.isclose(_number(now[what]), _number(before[what]), rtol=claim.tolerance, atol=1e-12, equal_nan=True):
            same = "is simulated" if claim.kind == "simulated" else "comes from the same data sets, without draws"
            name = "it" if what == "value" else "its Monte Carlo error"
            return Verdict(NOT, f"{name} was {_number(before[what]):.6g}, and {same}: the same everywhere")
    return Verdict(REPRODUCED, "")


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)


def _of_draws(claim: Claim, now: Mapping, before: Mapping, allowed: float) -> Verdict:
    """By the reference's Monte Carlo error: a run does not set its own tolerance."""
    own, error = _number(now["mcse"]), _number(before["mcse"])
    off = abs(now["value"] - before["value"])
    if error > 0 and not error / OTHERWISE <= own <= error * OTHERWISE:
        return Verdict(NOT, f"its Monte Carlo error is otherwise: {own:.3g}, and was {error:.3g}")
    if off <= claim.tolerance * max(abs(now["value"]), abs(before["value"])):
        return Verdict(REPRODUCED, "")
    if not error > 0:
        return Verdict(NOT, f"it was {before['value']:.6g}, of which the reference knows no Monte Carlo error")
    far = off / (error * 2**0.5)
    if far <= allowed:
        return Verdict(WITHIN, f"{far:.2g} combined Monte Carlo standard errors away; {allowed:.2g} are allowed")
    return Verdict(NOT, f"it was {before['value']:.6g}, {far:.2g} combined errors away; {allowed:.2g} are allowed")


def _of_decisions(claim: Claim, now: Mapping, before: Mapping) -> Verdict:
    """By the number of data sets that are decided otherwise: they are the same data sets."""
    sets = _number(before["data_sets"])
    if not (sets >= 1 and _number(now["data_sets"]) == sets):
        return Verdict(NOT, f"it is of {_number(now['data_sets']):g} data sets, and was of {sets:g}")
    counts = [one["value"] / claim.times * sets for one in (now, before)]
    if any(abs(count - round(count)) > 1e-6 * sets or not 0 <= round(count) <= sets for count in counts):
        return Verdict(NOT, f"it is no share of {sets:g} data sets")
    otherwise, most = abs(round(counts[0]) - round(counts[1])), max(1, int(sets) // IN)
    if not otherwise:
        return Verdict(REPRODUCED, "")
    says = f"{otherwise} of {sets:g} data sets decided otherwise; {most} allowed"
    return Verdict(WITHIN if otherwise <= most else NOT, says)


def hash_verdict(now: Mapping, before: Mapping | None, by_draws: bool = False, *, rounds_alike: bool = True) -> Verdict:
    """Compare a table or a figure's data by their hashes.

    Parameters
    ----------
    now, before
        hash, and inputs as above.
    by_draws
        Whether they rest on estimates, whose last digits or draws differ between platforms: then another hash says
        nothing, and cells of tables are compared.
    rounds_alike
        Whether this machine has the last digits of the one that the reference was made on, see
        `iatrogenesis.verification.rounding`; if not, another hash says nothing of what is simulated, either.
    """
    if before is None:
        return Verdict(UNKNOWN, "the reference has none")
    if now["inputs"] != before["inputs"]:
        return Verdict(CHANGED, "it was made from another configuration or other data than the reference")
    if now["hash"] == before["hash"]:
        return Verdict(REPRODUCED, "")
    if by_draws:
        return Verdict(DRAWS, "it rests on a sampler's draws or on estimates, whose tables are compared")
    if not rounds_alike:
        return Verdict(ROUNDED, "it is simulated, by a machine whose last digits are not those of the reference's")
    return Verdict(NOT, "it is simulated, and has other bytes than the reference")


def exit_code(verdicts: Collection[str], faults: Collection[str]) -> int:
    """0: all is as it was; 1: something is not reproduced, or a file does not fit; 2: it cannot be compared.

    ``faults``: the kinds of those of files. That data were edited since the run says nothing against its results.
    """
    if NOT in verdicts or set(faults) - {CHANGED}:
        return 1
    return 2 if {CHANGED, UNKNOWN, LOCK} & {*verdicts, *faults} else 0


def by_name(table: pd.DataFrame, name: str) -> dict[str, dict]:
    """Rows by the name in one column."""
    return {row[name]: row for row in table.to_dict("records")}
