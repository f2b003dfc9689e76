"""What a number is, said beside the parameter that it is for: a share, an SD, a count, and so what it can be at all.

The unit alone does not tell: an SD of severity comes in points, and so does a change, which may be negative.
"""

from typing import Annotated

from pydantic import AfterValidator

from iatrogenesis.core.sources import Sourced


def between(low: float, high: float, what: str) -> AfterValidator:
    """Refuse a number, or an end of its range or prior, that is below ``low`` or above ``high``, as no ``what``."""

    def check(number: Sourced) -> Sourced:
        number.check_within(low, high, what)
        return number

    return AfterValidator(check)


Proportion = Annotated[Sourced, between(0, 1, "a share")]
Probability = Annotated[Sourced, between(0, 1, "a probability")]
Reliability = Annotated[Sourced, between(0, 1, "a reliability")]
Stability = Annotated[Sourced, between(0, 1, "a stability")]
Correlation = Annotated[Sourced, between(-1, 1, "a correlation")]
Spread = Annotated[Sourced, between(0, 200, "an SD")]
Severity = Annotated[Sourced, between(0, 27, "a severity in PHQ-9-equivalent points")]
Loading = Annotated[Sourced, between(0, 20, "a loading")]
NotNegative = Annotated[Sourced, between(0, 1e9, "an amount")]
Caseload = Annotated[Sourced, between(1, 1000, "a caseload")]
Sessions = Annotated[Sourced, between(0, 1000, "a number of sessions")]
Weeks = Annotated[Sourced, between(0, 1000, "a number of weeks")]
Minutes = Annotated[Sourced, between(0, 10_000, "a time in minutes")]
