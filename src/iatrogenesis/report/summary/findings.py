"""What the numbers allow the summary to say: directions, leaders, and ranges over kinds of services."""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from iatrogenesis.report.render import MissingNumber
from iatrogenesis.report.rounding import rounded

Side = Literal["above", "below", "open"]
HALF, FOUR_OF_FIVE = 50.0, 80.0
"""Per cent: more often wrong than right; and the power that studies usually aim at."""
POWER = re.compile(r"study\.([a-z0-9_]+)\.therapist\.burnout\.power")
PREVENTION = re.compile(r"conclusions\.prevention\.([a-z_]+)\.median")
PREVENTIONS = {"monitoring": "routine outcome monitoring", "repair": "repair of trust", "supervision": "supervision"}
"""Where a prevention's own name would say too little."""


class Ranged(NamedTuple):
    """A conclusion over plausible worlds: its median and the ends of its 50 % and 90 % ranges."""

    low_90: float
    low_50: float
    median: float
    high_50: float
    high_90: float


class Findings:
    """Access to the numbers for sentences and pictures; an unknown name is an error.

    Parameters
    ----------
    numbers
        Content of numbers.json.
    sizes
        By cell of the simulation study, how many therapists, and clients of each.
    """

    def __init__(self, numbers: Mapping[str, dict], sizes: Mapping[str, tuple[float, float]]) -> None:
        self.numbers, self.sizes = numbers, sizes

    def value(self, name: str) -> float:
        """One number.

        Raises
        ------
        MissingNumber
            If there is none of this name.
        """
        if name not in self.numbers:
            raise MissingNumber(f"no number {name!r} in numbers.json, which the summary needs")
        return float(self.numbers[name]["value"])

    def ranged(self, name: str) -> Ranged:
        """A number over the plausible worlds."""
        return Ranged(*(self.value(f"{name}.{level}") for level in Ranged._fields))

    def side(self, name: str, least: float = 1.0) -> Side:
        """Whether a 90 % range lies above or below zero, in whole numbers as the page prints them; else it is open."""
        found = self.ranged(name)
        if round(found.low_90) >= least:
            return "above"
        return "below" if round(found.high_90) <= -least else "open"

    def fewer(self, name: str) -> str:
        """The same turned round, in whole numbers, for a range below zero: how many fewer, and from what to what."""
        found = self.ranged(name)
        middle, low, high = (rounded(round(-number)) for number in (found.median, found.high_90, found.low_90))
        return f"{middle} ({low} to {high})"

    def share(self, name: str, of: str) -> float:
        """One median in per cent of another; 0 where the other is not above zero."""
        whole = self.value(f"{of}.median")
        return 100 * self.value(f"{name}.median") / whole if whole > 0 else 0.0

    def mostly(self, name: str) -> Side:
        """Whether a percentage is above or below half in nine of ten worlds; else it is open."""
        found = self.ranged(name)
        if found.low_90 > HALF:
            return "above"
        return "below" if found.high_90 < HALF else "open"

    @property
    def preventions(self) -> list[str]:
        """The preventions that are told one by one, the one that averts most first."""
        names = [found[1] for name in self.numbers if (found := PREVENTION.fullmatch(name))]
        return sorted(names, key=lambda name: -self.value(f"conclusions.prevention.{name}.median"))

    @property
    def leader(self) -> str:
        """The prevention that averts clearly more than every other alone, or nothing.

        Clearly: in three of four worlds it averts at least one client more than the median of the next.
        """
        if len(names := self.preventions) < 2:
            return ""
        first, second = (self.ranged(f"conclusions.prevention.{name}") for name in names[:2])
        return names[0] if first.low_50 >= second.median + 1 else ""

    @property
    def power(self) -> dict[str, float]:
        """By cell of the simulation study: per cent of data sets in which the hierarchical model finds the effect."""
        found = {match[1]: self.value(name) for name in self.numbers if (match := POWER.fullmatch(name))}
        if not found:
            raise MissingNumber("no number study.<cell>.therapist.burnout.power, which the summary needs")
        return dict(sorted(found.items(), key=lambda one: self.clients(one[0])))

    def clients(self, cell: str) -> float:
        """All clients of a cell's service."""
        therapists, each = self.sizes[cell]
        return therapists * each

    @property
    def least_power(self) -> float:
        """In the kind of service where it is least."""
        return min(self.power.values())

    @property
    def most_power(self) -> float:
        """In the kind of service where it is most."""
        return max(self.power.values())

    @property
    def enough(self) -> Literal["all", "some", "none"]:
        """In which kinds of services four of five data sets show it."""
        reached = [power >= FOUR_OF_FIVE for power in self.power.values()]
        return "all" if all(reached) else "some" if any(reached) else "none"

    @property
    def larger_is_better(self) -> bool:
        """Whether every service in which it is found has more clients than every one in which it is not."""
        found = [self.clients(cell) for cell, power in self.power.items() if power >= FOUR_OF_FIVE]
        missed = [self.clients(cell) for cell, power in self.power.items() if power < FOUR_OF_FIVE]
        return bool(found and missed) and min(found) > max(missed)


def called(prevention: str) -> str:
    """A prevention in plain words."""
    return PREVENTIONS.get(prevention, prevention.replace("_", " ").replace("non pathologising", "non-pathologising"))
