"""Exact limits of the number who deteriorate with a therapist who is like the others.

A therapist's clients i deteriorate with the risks p_i that their case mix gives them with an average therapist; how
many do is then Poisson-binomial. A therapist is beyond the upper 95 % limit if P(X >= x) is at most .025: of
therapists who are like the others no more than 2.5 % are, *whatever their number of clients*. Limits by the normal
distribution do not hold that: they flag 1 of 3, which 17 % of alike therapists have at a risk of 6 %. Because counts
are whole, few clients give far less than 2.5 %; with three of them one who deteriorates is never beyond the limit.

Spiegelhalter (2005, 10.1002/sim.1970) widens limits where therapists differ by more than chance: by a factor of the
variance (multiplicative), or by a variance between therapists (additive). Both stand beside the exact limits here; a
therapist is flagged by them only who is beyond the exact limit, too, because they rest on a normal approximation.

*Exact* is the tail given the expected risks. These are estimated from the same courses, the therapist's own among them:
expected numbers add up to what was observed, so that a therapist draws the own expectation along by the own share of
the courses. That makes limits wider and not narrower (a test holds it for thirty therapists): with few therapists they
find less. What it does not allow for is case mix whose coefficients are known badly.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import binom, norm, poisson_binom

TAIL = 0.025
FAR_TAIL = 0.001
WINSORISED = 0.1
_EDGE = float(ndtri(1 - WINSORISED))
LEFT = 1 - 2 * WINSORISED - 2 * _EDGE * float(norm.pdf(_EDGE)) + 2 * WINSORISED * _EDGE**2
"""Variance that winsorising leaves of a standard normal, .679: without it overdispersion is found a third too small,
and limits "at most 2.5 %" are exceeded by 5 % of therapists who differ as they usually do."""


def tails(risk: np.ndarray, therapist: np.ndarray, observed: np.ndarray) -> pd.DataFrame:
    """Return the exact tail probabilities of each therapist's count.

    Parameters
    ----------
    risk
        Of each client with an average therapist, shape (rows,), within 0 and 1.
    therapist
        Index of each client's therapist, int, shape (rows,).
    observed
        Deteriorated clients of each therapist, int, shape (J,).

    Returns
    -------
    pandas.DataFrame
        One row per therapist: expected; p_high, P(X >= observed), and p_low, P(X <= observed); the same with half the
        probability of the count itself, p_high_mid and p_low_mid, which are nearer to uniform and guarantee nothing.
    """
    order = np.argsort(therapist, kind="stable")
    parts = np.split(risk[order], np.cumsum(np.bincount(therapist, minlength=len(observed)))[:-1])
    rows = []
    for chances, count in zip(parts, observed, strict=True):
        law = poisson_binom(chances) if len(chances) else None
        here = float(law.pmf(count)) if law else 1.0
        below = float(law.cdf(count - 1)) if law and count > 0 else 0.0
        low = min(below + here, 1.0)
        high = float(law.sf(count - 1)) if law and count > 0 else 1.0
        rows.append((chances.sum(), high, low, high - here / 2, low - here / 2))
    return pd.DataFrame(rows, columns=["expected", "p_high", "p_low", "p_high_mid", "p_low_mid"])


def counts_beyond(n: np.ndarray, rate: float, tail: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the smallest count that is too high and the greatest that is too low, int; n + 1 and -1 where none is."""
    upper = binom.isf(tail, n, rate).astype(np.int64) + 1  # P(X >= upper) <= tail
    lower = binom.ppf(tail, n, rate).astype(np.int64)
    lower = np.where(binom.cdf(lower, n, rate) <= tail, lower, lower - 1)
    return upper, lower


class Overdispersion:
    """How much more than chance therapists differ, from z-scores of the square root of observed over expected.

    Attributes
    ----------
    factor
        Of the variance, at least 1 (multiplicative).
    between
        Variance between therapists on the square root's scale (additive).
    """

    def __init__(self, observed: np.ndarray, expected: np.ndarray) -> None:
        """Find both from therapists' counts, shape (J,); winsorised at a tenth on either side, and corrected for it.

        The variance between therapists is DerSimonian & Laird's (1986, 10.1016/0197-2456(86)90046-2). Where few are
        expected, the square root makes both too great, and limits too wide.
        """
        z = 2 * np.sqrt(expected) * (np.sqrt(observed / expected) - 1)
        inner = np.clip(z, *np.quantile(z, [WINSORISED, 1 - WINSORISED]))
        square, weight = float(np.mean(inner**2)) / LEFT, 4 * expected
        self.factor = max(square, 1.0)
        spread = float(weight.sum() - np.sum(weight**2) / weight.sum())
        excess = len(z) * square - (len(z) - 1)
        self.between = max(excess / spread, 0.0) if len(z) > 1 else 0.0

    def limits(self, expected: np.ndarray, tail: float, kind: str) -> tuple[np.ndarray, np.ndarray]:
        """Return low and high limits of observed over expected; `kind` is ``multiplicative`` or ``additive``."""
        within = 1 / (4 * expected)
        sd = np.sqrt(within * self.factor if kind == "multiplicative" else within + self.between)
        z = ndtri(1 - tail)
        return np.maximum(1 - z * sd, 0.0) ** 2, (1 + z * sd) ** 2

    def table(self) -> pd.DataFrame:
        """Return both as rows of kind, value and meaning."""
        rows = [
            ("multiplicative", self.factor, "variance of therapists' z-scores over that of chance, at least 1"),
            ("additive", self.between, "variance between therapists of the square root of observed over expected"),
        ]
        return pd.DataFrame(rows, columns=["kind", "value", "meaning"])


def funnel(n: np.ndarray, rate: float, more: Overdispersion) -> pd.DataFrame:
    """Return limits by number of clients, for clients of the average risk.

    Returns
    -------
    pandas.DataFrame
        clients; low_95, high_95, low_998, high_998: exact; missing where no count is beyond. The line lies half a count
        before the first count that is beyond, so that whoever is above it is flagged and nobody else. Then the same by
        multiplicative and additive overdispersion. All are rates.
    """
    found: dict[str, np.ndarray] = {"clients": n}
    for name, tail in (("95", TAIL), ("998", FAR_TAIL)):
        upper, lower = counts_beyond(n, rate, tail)
        found[f"low_{name}"] = np.where(lower >= 0, (lower + 0.5) / n, np.nan)
        found[f"high_{name}"] = np.where(upper <= n, (upper - 0.5) / n, np.nan)
        for kind in ("multiplicative", "additive"):
            low, high = more.limits(n * rate, tail, kind)
            found[f"low_{name}_{kind}"], found[f"high_{name}_{kind}"] = rate * low, np.minimum(rate * high, 1.0)
    return pd.DataFrame(found)
