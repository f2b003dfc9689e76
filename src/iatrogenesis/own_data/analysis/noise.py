"""How much of the deterioration rate is noise of the questionnaire.

Two answers, which are not the same. *If nobody changed at all*, some would still be counted as deteriorated: known from
the error alone. But most clients improve, and whoever improved by six points is seldom counted as deteriorated by
error. So the second answer takes the distribution of true change, deconvolved from the observed one
(`iatrogenesis.own_data.analysis.deconvolution`), and says of those counted as deteriorated how many are not truly worse
(or by less than a quarter of a reliable change), and how many are worse by less than a reliable change.

Assumed: error is normal, independent of true change and of the errors on other questionnaires; also at the ends of the
scale. Its SD is that of a difference of two scores, SD sqrt(2 (1 - reliability)), where both are known; else that which
the reliable change implies, reliable change / 1.96, which is wrong where a reliable change was set by what matters and
not by error. Bounds are for an SD of the error a fifth smaller and a fifth greater. With a reliability of internal
consistency, fluctuation from day to day counts as true change; so does regression to the mean of clients who came
because they were at their worst. Reliabilities by retest make the error of the PHQ-9 a fifth greater and that of the
GAD-7 by nearly a half. In simulations whose truth is known the shares are found to within a twentieth, also where
errors of two questionnaires correlate at .4; where a small group gets much worse, the rate of the truly worse is found
a tenth of itself too low. The ends of a scale cut errors off: where clients begin near one, noise is found too great by
up to 7 points of 100, and the rate of the truly worse a fifth of itself too low.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.own_data.analysis.deconvolution import Spline, binned, draws, joined, moments
from iatrogenesis.own_data.analysis.ready import Ready
from iatrogenesis.own_data.prepared import KnownInstrument

CRITICAL = 1.96
DRAWS = 40_000
BOOTSTRAP, FEWER_DRAWS = 60, 8_000
TRIFLE = 0.25  # of a reliable change: worse by less is not worse
WRONG = 0.2  # by how much the error's SD may be another one
LEVEL = 0.95
COLUMNS = ("quantity", "value", "low", "high", "unit", "basis")
ROWS = {
    "observed": ("deterioration rate, observed", "share"),
    "unchanged": ("rate if nobody truly changed", "share"),
    "modelled": ("deterioration rate by the model of change and error", "share"),
    "not_worse": (
        "of those counted as deteriorated: not truly worse, or by less than a quarter of a reliable change",
        "share of deteriorated",
    ),
    "less": (
        "of those counted as deteriorated: truly worse by less than a reliable change, or not",
        "share of deteriorated",
    ),
    "true": ("rate of clients truly worse by a reliable change", "share"),
    "found": ("of those truly worse by a reliable change: counted as deteriorated", "share of truly worse"),
}


class Rule(NamedTuple):
    """Reliable change by several instruments: worse on one, better on none; arrays of shape (draws, m)."""

    threshold: np.ndarray

    def worse(self, change: np.ndarray) -> np.ndarray:
        """Who is reliably worse, bool, shape (draws,)."""
        up, down = (change >= self.threshold - 1e-9).any(axis=1), (change <= -self.threshold + 1e-9).any(axis=1)
        return up & ~down


def table(ready: Ready) -> pd.DataFrame:
    """Return one row per quantity; one that says why, where there are no scores."""
    change, names = _changes(ready)
    if not names:
        reason = "the outcome was given without scores: how much of it is error cannot be said"
        return pd.DataFrame([{"quantity": "not possible", "basis": reason}]).reindex(columns=list(COLUMNS))
    threshold = np.array([ready.about.instruments[name].reliable_change for name in names])
    seed = derived_seed(ready.settings.analysis.seed, "noise of the questionnaire")
    error_sd = np.array([error_of(ready.about.instruments[name]) for name in names])
    found = questionnaire_noise(change, threshold, seed, error_sd)
    clients = len(change)
    rows = [
        {"quantity": ROWS[row.name][0], "unit": ROWS[row.name][1], "value": row.value, "low": row.low, "high": row.high}
        | {"basis": row.basis}
        for row in found.itertuples(index=False)
    ]
    expected = clients * found.set_index("name").loc["unchanged", "value"]
    rows.insert(
        2,
        {
            "quantity": f"clients of {clients} counted as deteriorated if nobody truly changed",
            "value": expected,
            "unit": "clients",
            "basis": rows[1]["basis"],
        },
    )
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS))


def error_of(known: KnownInstrument) -> float:
    """Return the SD of the error of a difference of two scores, points."""
    if known.reliability is None or known.sd is None:
        return known.reliable_change / CRITICAL
    return float(known.sd * np.sqrt(2 * (1 - known.reliability)))


def questionnaire_noise(
    change: np.ndarray, threshold: np.ndarray, seed: int, error_sd: np.ndarray | None = None
) -> pd.DataFrame:
    """Return the quantities of `ROWS` from observed changes.

    Parameters
    ----------
    change
        Last less first score of each client, without gaps, shape (n, m).
    threshold
        Reliable change of each instrument, points, shape (m,).
    error_sd
        SD of the error of a difference, points, shape (m,); by default reliable change / 1.96.

    Returns
    -------
    pandas.DataFrame
        name, value, low, high, basis. Intervals are bootstrap ones over clients, widened to hold the values at an error
        SD `WRONG` smaller and greater; that of the rate if nobody changed is for those SDs alone.
    """
    noise, rule = Noise(seed), Rule(threshold)
    everybody = np.arange(len(change))
    error_sd = threshold / CRITICAL if error_sd is None else error_sd
    usual = Deconvolution(change, rule, error_sd, noise)
    estimate = usual.of(everybody, DRAWS)
    others = [Deconvolution(change, rule, by * error_sd, noise).of(everybody, DRAWS) for by in (1 - WRONG, 1 + WRONG)]
    again = [
        usual.of((noise.uniform("bootstrap", client=everybody, occasion=k) * len(change)).astype(np.int64), FEWER_DRAWS)
        for k in range(BOOTSTRAP)
    ]
    rows = []
    for name in ROWS:
        values = [estimate[name]] + ([] if name == "observed" else [each[name] for each in others])
        spread = np.array([each[name] for each in again])
        spread = spread[np.isfinite(spread)]
        if name != "unchanged" and spread.size:
            # As they are, and around the estimate: the penalty shifts what is drawn again once more.
            ends = np.quantile(spread, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
            values += [*ends, *(ends + estimate[name] - spread.mean())]
        low, high = (
            np.clip([np.nanmin(values), np.nanmax(values)], 0.0, 1.0) if np.isfinite(values).any() else [np.nan] * 2
        )
        rows.append({"name": name, "value": estimate[name], "low": low, "high": high, "basis": _basis(name)})
    return pd.DataFrame(rows)


def _basis(name: str) -> str:
    error = "SD of the error from reliability and SD, or reliable change / 1.96"
    return {
        "observed": "bootstrap over clients",
        "unchanged": f"{error}; bounds: {100 * WRONG:g} % less and more",
    }.get(name, f"{error}, true change deconvolved; bounds: bootstrap, and an error {100 * WRONG:g} % less and more")


class Deconvolution:
    """Change and error at some SDs of the error, shape (m,); the same random numbers whoever the clients are."""

    def __init__(self, change: np.ndarray, rule: Rule, error_sd: np.ndarray, noise: Noise) -> None:
        """Make bins, splines and draws."""
        self.change, self.rule = change, rule
        which = range(change.shape[1])
        self.parts = [binned(change[:, k], error_sd[k]) for k in which]
        self.splines = [Spline(part) for part in self.parts]
        self.start: list[np.ndarray | None] = [None for _ in which]
        who = np.arange(DRAWS)[:, None]
        self.chance = noise.uniform("true change", client=who, occasion=np.array(which))
        before_rounding = np.array([part.error_sd for part in self.parts])
        self.error = noise.normal("error", client=who, occasion=np.array(which)) * before_rounding
        self.whole = np.array([part.width == 1.0 for part in self.parts])

    def of(self, clients: np.ndarray, number: int) -> dict[str, float]:
        """Return every quantity of some of the clients, from so many draws."""
        true = self._true(clients, number)
        seen, alone = self._rounded(true + self.error[:number]), self._rounded(self.error[:number])
        counted, truly = self.rule.worse(seen), self.rule.worse(true)
        by = (seen >= self.rule.threshold - 1e-9) & (true >= TRIFLE * self.rule.threshold)
        return {
            "observed": float(self.rule.worse(self.change[clients]).mean()),
            "unchanged": float(self.rule.worse(alone).mean()),
            "modelled": float(counted.mean()),
            "not_worse": _mean(~by[counted].any(axis=1)),
            "less": _mean(~truly[counted]),
            "true": float(truly.mean()),
            "found": _mean(counted[truly]),
        }

    def _rounded(self, change: np.ndarray) -> np.ndarray:
        """Change as it is scored: whole points, of instruments that have no others."""
        return np.where(self.whole, np.rint(change), change)

    def _true(self, clients: np.ndarray, number: int) -> np.ndarray:
        """Draws of true change, shape (number, m)."""
        weights = []
        for k, (part, spline) in enumerate(zip(self.parts, self.splines, strict=True)):
            count = np.bincount(part.bin_of[clients], minlength=len(part.bins)).astype(float)
            found, alpha = spline.fit(count, self.start[k])
            weights.append(found)
            if self.start[k] is None:
                self.start[k] = alpha
        m = len(weights)
        correlation = np.eye(m)
        if m > 1:
            sd = np.array([moments(spline.grid, g)[1] for spline, g in zip(self.splines, weights, strict=True)])
            correlation = np.clip(np.cov(self.change[clients], rowvar=False) / np.outer(sd, sd), -0.95, 0.95)
            np.fill_diagonal(correlation, 1.0)
        chance = joined(self.chance[:number], correlation)
        return np.column_stack([draws(self.splines[k].grid, weights[k], chance[:, k]) for k in range(m)])


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else float("nan")


def _changes(ready: Ready) -> tuple[np.ndarray, list[str]]:
    """Changes of the clients who have every score that they are judged by, shape (n, m), and the instruments."""
    names = [name for name in ready.about.judged_by if {f"{name}_first", f"{name}_last"} <= set(ready.gaps.columns)]
    if not names:
        return np.zeros((0, 0)), []
    columns = [f"{name}_{when}" for when in ("first", "last") for name in names]
    scores = ready.gaps[columns].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    scores = scores[np.isfinite(scores).all(axis=1)]
    change = scores[:, len(names) :] - scores[:, : len(names)]
    return (change, names) if len(change) else (change, [])
