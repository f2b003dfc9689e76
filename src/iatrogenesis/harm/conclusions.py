"""What is concluded, in every plausible world: how it ranges over the ensemble, what drives it, what would narrow it.

A conclusion is a difference between two worlds of the same clients with the same chance events, or a rate in one
world, per 1,000 clients of routine care. Its range over the members of the ensemble says how differently it comes out
in worlds that the published patterns allow. Apart from it stands the Monte Carlo error: of each member's value, because
a member has so many clients and no more, and of the ends of the range, because there are so many members.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from iatrogenesis.core.montecarlo import ratio
from iatrogenesis.core.sources import Record
from iatrogenesis.evidence.unknowns import Feasible, Unknowns
from iatrogenesis.world.judged import Sample
from iatrogenesis.world.scenarios import Scenario, reference_of, without

Counted = Callable[[Sample], np.ndarray]
"""What is counted of each client, shape (clients,)."""


def deteriorated(sample: Sample) -> np.ndarray:
    """Reliably deteriorated, by scores."""
    return sample.deteriorated.astype(float)


def truly_deteriorated(sample: Sample) -> np.ndarray:
    """Reliably deteriorated, by what scores would be without error."""
    return sample.truly_deteriorated.astype(float)


def worse_at_follow_up(sample: Sample) -> np.ndarray:
    """Reliably worse at follow-up than at the first session, by scores."""
    return sample.worse_at_follow_up.astype(float)


def finished(sample: Sample) -> np.ndarray:
    """Whose course was long enough to be judged."""
    return sample.finished


class Asks(Protocol):
    """What is asked of a member's worlds."""

    @property
    def label(self) -> str:
        """What it is, in words."""
        ...

    def of(self, samples: Mapping[str, Sample]) -> tuple[float, float]:
        """The number per 1,000, and its Monte Carlo standard error over clusters."""
        ...


@dataclass(frozen=True)
class Conclusion:
    """What is counted in one world, less what is counted in another (None: nothing is taken off).

    ``among``: of all clients, or of those of whom this holds in both worlds.
    """

    label: str
    world: str
    less: str | None
    counted: Counted = deteriorated
    among: Callable[[Sample], np.ndarray] | None = None

    def of(self, samples: Mapping[str, Sample]) -> tuple[float, float]:
        """The difference per 1,000 clients, and its Monte Carlo standard error over clusters."""
        worlds = [samples[name] for name in (self.world, self.less) if name is not None]
        value = self.counted(worlds[0])
        if self.less is not None:
            value = value - self.counted(worlds[1])
        of_whom = 1.0 if self.among is None else np.prod([self.among(one) for one in worlds], axis=0)
        _, cluster = np.unique(worlds[0].cluster, return_inverse=True)
        people = np.bincount(cluster, weights=np.broadcast_to(of_whom, len(value)))
        found, error = ratio(np.bincount(cluster, weights=value * of_whom), people)
        return 1000 * found, 1000 * error


MAIN: Mapping[str, Conclusion] = {
    "level": Conclusion("Reliably deteriorated in routine care", "routine_care", None),
    "level_true": Conclusion("Truly deteriorated in routine care", "routine_care", None, truly_deteriorated),
    "net": Conclusion("Net harm of all routes: more than in the reference world", "routine_care", "reference"),
    "net_true": Conclusion(
        "Net harm of all routes, on scores without error", "routine_care", "reference", truly_deteriorated
    ),
    "net_later": Conclusion("Net harm of all routes at follow-up", "routine_care", "reference", worse_at_follow_up),
    "rested": Conclusion("Averted if therapists' burnout were one SD lower", "routine_care", "rested"),
    "averted": Conclusion("Averted by all preventions together", "routine_care", "prevented"),
}


CENTRED = ("burnout", "incompetence", "misfit")
"""Routes that harm on one side of the mean and do good on the other: closed, everybody is at the mean."""


def worlds_of(routine_care: Scenario, prevented: Scenario, rested: Scenario) -> dict[str, Scenario]:
    """The worlds of the main conclusions."""
    return {
        "routine_care": routine_care,
        "reference": reference_of(routine_care),
        "rested": rested,
        "prevented": prevented,
    }


def one_by_one(routine_care: Scenario, prevented: Scenario) -> tuple[dict[str, Scenario], dict[str, Conclusion]]:
    """Worlds and conclusions about each route of harm closed alone, and each prevention added alone."""
    worlds, found = {"routine_care": routine_care}, {}
    for mechanism in routine_care.mechanisms:
        name = f"route.{mechanism.kind}"
        worlds[name] = without(routine_care, mechanism.kind)
        how = "all were at the mean" if mechanism.kind in CENTRED else "this route were closed"
        found[name] = Conclusion(f"Averted if {how}: {mechanism.kind.replace('_', ' ')}", "routine_care", name)
    for prevention in prevented.preventions:
        name = f"prevention.{prevention.kind}"
        worlds[name] = routine_care.model_copy(update={"preventions": (prevention,)})
        found[name] = Conclusion(
            f"Averted by this prevention alone: {prevention.kind.replace('_', ' ')}", "routine_care", name
        )
    return worlds, found


def concluded(samples: Mapping[str, Sample], asked: Mapping[str, Asks]) -> dict[str, tuple[float, float]]:
    """Each conclusion in one member's worlds, with its Monte Carlo standard error."""
    return {name: one.of(samples) for name, one in asked.items()}


def drivers(members: pd.DataFrame, unknowns: Unknowns, ensemble: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Which unknown numbers drive each conclusion, and how far the published patterns inform them.

    ``explained`` is the share of a conclusion's variance over the members that goes with the unknown: the squared rank
    correlation, less what chance gives so many members. Unknowns are correlated in the ensemble, so shares overlap.
    ``spread_left`` is the SD of its score, 1 in the prior.
    """
    scores = {name: prior.score(ensemble[name]) for name, prior in unknowns.priors.items()}
    rows = []
    for name, part in members.groupby("conclusion", sort=False):
        which, value = part["member"].to_numpy(), rankdata(part["value"])
        chance = 1 / (len(value) - 1)
        for unknown, of in scores.items():
            r = np.corrcoef(rankdata(of[which]), value)[0, 1]
            explained = max((r**2 - chance) / (1 - chance), 0.0)
            left = float(np.std(np.clip(of, -4, 4)))
            rows.append(
                {"conclusion": name, "unknown": unknown, "correlation": r, "explained": explained, "spread_left": left}
            )
    return pd.DataFrame(rows)


def measurable(
    names: Iterable[str], known: Mapping[str, Record], feasible: Mapping[str, Feasible | dict]
) -> dict[str, Feasible]:
    """What one more study could measure of each unknown number, by its unit; those that none measures are left out."""
    could = {unit: Feasible.model_validate(one) for unit, one in feasible.items()}
    units = {name: known[name].unit for name in names if name in known}
    return {name: could[unit] for name, unit in units.items() if unit in could}


def next_studies(
    drivers: pd.DataFrame, ensemble: Mapping[str, np.ndarray], feasible: Mapping[str, Feasible]
) -> pd.DataFrame:
    """By how many per cent one more measurement would narrow the 90 % range of each conclusion, on average.

    The unknown's spread over the ensemble, s, would fall to s e / sqrt(s^2 + e^2) with a measurement of standard error
    e; the conclusion's variance falls by what the unknown explains of it, times s^2 / (s^2 + e^2).
    """
    rows = []
    for row in drivers.itertuples():
        if row.unknown not in feasible:
            continue
        spread, how = float(np.std(ensemble[row.unknown])), feasible[row.unknown]
        gone = row.explained * spread**2 / (spread**2 + how.se.value**2)
        rows.append(
            {
                "conclusion": row.conclusion,
                "unknown": row.unknown,
                "sample": how.sample,
                "se": how.se.value,
                "spread_now": spread,
                "narrower_percent": 100 * (1 - np.sqrt(1 - min(gone, 1.0))),
            }
        )
    order = ["conclusion", "narrower_percent"]
    return pd.DataFrame(rows).sort_values(order, ascending=[True, False], kind="stable", ignore_index=True)
