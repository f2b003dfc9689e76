"""What is concluded, in every plausible world: how it ranges over the ensemble, what drives it, what would narrow it.

A conclusion is a difference between two worlds of the same clients with the same chance events, or a rate in one
world, per 1,000 clients of routine care. Its range over the members of the ensemble says how differently it comes out
in worlds that the published patterns allow. Apart from it stands the Monte Carlo error: of each member's value, because
a member has so many clients and no more, and of the ends of the range, because there are so many members.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from scipy.stats.mstats import hdquantiles, hdquantiles_sd

from iatrogenesis.evidence.ensemble import LEVELS
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


@dataclass(frozen=True)
class Conclusion:
    """What is counted in one world, less what is counted in another (None: nothing is taken off)."""

    label: str
    world: str
    less: str | None
    counted: Counted = deteriorated


MAIN: Mapping[str, Conclusion] = {
    "level": Conclusion("Reliably deteriorated in routine care", "base", None),
    "level_true": Conclusion("Truly deteriorated in routine care", "base", None, truly_deteriorated),
    "net": Conclusion("Net harm of all routes: more than in the reference world", "base", "reference"),
    "net_true": Conclusion("Net harm of all routes, on scores without error", "base", "reference", truly_deteriorated),
    "net_later": Conclusion("Net harm of all routes at follow-up", "base", "reference", worse_at_follow_up),
    "rested": Conclusion("Averted if therapists' burnout were one SD lower", "base", "rested"),
    "averted": Conclusion("Averted by all preventions together", "base", "prevented"),
}


CENTRED = ("burnout", "incompetence", "misfit")
"""Routes that harm on one side of the mean and do good on the other: closed, everybody is at the mean."""


def worlds_of(base: Scenario, prevented: Scenario, rested: Scenario) -> dict[str, Scenario]:
    """The worlds of the main conclusions."""
    return {"base": base, "reference": reference_of(base), "rested": rested, "prevented": prevented}


def one_by_one(base: Scenario, prevented: Scenario) -> tuple[dict[str, Scenario], dict[str, Conclusion]]:
    """Worlds and conclusions about each route of harm closed alone, and each prevention added alone."""
    worlds, found = {"base": base}, {}
    for mechanism in base.mechanisms:
        name = f"route.{mechanism.kind}"
        worlds[name] = without(base, mechanism.kind)
        how = "all were at the mean" if mechanism.kind in CENTRED else "this route were closed"
        found[name] = Conclusion(f"Averted if {how}: {mechanism.kind.replace('_', ' ')}", "base", name)
    for prevention in prevented.preventions:
        name = f"prevention.{prevention.kind}"
        worlds[name] = base.model_copy(update={"preventions": (prevention,)})
        found[name] = Conclusion(f"Averted by this prevention alone: {prevention.kind.replace('_', ' ')}", "base", name)
    return worlds, found


def concluded(samples: Mapping[str, Sample], asked: Mapping[str, Conclusion]) -> dict[str, tuple[float, float]]:
    """Each conclusion per 1,000 clients in one member's worlds, with its Monte Carlo standard error over clusters."""
    found = {}
    for name, one in asked.items():
        value = one.counted(samples[one.world])
        if one.less is not None:
            value = value - one.counted(samples[one.less])
        _, cluster = np.unique(samples[one.world].cluster, return_inverse=True)
        clients = np.bincount(cluster)
        residual = np.bincount(cluster, weights=value) - value.mean() * clients
        clusters = len(clients)
        error = np.sqrt(clusters / (clusters - 1) * np.sum(residual**2)) / len(value)
        found[name] = (1000 * float(value.mean()), 1000 * float(error))
    return found


def ranges(members: pd.DataFrame, centre: pd.DataFrame) -> pd.DataFrame:
    """Median, 50 % and 90 % range of each conclusion over the members, and the Monte Carlo errors.

    Quantiles by the estimator of Harrell and Davis; ``low_90_mcse`` and ``high_90_mcse`` are the jackknife's errors of
    the ends, ``mcse`` the typical error of one member's value. That error widens the range; ``widened`` is by how many
    per cent, if it is independent of the value.

    Parameters
    ----------
    members
        Columns conclusion, label, member, value, mcse.
    centre
        The same of routine care as the scenarios have it: a single member, of more clients.
    """
    rows, at = [], centre.set_index("conclusion")
    for name, part in members.groupby("conclusion", sort=False):
        values = part["value"].to_numpy()
        found = dict(zip(LEVELS, np.asarray(hdquantiles(values, list(LEVELS.values()))), strict=True))
        ends = np.asarray(hdquantiles_sd(values, [0.05, 0.95]))
        error = float(np.sqrt(np.mean(part["mcse"] ** 2)))
        spread = float(values.std(ddof=1))
        widened = 100 * (spread / np.sqrt(max(spread**2 - error**2, 1e-12)) - 1)
        rows.append(
            {"conclusion": name, "label": part["label"].iloc[0], **found}
            | {"low_90_mcse": ends[0], "high_90_mcse": ends[1], "mcse": error, "widened": widened}
            | {"centre": at.loc[name, "value"], "centre_mcse": at.loc[name, "mcse"], "members": len(values)}
        )
    return pd.DataFrame(rows)


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
