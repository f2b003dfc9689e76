"""How much each mechanism causes: alone, as the last one to be taken away, and on average over all orders (Shapley).

The value of a set of mechanisms is an outcome of the same clients, with the same chance events, in a world where just
these are open. The Shapley value of a mechanism is its contribution to the full world averaged over all orders in which
mechanisms could be added (Shapley 1953, "A value for n-person games"); orders are sampled. Each order comes with its
reverse, which balances who comes early; such a pair, on clients of its own, is the independent unit of the Monte Carlo
error.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from iatrogenesis.core.montecarlo import around
from iatrogenesis.core.streams import Noise
from iatrogenesis.harm.outcomes import OUTCOMES, PER_THOUSAND, Sums

if TYPE_CHECKING:
    import pandas as pd

Kinds = frozenset[str]
World = Callable[[Kinds], Sums]
"""Outcome sums of the world in which these mechanisms are open."""


def order(noise: Noise, pair: int, kinds: list[str]) -> list[str]:
    """A random order of the mechanisms for one pair."""
    by_chance = noise.uniform("attribution.order", replicate=pair, client=np.arange(len(kinds)))
    return [kinds[position] for position in np.argsort(by_chance)]


def contributions(world: World, kinds: list[str], order: list[str]) -> dict[str, np.ndarray]:
    """What one pair of orders says, as columns: one row per mechanism, kind of attribution, and outcome.

    ``alone``: added to the world without mechanisms. ``removed``: what the full world loses without it. ``shapley``:
    mean over the order and its reverse of what it adds where it comes. ``interaction``: Shapley value less ``alone``.
    The row of ``all`` is the whole difference between the full world and that without mechanisms.
    """
    known: dict[Kinds, np.ndarray] = {}

    def value(open_: Iterable[str]) -> np.ndarray:  # by outcome
        key = frozenset(open_)
        if key not in known:
            sums = world(key)
            known[key] = np.array([sums[name].sum() / sums["clients"].sum() for name in OUTCOMES])
        return known[key]

    shapley: dict[str, Any] = dict.fromkeys(kinds, 0.0)
    for way in (order, order[::-1]):
        for place, kind in enumerate(way):
            shapley[kind] = shapley[kind] + (value(way[: place + 1]) - value(way[:place])) / 2
    found: dict[tuple[str, str], Any] = {("all", "total"): value(kinds) - value([])}
    for kind in kinds:
        others = [other for other in kinds if other != kind]
        found[kind, "alone"] = value([kind]) - value([])
        found[kind, "removed"] = value(kinds) - value(others)
        found[kind, "shapley"] = shapley[kind]
        found[kind, "interaction"] = shapley[kind] - found[kind, "alone"]
    mechanisms, attributions = zip(*found, strict=True)
    scale = np.array([1000.0 if name in PER_THOUSAND else 1.0 for name in OUTCOMES])
    return {
        "mechanism": np.tile(mechanisms, len(OUTCOMES)),
        "attribution": np.tile(attributions, len(OUTCOMES)),
        "outcome": np.repeat(list(OUTCOMES), len(found)),
        "value": (np.array(list(found.values())) * scale).T.reshape(-1),
    }


def combined(parts: "list[pd.DataFrame]") -> "pd.DataFrame":
    """Mean over pairs with its Monte Carlo standard error.

    Raises
    ------
    ValueError
        With fewer than two pairs, which say nothing about the error.
    """
    if len(parts) < 2:
        raise ValueError("attribution.pairs: at least 2 are needed for a Monte Carlo standard error")
    import pandas as pd  # here, because the jobs of the pairs do without

    keys = ["mechanism", "attribution", "outcome"]
    grouped = pd.concat(parts, ignore_index=True).groupby(keys, sort=False)["value"]
    table = grouped.agg(["mean", "sem"]).reset_index().rename(columns={"mean": "value", "sem": "mcse"})
    table.insert(3, "label", table["outcome"].map(OUTCOMES))
    low, high = around(table["value"], table["mcse"], len(parts))
    return table.assign(low=low, high=high)
