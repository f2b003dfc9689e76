"""Preventions with a switch: what they do where it is on, and exactly nothing where it is off."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from iatrogenesis.explorer.live.traced import Traced, either
from iatrogenesis.world.cohort import Therapists
from iatrogenesis.world.mechanisms.base import CHANNELS, Mechanism
from iatrogenesis.world.preventions.base import Prevention

NEUTRAL = {
    **dict.fromkeys(CHANNELS, 0.0),
    **dict.fromkeys(("after", "help_seeking", "relief", "notice", "repair", "soothe"), 0.0),
    "exposure": 1.0,
    "effect": 1.0,
    "refer": False,
}
"""What each method of a prevention returns that does nothing."""


def switched(prevention: Prevention, on: Traced) -> Prevention:
    """The prevention, with methods that ask the switch (0 or 1)."""
    is_on, kind = on > 0, type(prevention)
    methods: dict[str, Callable] = {
        name: _either(getattr(prevention, name), is_on, neutral)
        for name, neutral in NEUTRAL.items()
        if getattr(kind, name) is not getattr(Prevention, name)
    }
    if kind.staff is not Prevention.staff:
        methods["staff"] = lambda _, therapists, posts: _staff(prevention.staff(therapists, posts), therapists, is_on)
    if kind.move is not Mechanism.move:
        methods["move"] = lambda _, week, own, draw: {
            name: either(is_on, values, own[name]) for name, values in prevention.move(week, own, draw).items()
        }
    if kind.begin is not Mechanism.begin:
        raise TypeError(f"{prevention.kind}: own states that begin at other values than 0 have no switch yet")
    own = {name: getattr(prevention, name) for name in kind.model_fields}
    made: Any = type(kind.__name__, (kind,), methods | {"__module__": kind.__module__})
    return made.model_construct(**own)


def _either(method: Callable, is_on: Traced, neutral: float | bool) -> Callable:
    def asked(_: Any, *args: Any) -> Any:
        found = method(*args)
        return None if found is None else either(is_on, found, neutral)

    return asked


def _staff(changed: Therapists, before: Therapists, is_on: Traced) -> Therapists:
    pairs = {part.name: (getattr(changed, part.name), getattr(before, part.name)) for part in fields(Therapists)}
    return replace(before, **{name: either(is_on, a, b) for name, (a, b) in pairs.items() if a is not b})
