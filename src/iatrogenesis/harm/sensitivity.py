"""Sensitivity analysis of the conclusions: each assumed number alone at the ends of its range, and all at once.

A published number that a sceptic and an optimist read differently is moved between their readings as well.

A conclusion is a difference between two worlds of the same clients with the same chance events, in deteriorations per
1,000 clients. Both worlds of a pair get the moved number, so that what moves is the conclusion and not just the level.
Calibrated numbers stay as they are: some of the moved worlds no longer look like the published one.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats.mstats import hdquantiles, hdquantiles_sd

from iatrogenesis.core.montecarlo import around
from iatrogenesis.core.sources import Record, records
from iatrogenesis.core.streams import Noise
from iatrogenesis.harm.outcomes import Sums
from iatrogenesis.world.scenarios import Scenario, with_values

World = Callable[[Scenario], Sums]
"""Outcome sums of a world."""

LABELS = {
    "routine": "caused by burnout, competence and fit in routine care",
    "routes": "caused by all routes of harm together",
    "averted": "averted by all preventions together",
}


@dataclass(frozen=True)
class Conclusion:
    """What happens in the ``worse`` world and not in the ``better`` one; both are made from one scenario."""

    name: str
    scenario: Scenario
    worse: Callable[[Scenario], Scenario]
    better: Callable[[Scenario], Scenario]


def conclusions(base: Scenario, full: Scenario, prevented: Scenario) -> list[Conclusion]:
    """What is concluded from routine care, from the world with every harm, and from that with every prevention."""

    def itself(world: Scenario) -> Scenario:
        return world

    def harmless(world: Scenario) -> Scenario:
        return world.model_copy(update={"mechanisms": (), "preventions": ()})

    def unprevented(world: Scenario) -> Scenario:
        return world.model_copy(update={"preventions": ()})

    return [
        Conclusion("routine", base, worse=itself, better=harmless),
        Conclusion("routes", full, worse=itself, better=harmless),
        Conclusion("averted", prevented, worse=unprevented, better=itself),
    ]


ORIGINS = ("world.client.fit_mean", "world.therapist.competence_mean", "world.burnout.mean")
"""Where average fit, competence and burnout stand: the origins of their scales, not beliefs. Scenarios move them."""


def ranges(world: Scenario, judged: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    """Low and high of every uncertain number that could affect deterioration, by dotted path.

    These are the assumed numbers, and published ones that a sceptic and an optimist read differently. Left out: origins
    of scales, numbers without a width, costs, and questionnaires by which this study does not judge.
    """
    found = {}
    for path, record in records(world).items():
        unseen = path.startswith("world.scores.") and path.split(".")[2] not in judged
        low, high = _ends(record)
        if low < high and ".cost." not in path and not unseen and path not in ORIGINS:
            found[path] = (low, high)
    return found


def _ends(record: Record) -> tuple[float, float]:
    """The lowest and the highest value that the record gives; equal where it gives no range."""
    ends = [record.low, record.high] if record.status == "assumed" else []
    ends += [getattr(record, reading, None) for reading in ("sceptical", "optimistic")]
    given = [end for end in ends if end is not None]
    return (min(given), max(given)) if given else (0.0, 0.0)


def moved(every: Mapping[str, tuple[float, float]], draws: int, noise: Noise) -> Iterator[tuple[str, str, dict]]:
    """Parameter, end and values of each world to try: none moved, each to its low and its high, and all by chance."""
    yield "", "as assumed", {}
    for path, (low, high) in every.items():
        yield path, "low", {path: low}
        yield path, "high", {path: high}
    # The names of decisions here and in the script are part of the seed: with others, other draws.
    by_chance = {path: noise.uniform(f"assumed.{path}", client=np.arange(draws)) for path in every}
    for draw in range(draws):
        values = {path: low + (high - low) * float(by_chance[path][draw]) for path, (low, high) in every.items()}
        yield str(draw), "all at once", values


def explored(about: Conclusion, world: World, judged: tuple[str, ...], draws: int, noise: Noise) -> pd.DataFrame:
    """One row per world tried: the conclusion there, and its change, each with its Monte Carlo standard error.

    Columns: conclusion, parameter, end, given (the parameter's value), value, mcse, low, high, change, change_mcse.
    Values and changes are per 1,000 clients; low and high are a 95 % Monte Carlo interval.
    """
    rows, usual = [], None
    for parameter, end, values in moved(ranges(about.scenario, judged), draws, noise):
        scenario = with_values(about.scenario, values)
        value, influence = _difference(world(about.worse(scenario)), world(about.better(scenario)))
        usual = usual or (value, influence)
        mcse, change_mcse = _error(influence), _error(influence - usual[1])
        low, high = around(value, mcse, len(influence))
        rows.append(
            {
                "conclusion": about.name,
                "parameter": parameter,
                "end": end,
                "given": values.get(parameter),
                "value": value,
                "mcse": mcse,
                "low": low,
                "high": high,
                "change": value - usual[0],
                "change_mcse": change_mcse,
            }
        )
    return pd.DataFrame(rows)


def interval_90(drawn: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the central 90 % interval of the draws, and their standard errors.

    By the estimator of Harrell and Davis, whose error is the jackknife's; it holds the Monte Carlo error of each world.
    """
    values, ends = drawn.to_numpy(), (0.05, 0.95)
    return np.asarray(hdquantiles(values, ends)), np.asarray(hdquantiles_sd(values, ends))


def _difference(worse: Sums, better: Sums) -> tuple[float, np.ndarray]:
    """Difference of two rates per 1,000, and each cluster's influence on it (the linearised ratio's residual)."""
    rate, influence = 0.0, np.zeros(())
    for sums, sign in ((worse, 1000.0), (better, -1000.0)):
        many, clients = sums["deteriorated"], sums["clients"]
        own = many.sum() / clients.sum()
        rate += sign * own
        influence = influence + sign * (many - own * clients) / clients.sum()
    return rate, influence


def _error(influence: np.ndarray) -> float:
    clusters = len(influence)
    return float(np.sqrt(clusters / (clusters - 1) * np.sum(influence**2)))
