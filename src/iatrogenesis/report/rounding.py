"""Numbers as people write them: no more digits than their uncertainty leaves."""

from math import floor, isfinite, log10

MINUS, MOST_DECIMALS = "−", 4
NARROW = "\u202f"  # the space between a number and its unit
INTERVAL, MONTE_CARLO, RANGE = (
    f"{level}{NARROW}% {kind}" for level, kind in ((95, "interval"), (95, "Monte Carlo interval"), (90, "range"))
)


def rounded(value: float, error: float | None = None) -> str:
    """To the second digit of ``error`` where there is one, else to three digits; whole numbers stay whole."""
    if isinstance(value, int) or (not error and float(value).is_integer()):
        return f"{int(value):,}".replace("-", MINUS)
    by_error = bool(error) and isfinite(error)
    decimals = 1 - floor(log10(abs(error))) if by_error else 2 - floor(log10(abs(value)))
    text = f"{value:,.{min(max(decimals, 0), MOST_DECIMALS)}f}"
    if not text.strip("-0.,"):
        text = text.removeprefix("-")  # no negative zero
    return text.replace("-", MINUS)


def interval(low: float, high: float) -> str:
    """Two ends, rounded by the interval's own width (a quarter of it is about one standard error)."""
    error = (high - low) / 4
    return f"{rounded(float(low), error)} to {rounded(float(high), error)}"


def spanned(value: str, low: str, high: str, kind: str = "") -> str:
    """The one notation of intervals and ranges: ``18 (90 % range 7 to 41)``; no kind where the text says it."""
    return f"{value} ({kind}{' ' if kind else ''}{low} to {high})"


def with_interval(value: float, low: float, high: float) -> str:
    """A value and its interval in brackets."""
    return f"{rounded(float(value), (high - low) / 4)} ({interval(low, high)})"


def with_error(value: float, mcse: float | None) -> str:
    """A value and its Monte Carlo standard error in brackets, the latter with two digits."""
    if not mcse or not isfinite(mcse):
        return rounded(float(value))
    return f"{rounded(float(value), mcse)} ({rounded(float(mcse), mcse)})"
