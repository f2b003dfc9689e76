"""Can the calibration be trusted? Groups of patterns left out, worlds whose truth is known, and another algorithm.

*Left out*: the ensemble is found without one group of patterns and has to predict it. *Known truth*: a world drawn from
the prior plays the published one; the 90 % ranges of what is concluded have to hold what is true in it, in about nine
of ten such worlds. *Importance weights*: with few patterns the prior's own draws can be weighed by how well they show
them, without any assumption about the form of the answers; the smoother has to conclude the same from these patterns.
All searches are smaller than the one that is committed.
"""

from collections.abc import Callable, Collection

import numpy as np
import pandas as pd

from iatrogenesis.core.streams import derived_seed
from iatrogenesis.evidence.ensemble import Search, assimilated, prior_scores
from iatrogenesis.evidence.fitted import Fitted

Told = Callable[[np.ndarray, int], np.ndarray]
"""Numbers (quantities, members) of worlds at these scores (unknowns, members); the second decides whose they are."""
OWN = 1_000_000  # people of a world that plays the published one: no member's
COPIES = 8  # of that world, so that its truth is nearly free of Monte Carlo error
ASKED = 60  # members that are asked what they conclude: enough for a 90 % range
ENDS = {"low_90": 0.05, "median": 0.5, "high_90": 0.95}


def left_out(
    fitted: Fitted, inputs: Collection[str], noise: np.ndarray, unknowns: list[str], told: Told, search: Search
) -> pd.DataFrame:
    """Each pattern as predicted by an ensemble that was found without its group.

    Columns: group, pattern, published, tolerance, the 90 % range and median of the prediction, and z: published less
    median, over the SDs of tolerance and prediction together.

    Parameters
    ----------
    inputs
        Patterns that are inputs of the simulator: they cannot be predicted, and have no row.
    noise
        Monte Carlo SD of one member's patterns, shape (patterns,), which is no part of the prediction's spread.
    """
    rows, prior = [], prior_scores(unknowns, search)
    for group in dict.fromkeys(fitted.groups[fitted.groups != ""]):
        kept = fitted.groups != group
        asked = [place for place in np.flatnonzero(~kept) if fitted.names[place] not in inputs]
        if not asked:
            continue
        print(f"without {group}", flush=True)

        def some(scores: np.ndarray, step: int, kept: np.ndarray = kept) -> np.ndarray:
            return told(scores, step)[kept]

        found = assimilated(prior, fitted.target[kept], fitted.tolerance[kept], some, search)
        shown = told(found, search.steps)
        shown[~np.isfinite(shown)] = np.nan
        for place in asked:
            values = freed(shown[place], noise[place])
            spread = np.hypot(fitted.tolerance[place], np.nanstd(values))
            about = {"group": group, "pattern": fitted.names[place], "published": fitted.target[place]}
            about |= {"tolerance": fitted.tolerance[place]} | _ends(values)
            rows.append(about | {"z": (fitted.target[place] - about["median"]) / spread})
    return pd.DataFrame(rows)


def known_truths(
    fitted: Fitted,
    unknowns: list[str],
    told: Told,
    concluded: Told,
    quantities: list[str],
    worlds: int,
    search: Search,
) -> pd.DataFrame:
    """What is concluded where the truth is known: by world and quantity the truth, the 90 % range before and after.

    Parameters
    ----------
    concluded
        Conclusions (quantities, members) at these scores.
    """
    other = search.model_copy(update={"members": worlds, "seed": derived_seed(search.seed, "truth")})
    truths, prior, rows = prior_scores(unknowns, other), prior_scores(unknowns, search), []
    first = told(prior, 0)  # the same for every truth
    before = concluded(prior[:, :ASKED], 0)
    errors = np.random.default_rng(derived_seed(search.seed, "published errors"))
    for world in range(worlds):
        copies, whose = np.repeat(truths[:, [world]], COPIES, axis=1), OWN + world
        shown = told(copies, whose)
        shown[~np.isfinite(shown)] = np.nan
        target = np.nanmean(shown, axis=1) + fitted.tolerance * errors.standard_normal(len(fitted.names))
        usable = np.isfinite(target)

        def answer(scores: np.ndarray, step: int, usable: np.ndarray = usable) -> np.ndarray:
            return (told(scores, step) if step else first)[usable]

        own = search.model_copy(update={"seed": derived_seed(search.seed, "search", world)})
        found = assimilated(prior, target[usable], fitted.tolerance[usable], answer, own)
        after, true = concluded(found[:, :ASKED], search.steps), concluded(copies, whose)
        for place, quantity in enumerate(quantities):
            noise, truth = true[place].std(ddof=1), true[place].mean()
            ends, prior_ends = _ends(freed(after[place], noise)), _ends(freed(before[place], noise))
            rows.append(
                {
                    "world": world,
                    "quantity": quantity,
                    "truth": truth,
                    **ends,
                    "covered": ends["low_90"] <= truth <= ends["high_90"],
                    **{f"prior_{name}": value for name, value in prior_ends.items()},
                    "prior_covered": prior_ends["low_90"] <= truth <= prior_ends["high_90"],
                }
            )
        print(f"world {world + 1} of {worlds}", flush=True)
    return pd.DataFrame(rows)


def weighed(
    target: np.ndarray,
    tolerance: np.ndarray,
    unknowns: list[str],
    told: Told,
    concluded: Told,
    quantities: list[str],
    draws: int,
    search: Search,
) -> pd.DataFrame:
    """What is concluded from a few patterns by the smoother, and by importance weights of the prior's draws.

    Columns: quantity, how (smoother, weights, prior), effective (members), low_90, median, high_90.

    Parameters
    ----------
    target, tolerance
        Of the few patterns, which ``told`` gives; shape (patterns,).
    draws
        Draws from the prior that are weighed.
    """
    many = prior_scores(
        unknowns, search.model_copy(update={"members": draws, "seed": derived_seed(search.seed, "weighed")})
    )
    off = (told(many, 0) - target[:, None]) / tolerance[:, None]
    weight = np.exp(-0.5 * np.sum(np.where(np.isfinite(off), off, np.inf) ** 2, axis=0))
    best = np.argsort(-weight, kind="stable")[: search.members]  # the others weigh next to nothing
    found = assimilated(prior_scores(unknowns, search), target, tolerance, told, search)
    alike = np.ones(search.members)
    ways = {
        "weights": (concluded(many[:, best], 1), weight[best]),
        "smoother": (concluded(found, search.steps), alike),
        "prior": (concluded(many[:, : search.members], 2), alike),
    }
    rows = []
    for how, (values, of) in ways.items():
        share = of / of.sum()
        for quantity, value in zip(quantities, values, strict=True):
            order = np.argsort(value)
            at = np.cumsum(share[order]) - share[order] / 2
            ends = np.interp(list(ENDS.values()), at, value[order])
            about = {"quantity": quantity, "how": how, "effective": 1 / np.sum(share**2)}
            rows.append(about | dict(zip(ENDS, ends, strict=True)))
    return pd.DataFrame(rows)


def freed(values: np.ndarray, noise: float) -> np.ndarray:
    """Values of the members, drawn together until their spread is what it is without the Monte Carlo error of each."""
    spread, centre = np.nanvar(values), np.nanmean(values)
    return centre + (values - centre) * np.sqrt(max(spread - noise**2, 0.0) / spread) if spread > 0 else values


def _ends(values: np.ndarray) -> dict[str, float]:
    return dict(zip(ENDS, map(float, np.nanquantile(values, list(ENDS.values()))), strict=True))
