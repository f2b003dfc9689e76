"""How courses begin, last and end: rates, scores, sessions."""

from collections.abc import Callable

import numpy as np

from iatrogenesis.evidence.counterparts import Worlds
from iatrogenesis.evidence.patterns.register import PATTERNS, Pattern, pattern
from iatrogenesis.world.judged import Sample


def deteriorated(sample: Sample) -> float:
    """Share of a sample's finished courses that deteriorated."""
    return float(sample.deteriorated[sample.finished].mean())


@pattern("D01")
def deterioration(worlds: Worlds) -> float:
    """Share of finished courses that deteriorated."""
    return deteriorated(worlds.treated)


@pattern("D03_improved")
def improvement(worlds: Worlds) -> float:
    """Share of finished courses that improved."""
    return float(worlds.treated.improved[worlds.treated.finished].mean())


@pattern("D03_unchanged")
def no_reliable_change(worlds: Worlds) -> float:
    """Share of finished courses that neither improved nor deteriorated."""
    return 1 - deterioration(worlds) - improvement(worlds)


def _moment(instrument: str, which: str, moment: Callable[[np.ndarray], float]) -> Pattern:
    def function(worlds: Worlds) -> float:
        sample = worlds.treated
        return float(moment(getattr(sample, which)[instrument][sample.finished].astype(float)))

    return function


for _row, _instrument in (("M02", "phq9"), ("M03", "gad7")):
    for _which in ("first", "last"):
        PATTERNS[f"{_row}_{_which}_mean"] = _moment(_instrument, _which, np.mean)
        PATTERNS[f"{_row}_{_which}_sd"] = _moment(_instrument, _which, np.std)


@pattern("M04")
def first_and_later(worlds: Worlds) -> float:
    """Correlation of the PHQ-9 at the first session and at follow-up, everybody."""
    sample = worlds.treated
    return float(np.corrcoef(sample.first["phq9"], sample.later["phq9"])[0, 1])


@pattern("M07")
def dropout(worlds: Worlds) -> float:
    """Share of clients who leave against agreement."""
    return float(worlds.treated.dropped_out.mean())


@pattern("M08_mean")
def sessions_mean(worlds: Worlds) -> float:
    """Mean number of sessions attended."""
    return float(worlds.treated.sessions.mean())


@pattern("M08_sd")
def sessions_sd(worlds: Worlds) -> float:
    """SD of the number of sessions attended."""
    return float(worlds.treated.sessions.std())


@pattern("M08_median")
def sessions_median(worlds: Worlds) -> float:
    """Median number of sessions attended, interpolated within its class (a whole number k stands for k +- 0.5)."""
    sessions = worlds.treated.sessions
    middle = int(np.median(sessions))
    below, at = (sessions < middle).mean(), (sessions == middle).mean()
    return float(middle - 0.5 + (0.5 - below) / at)


@pattern("D07")
def treated_untreated(worlds: Worlds) -> float:
    """Risk ratio of deterioration with against without treatment."""
    return deterioration(worlds) / deteriorated(worlds.untreated)


@pattern("N01")
def lasting_bad_effect(worlds: Worlds) -> float:
    """Share of clients reliably worse at follow-up than at intake who would not be so in the reference world."""
    here, there = worlds.treated, worlds.reference
    return float((here.worse_at_follow_up & ~there.worse_at_follow_up).mean())


def distressed_in_session(worlds: Worlds) -> float:
    """Share of sessions (from the second on) at which the client is reliably worse than at the first, or in crisis.

    Not published: it only centres the push of such clients on burnout.
    """
    return float(worlds.treated.distressed_sessions.sum() / worlds.treated.judged_sessions.sum())
