"""Sensitivity to what counts as deterioration: reliable change by several methods, other instruments, other rules.

There is no one definition. By each of them the table has the rate, how much therapists differ, and whether they come in
the same order as by the definition that was chosen. The same clients are counted by all, so that orders are alike for
that alone: a high correlation does not show that an order would come out again with other clients.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.own_data.analysis.ready import Ready
from iatrogenesis.own_data.analysis.refits import compared, counted, refit
from iatrogenesis.own_data.prepared import KnownInstrument

CRITICAL = 1.96
RETEST = {
    "phq9": (0.84, "nhstt2024manual, evidence M01, note"),
    "gad7": (0.83, "nhstt2024manual, evidence M01, note"),
    "oq45": (0.84, "oqmeasures, evidence M05, note"),
}
"""Test-retest reliabilities over days to weeks, and their sources as `config/instruments.yaml` has those of alpha: all
from memory. They count true fluctuation as error. The project's evidence has none of the CORE-OM."""
POINTS = {"phq9": 5.0, "gad7": 4.0}
NO_SOURCE = "for comparison; the project's evidence has no source of it"
HALF = 1.5
HALF_BASIS = f"{NO_SOURCE}; of a low first score it is a point or two"
COLUMNS = (
    *("definition", "instruments", "threshold", "used", "clients", "deteriorated", "rate", "therapist_sd"),
    *("therapist_sd_low", "therapist_sd_high", "rank_correlation", "flagged", "flagged_also", "basis"),
)


def table(ready: Ready, score: np.ndarray, priors: Priors) -> pd.DataFrame:
    """Return one row per definition; only the outcome that was given where there are no scores.

    Parameters
    ----------
    score
        Each judged course's log odds by case mix, shape (rows,), or (0,).
    """
    fdr, seed = ready.settings.analysis.false_discovery_rate, ready.settings.analysis.seed
    everybody = np.ones(len(ready.judged), dtype=bool)
    usual = _fit(ready, "used", everybody, ready.worse, score, priors, seed)
    rows = []
    for name, names, threshold, known, worse, basis in _all(ready):
        one = usual if name == USED else _fit(ready, name, known, worse, score, priors, seed)
        rows.append(
            {
                "definition": name,
                "instruments": names,
                "threshold": threshold,
                "used": name == USED,
                "clients": int(known.sum()),
                "deteriorated": int(worse[known].sum()),
                "rate": float(worse[known].mean()),
                **one.row(),
                **compared(one, usual, fdr),
                "basis": basis,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


USED = "the one used"


def _fit(ready: Ready, name: str, known: np.ndarray, worse: np.ndarray, score: np.ndarray, priors: Priors, seed: int):
    own = score[known] if score.size else score
    data = counted(f"{ready.name}, {name}", ready.therapist_ids, ready.therapist[known], worse[known], own)
    return refit(data, priors, seed)


def _all(ready: Ready) -> Iterator[tuple[str, str, str, np.ndarray, np.ndarray, str]]:
    """Yield name, instruments, threshold, who has the scores, who is worse, and the basis."""
    everybody = np.ones(len(ready.judged), dtype=bool)
    judged_by = " or ".join(ready.about.instruments[name].name for name in ready.about.judged_by)
    yield USED, judged_by or "as given", "", everybody, ready.worse, "settings of this analysis"
    instruments = {
        name: known
        for name, known in ready.about.instruments.items()
        if f"{name}_first" in ready.gaps and f"{name}_last" in ready.gaps
    }
    changes = {name: _change(ready, name) for name in instruments}
    enough = {name: known for name, known in instruments.items() if np.isfinite(changes[name]).sum() > 0}
    for name, known in enough.items():
        first, change = _scores(ready, name, "first"), changes[name]
        for method, threshold, basis in _thresholds(name, known, first):
            seen = np.isfinite(change)
            shown = f"{threshold:.1f} points"
            yield f"{known.name}: {method}", known.name, shown, seen, _at_least(change, threshold), basis
        seen = np.isfinite(change)
        half = seen & (change > 0) & (first + np.nan_to_num(change) >= HALF * first)
        yield f"{known.name}: half as much again", known.name, "50 % above the first", seen, half, HALF_BASIS
    if len(enough) > 1:
        yield _together(enough, changes)


def _thresholds(name: str, known: KnownInstrument, first: np.ndarray) -> Iterator[tuple[str, float, str]]:
    sd = float(np.nanstd(first, ddof=1))
    yield "reliable change", known.reliable_change, known.source
    if known.reliability is not None:
        own = CRITICAL * np.sqrt(2) * sd * np.sqrt(1 - known.reliability)
        basis = f"SD {sd:.2f} of these clients, reliability {known.reliability:.2f} of the instrument"
        yield "reliable change by internal consistency", float(own), basis
    if name in RETEST:
        retest, source = RETEST[name]
        basis = f"SD {sd:.2f} of these clients, retest reliability {retest:.2f} (from memory: {source})"
        yield "reliable change by retest", float(CRITICAL * np.sqrt(2) * sd * np.sqrt(1 - retest)), basis
    if name in POINTS:
        yield f"{POINTS[name]:g} points", POINTS[name], NO_SOURCE
    yield "one SD", sd, "SD of these clients at the first session"


def _together(enough: dict[str, KnownInstrument], changes: dict[str, np.ndarray]):
    """NHS Talking Therapies: reliably worse on one at least, reliably better on none."""
    names = " or ".join(known.name for known in enough.values())
    seen = np.all([np.isfinite(changes[name]) for name in enough], axis=0)
    up = np.any([_at_least(changes[name], known.reliable_change) for name, known in enough.items()], axis=0)
    down = np.any([_at_least(-changes[name], known.reliable_change) for name, known in enough.items()], axis=0)
    return (
        "worse on one, better on none",
        names,
        "each one's reliable change",
        seen,
        up & ~down,
        "NHS Talking Therapies manual",
    )


def _at_least(change: np.ndarray, threshold: float) -> np.ndarray:
    # Scores are whole points or nearly; a threshold of 5.2 is reached by 6, one of 6 by 6.
    return np.nan_to_num(change, nan=-np.inf) >= threshold - 1e-9


def _scores(ready: Ready, name: str, when: str) -> np.ndarray:
    return ready.gaps[f"{name}_{when}"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def _change(ready: Ready, name: str) -> np.ndarray:
    return _scores(ready, name, "last") - _scores(ready, name, "first")
