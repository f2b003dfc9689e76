"""Interpolation between the simulated settings, for any position of the sliders and any set of preventions.

Shares and averages are put together as logarithms (so that effects multiply and nothing falls below zero), the rest as
it is. With ``g`` linear between the grid's levels in every slider, ``x`` the sliders and ``u`` their usual places::

    value(x, on) = g(x) + sum over i in on of  d_i(u) + sum over pairs i, j in on of  b_ij
                        + sum over i in on, over sliders k of  [d_i(u with x_k) - d_i(u)]
    d_i(x)       = value(x, {i}) - g(x)

``b_ij``, what two preventions change beyond what each does alone, is fitted by least squares to the simulated sets.
Exact wherever at most one prevention was simulated (but that half a client stands for none). What it leaves out (three
preventions that change one another, two sliders that together change what a prevention does, or a slider that changes
what two do together) is measured by simulating settings drawn at random. The fates of clients are scaled to add up to
one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

import numpy as np
import pandas as pd

from iatrogenesis.explorer.measure import ALSO, FATES
from iatrogenesis.explorer.settings import SLIDERS, Explorer, Setting, every_setting
from iatrogenesis.world.cohort import Design

LOGARITHMIC = (*FATES, *ALSO, "off_track", "sessions", "new_clients", "places")


def is_logarithmic(column: str) -> bool:
    """Whether a measure is put together as a logarithm."""
    return column.split(".")[0].split("@")[0] in LOGARITHMIC


def half_a_client(design: Design) -> float:
    """The share of clients that stands for none, which has no logarithm."""
    return 0.5 / (design.replicates * design.therapists * design.clients_per_therapist)


@dataclass(frozen=True)
class Surface:
    """What was simulated, and what any two preventions change together.

    Attributes
    ----------
    values
        Measures, logarithms taken, shape (rows, measures): of the settings of `settings.every_setting` in their order,
        without its sets; then ``b_ij`` by pair.
    """

    levels: tuple[tuple[float, ...], ...]
    usual: tuple[float, ...]
    preventions: tuple[str, ...]
    columns: tuple[str, ...]
    values: np.ndarray

    @classmethod
    def of(cls, explorer: Explorer, usual: Sequence[float], measures: pd.DataFrame) -> "Surface":
        """From measures as simulated, one row per setting."""
        columns = tuple(measures.columns)
        logs = np.array([is_logarithmic(name) for name in columns])
        values = measures.to_numpy(dtype=float)
        values = np.where(logs, np.log(np.maximum(values, half_a_client(explorer.design))), values)
        settings = every_setting(explorer, tuple(usual))
        sets = [setting for kind, setting in settings if kind == "sets"]
        single = len(settings) - len(sets)
        levels = tuple(explorer.levels.by_slider().values())
        found = cls(levels, tuple(usual), explorer.preventions, columns, values[:single])
        return replace(found, values=np.vstack([found.values, found._beyond(sets, values[single:])]))

    def _beyond(self, sets: Sequence[Setting], values: np.ndarray) -> np.ndarray:
        """What pairs of preventions change beyond the sum of both, by least squares, shape (pairs, measures)."""
        on = np.array([[name in setting.preventions for name in self.preventions] for setting in sets], dtype=float)
        if not sets:
            return np.zeros((0, len(self.columns)))
        base = self._grid(self.usual)
        alone = self.values[self._first_alone :][: len(self.preventions)] - base
        both = [on[:, i] * on[:, j] for i, j in self._pairs]
        return np.linalg.lstsq(np.transpose(both), values - base - on @ alone)[0]

    @property
    def _pairs(self) -> list[tuple[int, int]]:
        return list(combinations(range(len(self.preventions)), 2))

    @property
    def _shape(self) -> tuple[int, ...]:
        return tuple(len(levels) for levels in self.levels)

    @property
    def _first_alone(self) -> int:
        """Row of the first prevention alone, all sliders as usual."""
        return int(np.prod(self._shape))

    def _grid(self, sliders: Sequence[float]) -> np.ndarray:
        """Multilinear between the nearest levels."""
        nodes = [_between(levels, x) for levels, x in zip(self.levels, sliders, strict=True)]
        total = np.zeros(len(self.columns))
        for corner in product(*nodes):
            weight = np.prod([share for _, share in corner])
            if weight > 0:
                total += weight * self.values[np.ravel_multi_index([at for at, _ in corner], self._shape)]
        return total

    def _axis(self, prevention: int, slider: int, x: float) -> np.ndarray:
        """What a prevention changes with one slider at ``x`` and the others as usual, linear between levels."""
        total = np.zeros(len(self.columns))
        for level, share in _between(self.levels[slider], x):
            at = self.levels[slider][level]
            sliders = (*self.usual[:slider], at, *self.usual[slider + 1 :])
            total += share * (self.values[self._alone(prevention, slider, level)] - self._grid(sliders))
        return total

    def _alone(self, prevention: int, slider: int, level: int) -> int:
        """Row of one prevention, with one slider at one of its levels."""
        home = [levels.index(u) for levels, u in zip(self.levels, self.usual, strict=True)]
        if level == home[slider]:
            return self._first_alone + prevention
        away = [len(levels) - 1 for levels in self.levels]
        start = self._first_alone + len(self.preventions)
        return start + prevention * sum(away) + sum(away[:slider]) + level - (level > home[slider])

    def at(self, setting: Setting) -> dict[str, float]:
        """Every measure at any setting within the levels."""
        total = self._grid(setting.sliders)
        on = sorted(self.preventions.index(name) for name in setting.preventions)
        for i in on:
            total = total + self.values[self._first_alone + i] - self._grid(self.usual)
            for k in range(len(SLIDERS)):
                total = total + self._axis(i, k, setting.sliders[k]) - self._axis(i, k, self.usual[k])
        for pair in combinations(on, 2):
            total = total + self.values[self._pairs.index(pair) - len(self._pairs)]
        return whole(
            {name: np.exp(v) if is_logarithmic(name) else v for name, v in zip(self.columns, total, strict=True)}
        )


def whole(measures: Mapping[str, float]) -> dict[str, float]:
    """The fates of clients scaled to add up to one, in all clusters and with each left out."""
    found = dict(measures)
    for part in {name.split(".")[1] for name in measures if name.startswith("improved.")}:
        names = [f"{fate}.{part}" for fate in FATES]
        total = sum(found[name] for name in names)
        found |= {name: found[name] / total for name in names}
    return {name: float(value) for name, value in found.items()}


def _between(levels: Sequence[float], x: float) -> list[tuple[int, float]]:
    """The two levels around ``x`` with their weights."""
    place = float(np.interp(x, levels, np.arange(len(levels))))
    below = min(int(place), len(levels) - 2)
    return [(below, 1 - (place - below)), (below + 1, place - below)]
