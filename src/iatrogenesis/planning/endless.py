"""What any number of clients could show: beyond it, only more therapists help.

Burnout belongs to the therapist. With clients without end each therapist's rate is known, and what is left between
therapists of the same burnout still hides its effect: power has a ceiling that no number of years lifts.
"""

from collections.abc import Iterator
from dataclasses import replace

from iatrogenesis.core.montecarlo import share_interval
from iatrogenesis.planning.plan import MOST, Numbers, therapists_needed
from iatrogenesis.simulation_study.advice import power

CLIENTS = 100_000
"""Of each therapist; chance then adds less than a thousandth of the usual variance between therapists."""


def endless(numbers: Numbers, replicates: int, seed: int) -> Iterator[dict]:
    """Yield two rows of a plan, of years without number: `power`, and `therapists_needed`."""
    if not numbers.effect:
        return
    setting = replace(numbers.setting(max(numbers.years)), clients=CLIENTS, effect=numbers.effect)
    about = {"years": float("inf"), "clients": CLIENTS, "beyond": False}
    found = power(setting, replicates, seed)
    low, high = share_interval(found["value"], found["mcse"], replicates)
    row = {"quantity": "power", "value": found["value"], "low": low, "high": high, "mcse": found["mcse"]}
    yield about | row | {"replicates": replicates}
    size = therapists_needed(setting, replicates, seed)
    row = {"quantity": "therapists_needed", "value": size.value, "low": size.low, "high": size.high}
    yield about | row | {"replicates": size.replicates, "beyond": size.value > MOST}
