"""How courses begin, last and end: rates, scores, sessions."""

from collections.abc import Callable

import numpy as np

from iatrogenesis.evidence.counterparts import Counterparts
from iatrogenesis.evidence.patterns.register import PATTERNS, Pattern, pattern
from iatrogenesis.world.judged import Sample


def deteriorated(sample: Sample) -> float:
    """Share of a sample's finished courses that deteriorated."""
    return float(sample.deteriorated[sample.finished].mean())


@pattern("D01")
def deterioration(counterparts: Counterparts) -> float:
    """Share of finished courses that deteriorated."""
    return deteriorated(counterparts.treated)


@pattern("D03_improved")
def improvement(counterparts: Counterparts) -> float:
    """Share of finished courses that improved."""
    return float(counterparts.treated.improved[counterparts.treated.finished].mean())


@pattern("D03_unchanged")
def no_reliable_change(counterparts: Counterparts) -> float:
    """Share of finished courses that neither improved nor deteriorated."""
    return 1 - deterioration(counterparts) - improvement(counterparts)


def _moment(instrument: str, which: str, moment: Callable[[np.ndarray], float]) -> Pattern:
    def function(counterparts: Counterparts) -> float:
        sample = counterparts.treated
        return float(moment(getattr(sample, which)[instrument][sample.finished].astype(float)))

    return function


for _row, _instrument in (("M02", "phq9"), ("M03", "gad7")):
    for _which in ("first", "last"):
        PATTERNS[f"{_row}_{_which}_mean"] = _moment(_instrument, _which, np.mean)
        PATTERNS[f"{_row}_{_which}_sd"] = _moment(_instrument, _which, np.std)


@pattern("M04")
def first_and_later(counterparts: Counterparts) -> float:
    """Correlation of the PHQ-9 at the first session and at follow-up, everybody."""
    sample = counterparts.treated
    return float(np.corrcoef(sample.first["phq9"], sample.later["phq9"])[0, 1])


@pattern("M07")
def dropout(counterparts: Counterparts) -> float:
    """Share of clients who leave against agreement."""
    return float(counterparts.treated.dropped_out.mean())


FEWEST = 3
"""Sessions of the clients in evidence M08."""


def _attended(counterparts: Counterparts) -> np.ndarray:
    sessions = counterparts.treated.sessions
    return sessions[sessions >= FEWEST]


@pattern("M08_mean")
def sessions_mean(counterparts: Counterparts) -> float:
    """Mean number of sessions attended, of those who attended at least three."""
    return float(_attended(counterparts).mean())


@pattern("M08_sd")
def sessions_sd(counterparts: Counterparts) -> float:
    """SD of the number of sessions attended, likewise."""
    return float(_attended(counterparts).std())


@pattern("M08_median")
def sessions_median(counterparts: Counterparts) -> float:
    """Median number of sessions attended, interpolated within its class (a whole number k stands for k +- 0.5)."""
    sessions = _attended(counterparts)
    middle = int(np.median(sessions))
    below, at = (sessions < middle).mean(), (sessions == middle).mean()
    return float(middle - 0.5 + (0.5 - below) / at)


BANDS = {"early": (2, 4), "late": (11, 13)}
"""Sessions attended; Barkham et al. (2006) have a line from .88 at 1 session to .62 at 12, so .833 at 3."""


def _good_enough(first: int, last: int) -> Pattern:
    def function(counterparts: Counterparts) -> float:
        sample = counterparts.treated
        planned = ~sample.dropped_out & sample.case_at_first & sample.finished
        among = planned & (sample.sessions >= first) & (sample.sessions <= last)
        return float((sample.recovered & sample.improved)[among].mean())

    function.__doc__ = (
        f"Share recovered and reliably improved among clients who were cases and ended as planned after {first} to "
        f"{last} sessions."
    )
    return function


for _band, _ends in BANDS.items():
    pattern(f"M09_{_band}")(_good_enough(*_ends))


@pattern("D07")
def treated_untreated(counterparts: Counterparts) -> float:
    """Risk ratio of deterioration with against without treatment."""
    return deterioration(counterparts) / deteriorated(counterparts.untreated)


@pattern("N01")
def lasting_bad_effect(counterparts: Counterparts) -> float:
    """How many more are reliably worse at follow-up than at intake, of all clients, than in the reference world."""
    return float(counterparts.treated.worse_at_follow_up.mean() - counterparts.reference.worse_at_follow_up.mean())


def distressed_in_session(counterparts: Counterparts) -> float:
    """Share of sessions (from the second on) at which the client is reliably worse than at the first, or in crisis.

    Not published: it only centres the push of such clients on burnout.
    """
    return float(counterparts.treated.distressed_sessions.sum() / counterparts.treated.judged_sessions.sum())
