"""Plausible worlds: an ensemble drawn from the priors and moved, step by step, to what is published.

Ensemble smoother with multiple data assimilation (Emerick & Reynolds 2013, 10.1016/j.cageo.2012.03.011), by the library
`iterative-ensemble-smoother`: every member meets the published values with errors of their own, so that the members
differ in the end as much as the published values, their tolerances and the priors allow.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import Field

from iatrogenesis.core.files import replacing
from iatrogenesis.core.sources import Strict
from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.core.tables import DataError
from iatrogenesis.evidence.unknowns import Prior, Unknowns

Shown = Callable[[np.ndarray, int], np.ndarray]
"""Patterns (patterns, members) of worlds at these scores (unknowns, members); the step decides whose they are."""
LEVELS = {"low_90": 0.05, "low_50": 0.25, "median": 0.5, "high_50": 0.75, "high_90": 0.95}
"""Quantiles by which a range over the members is told."""
DUMMIES = 50
"""Scores of nothing that are updated with the others: what they lose of their spread is lost by chance."""


class Search(Strict):
    """How an ensemble is found: members, steps, and the seed of prior draws and of the errors of published values."""

    members: int = Field(ge=20, le=100_000)
    steps: int = Field(ge=1, le=20)
    seed: int


def prior_scores(unknowns: list[str], search: Search) -> np.ndarray:
    """Scores of the members before anything published is known, shape (unknowns, members)."""
    noise, member = Noise(search.seed), np.arange(search.members)
    return np.array([noise.normal(f"ensemble.{name}", client=member) for name in unknowns])


def assimilated(
    scores: np.ndarray, published: np.ndarray, tolerance: np.ndarray, shown: Shown, search: Search
) -> np.ndarray:
    """Scores of the members after all steps, shape (unknowns, members).

    Parameters
    ----------
    scores
        Before, shape (unknowns, members).
    published, tolerance
        Value and standard deviation of each pattern, shape (patterns,).
    shown
        Simulates; a pattern that a member cannot show (not finite) is taken as the other members' mean.

    Notes
    -----
    All steps weigh the same: the tolerance's variance times their number. An ensemble of this size loses spread by
    chance correlations with the patterns. How much is seen on scores that mean nothing (Evensen 2009, Data
    Assimilation: The Ensemble Kalman Filter), and given back to all after each step. Each step has new people, so that
    members do not learn what is peculiar to theirs.
    """
    # Imported here: only `calibrate` needs the library, and whoever reads an ensemble does without.
    from iterative_ensemble_smoother import ESMDA

    smoother = ESMDA(
        covariance=np.ones(len(published)),
        observations=published / tolerance,
        alpha=search.steps,
        seed=derived_seed(search.seed, "assimilation"),
    )
    noise, member = Noise(derived_seed(search.seed, "dummies")), np.arange(search.members)
    for step in range(search.steps):
        found = shown(scores, step) / tolerance[:, None]
        found[~np.isfinite(found)] = np.nan
        found = np.where(np.isnan(found), np.nanmean(found, axis=1, keepdims=True), found)
        print(f"step {step + 1} of {search.steps}: {_distance(found, published / tolerance)}", flush=True)
        smoother.prepare_assimilation(Y=found, truncation=1.0)
        dummies = [noise.normal("dummy", replicate=step, therapist=one, client=member) for one in range(DUMMIES)]
        moved = smoother.assimilate_batch(X=np.vstack([scores, dummies]))
        lost = np.mean(moved[len(scores) :].std(axis=1)) / np.mean(np.std(dummies, axis=1))
        scores = moved[: len(scores)]
        centre = scores.mean(axis=1, keepdims=True)
        scores = centre + (scores - centre) / lost
    return scores


def _distance(found: np.ndarray, published: np.ndarray) -> str:
    off = np.sqrt(np.mean((found - published[:, None]) ** 2))
    return f"patterns miss the published values by {off:.2f} tolerances (root mean square)"


def summary(names: list[str], values: np.ndarray, **about: object) -> pd.DataFrame:
    """Median, 50 % and 90 % range of each row over the members."""
    found = np.nanquantile(values, list(LEVELS.values()), axis=1)
    return pd.DataFrame({"name": names, **about, **dict(zip(LEVELS, found, strict=True))})


def write_ensemble(values: Mapping[str, np.ndarray], search: Search, basis: str, path: Path) -> None:
    """Write the unknowns of each member, a column each, below a line that says how they were found.

    ``basis`` is the `fingerprint` of what they were found from.
    """
    table = pd.DataFrame({name: [f"{one:.5g}" for one in of] for name, of in values.items()})
    how = f"members {search.members}, steps {search.steps}, seed {search.seed}, basis {basis}"
    about = f"# ES-MDA: {how}; written by `make calibrate`\n"
    with replacing(path) as temporary:
        temporary.write_text(about + table.to_csv(index=False, lineterminator="\n"), encoding="utf-8")


def fingerprint(priors: Mapping[str, Prior], evidence: pd.DataFrame) -> str:
    """Of the priors, and of the published values that the ensemble is fitted to: with others it is out of date."""
    ranges = {name: (one.low, one.high, one.se, one.value if one.se else None) for name, one in sorted(priors.items())}
    fitted = evidence[evidence["use"] == "fit"][["id", "value", "sampling_se", "discrepancy"]]
    text = repr(ranges) + fitted.to_csv(index=False, float_format="%.6g")
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def learned(unknowns: Unknowns, prior: np.ndarray, scores: np.ndarray) -> pd.DataFrame:
    """Each unknown before and after: how far its middle moved, and how much of its spread is left, in prior SDs.

    Parameters
    ----------
    prior, scores
        Scores of the members, shape (unknowns, members).
    """
    before = summary(unknowns.names, np.array(list(unknowns.named(prior).values())), when="prior")
    after = summary(unknowns.names, np.array(list(unknowns.named(scores).values())), when="posterior")
    moved = scores.mean(axis=1) - prior.mean(axis=1)
    left = scores.std(axis=1) / prior.std(axis=1)
    return pd.concat([before, after.assign(moved=moved, spread_left=left)], ignore_index=True)


def read_ensemble(path: Path, unknowns: Sequence[str]) -> dict[str, np.ndarray]:
    """Values of the members by unknown, shape (members,).

    Raises
    ------
    DataError
        If the file cannot be read, a value is missing, or its columns are not these unknowns.
    """
    try:
        table = pd.read_csv(path, comment="#", dtype=float)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read ({error}); `make calibrate` writes it.") from None
    if list(table) != list(unknowns):
        off = sorted(set(table) ^ set(unknowns)) or ["the order of the columns"]
        raise DataError(
            f"{path}: {off[0]!r} does not match the unknown numbers of the scenarios; `make calibrate` anew."
        )
    if table.isna().any(axis=None) or table.empty:
        raise DataError(f"{path}: a value is missing; `make calibrate` writes it.")
    return {name: table[name].to_numpy() for name in table}
