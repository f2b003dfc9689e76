"""Worlds of the table of second episodes in words, for figures and tables."""

from collections.abc import Iterable

BARRIER = "_barrier"
WORLDS = {"routine_care": "routine care", "reference": "reference world"}


def named(world: str) -> str:
    """A world in words; ``no_<kind>`` is routine care with that route closed."""
    return WORLDS.get(world, world.replace("no_", "without ", 1).replace("_", " "))


def barriers(less: Iterable[str]) -> list[str]:
    """Kinds of the routes that bear on seeking help again, from the table's column ``less``."""
    return [name.removesuffix(BARRIER) for name in dict.fromkeys(less) if name.endswith(BARRIER)]
