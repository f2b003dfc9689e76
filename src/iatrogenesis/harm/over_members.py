"""Conclusions worked out in each member of the ensemble."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from iatrogenesis.evidence.worlds import Asked, Look, Values, judged, spread
from iatrogenesis.harm.conclusions import Asks, concluded
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup

Told = Callable[[dict[str, Any]], Mapping[str, tuple[float, float]]]
"""Numbers by name, each with its Monte Carlo error, from what is seen of one member's worlds."""


def over_members(
    setup: Setup,
    design: Design,
    worlds: Mapping[str, Scenario],
    conclusions: Mapping[str, Asks],
    values: Values,
    cores: int,
    first: int = 0,
) -> pd.DataFrame:
    """One row per conclusion and member: conclusion, label, member, value and its Monte Carlo error.

    Parameters
    ----------
    design
        Of one member, whose people are its own.
    first
        Number of the first of these members.
    """
    labels = {name: one.label for name, one in conclusions.items()}
    told = partial(concluded, asked=conclusions)
    return told_by_members(setup, design, worlds, told, labels, values, cores, first=first)


def told_by_members(
    setup: Setup,
    design: Design,
    worlds: Mapping[str, Scenario],
    told: Told,
    labels: Mapping[str, str],
    values: Values,
    cores: int,
    look: Look = judged,
    first: int = 0,
) -> pd.DataFrame:
    """The same of any numbers, by the names in `labels`; NaN where a member has none."""
    found = spread(
        Asked(setup, design, worlds, partial(_with_errors, tuple(labels), told), look=look), values, first, cores
    )
    member = first + np.arange(found.shape[1])
    parts = [
        pd.DataFrame({"conclusion": name, "label": label, "member": member, "value": value, "mcse": mcse})
        for (name, label), value, mcse in zip(labels.items(), found[::2], found[1::2], strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


def _with_errors(names: tuple[str, ...], told: Told, seen: dict[str, Any]) -> np.ndarray:
    """Value and error of each number in turn, shape (2 * names,)."""
    found = told(seen)
    return np.array([found.get(name, (np.nan, np.nan)) for name in names]).ravel()


def in_order(parts: Sequence[pd.DataFrame], conclusions: Iterable[str]) -> pd.DataFrame:
    """The members' tables as one: conclusion by conclusion, member by member."""
    table = pd.concat(parts).sort_values("member", kind="stable")
    return pd.concat([table[table["conclusion"] == name] for name in conclusions], ignore_index=True)
