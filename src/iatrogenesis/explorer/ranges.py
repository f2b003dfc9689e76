"""Where the headline numbers lie in plausible worlds, at any position of the sliders and any set of preventions.

Some members of the ensemble (`iatrogenesis.evidence.ensemble`) are simulated at few settings beside the world that the
page shows, all with the same people and the same chance events, so that chance cancels where worlds are compared. With
``d`` a member's deviation from that world (of a rate as a log ratio, of a net number as a difference), ``u`` the usual
setting, and ``s(x)`` linear from 0 at a slider's usual place to 1 at its end::

    d(x, on) = d(u) + sum over sliders of  s(x) [d(end) - d(u)] + sum over i in on of  d_i
                    + pairs(on) / pairs(all) * [d(all on) - d(u) - sum over all i of  d_i]
    d_i      = d(u, {i}) - d(u)

The member's number is the page's, with this deviation; the range is that of nine in ten members. What chance is left in
a deviation would widen the range: each is drawn towards the members' mean until they differ as much as they would
without (Louis 1984, 10.1080/01621459.1984.10478062).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import beta

from iatrogenesis.core.montecarlo import jackknife_error, without_chance
from iatrogenesis.core.sources import records
from iatrogenesis.evidence.worlds import Asked, spread
from iatrogenesis.explorer.settings import FRAILTIES, SLIDERS, Explorer, Setting, by_kind, usual, world_of
from iatrogenesis.world.judged import Sample
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup

HEADLINES = ("worse", "net")
"""Clients reliably worse; how many more than in the reference world. Both per 1,000 clients on the page."""
ENDS = {"low": 0.05, "high": 0.95}
CASELOAD = "world.therapist.caseload_mean"

type Deviations = dict[str, dict[str, np.ndarray]]
"""By headline and part of the formula (``usual``, ``burnout.low``, ``repair``, ``together``), shape (members,)."""


def settings_of(explorer: Explorer, at: tuple[float, ...]) -> dict[str, Setting]:
    """The settings that are simulated, by the part of the formula that they tell; `at` is as usual."""
    found = {"usual": Setting(at)}
    for place, (name, ends) in enumerate(explorer.ends.by_slider().items()):
        for end, level in zip(("low", "high"), ends, strict=True):
            if level != at[place]:
                found[f"{name}.{end}"] = Setting((*at[:place], level, *at[place + 1 :]))
    found |= {name: Setting(at, (name,)) for name in explorer.preventions}
    return found | {"together": Setting(at, explorer.preventions)}


def values_at(setting: Setting, world: Scenario, values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Values of the members' numbers at a setting, by dotted path, shape (members,).

    Sliders say how a service is: the caseload is theirs in every member, and shares of vulnerable clients are so many
    times the member's own. Burnout follows the caseload by the member's own correlation.
    """
    w, at = world.world, dict(zip(SLIDERS, setting.sliders, strict=True))
    found = {path: of for path, of in values.items() if path != CASELOAD}
    shares = (f"world.client.{name}" for name in FRAILTIES)
    found |= {path: np.minimum(1.0, at["vulnerability"] * values[path]) for path in shares if path in values}
    more = at["caseload"] - float(w.therapist.caseload_mean)
    if more and values:
        correlation = values.get("world.burnout.workload_correlation", float(w.burnout.workload_correlation))
        busier = more / values.get("world.therapist.caseload_sd", float(w.therapist.caseload_sd))
        shape = next(iter(values.values())).shape
        found["world.burnout.mean"] = np.broadcast_to(at["burnout"] + correlation * busier, shape)
    return found


def simulated(
    setup: Setup,
    explorer: Explorer,
    worlds: Mapping[str, Scenario],
    values: Mapping[str, np.ndarray],
    cores: int | None = None,
) -> dict[str, np.ndarray]:
    """Clients who get worse, and all clients, by cluster: by setting, shape (2 * clusters, 1 + members).

    The first column is the world itself.

    Parameters
    ----------
    worlds
        ``world``, ``prevented`` and ``reference``.
    values
        Of all members of the ensemble, by dotted path; the first `Explorer.members` are simulated.
    """
    world, every = worlds["world"], by_kind(worlds["prevented"])
    known = records(world) | records(worlds["prevented"])
    some = {
        path: np.append(float(known[path].value), of[: explorer.members])  # pyrefly: ignore: single numbers
        for path, of in values.items()
        if path in known
    }
    at = usual(world)
    settings = settings_of(explorer, at)
    places = {name: world_of(setting, world, every) for name, setting in settings.items()}
    places["reference"], settings["reference"] = worlds["reference"], settings["usual"]
    found = {}
    for name, place in places.items():
        asked = Asked(setup, explorer.member_design, {"here": place}, _counted, shared=True)
        found[name] = spread(asked, values_at(settings[name], world, some), cores=cores)
    return found


def _counted(samples: dict[str, Sample]) -> np.ndarray:
    sample = samples["here"]
    _, cluster = np.unique(sample.cluster, return_inverse=True)
    return np.concatenate([np.bincount(cluster, weights=sample.deteriorated), np.bincount(cluster)])


def deviations(counted: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """One row per headline, part of the formula and member, from what `simulated` gives.

    ``deviation``: as simulated, a log ratio (worse) or clients per 1,000 (net). ``mcse``: its Monte Carlo standard
    error against the members' mean, by the jackknife over clusters. ``used``: what the page uses, drawn to the mean.
    """
    shares = {name: _shares(counts) for name, counts in counted.items()}
    half = 0.5 / counted["usual"][len(counted["usual"]) // 2 :, 0].sum()  # a share of none has no logarithm
    forms = {
        "worse": {name: np.log(np.maximum(of, half)) for name, of in shares.items()},
        "net": {name: 1000 * (of - shares["reference"]) for name, of in shares.items()},
    }
    rows = []
    for headline, numbers in forms.items():
        off = {name: of[:, 1:] - of[:, :1] for name, of in numbers.items() if name != "reference"}
        for part, of in off.items():
            further = of if part == "usual" else of - off["usual"]
            value = further[0]
            apart = further[1:] - further[1:].mean(axis=1, keepdims=True)
            error = np.array([jackknife_error(member) for member in apart.T])
            used = without_chance(value, error)
            about = {"headline": headline, "part": part, "member": np.arange(len(value))}
            rows.append(pd.DataFrame(about | {"deviation": value, "mcse": error, "used": used}))
    return pd.concat(rows, ignore_index=True)


def _shares(counts: np.ndarray) -> np.ndarray:
    """Share of clients who get worse: over all clusters, then with each left out, shape (1 + clusters, worlds)."""
    worse, clients = np.split(counts, 2)
    sums, sizes = worse.sum(axis=0), clients.sum(axis=0)
    return np.vstack([sums / sizes, (sums - worse) / (sizes - clients)])


def weights(quantile: float, members: int) -> np.ndarray:
    """Weight of each ordered value in the quantile's estimator by Harrell and Davis, shape (members,)."""
    ends = np.arange(members + 1) / members
    return np.diff(beta.cdf(ends, quantile * (members + 1), (1 - quantile) * (members + 1)))


def headlines(measures: Mapping[str, float]) -> dict[str, float]:
    """The headline numbers of a setting, per 1,000 clients, from what the page says of it."""
    because, anyway, spared = (measures[f"{name}.0"] for name in ("worse_because", "worse_anyway", "spared"))
    return {"worse": 1000 * (because + anyway), "net": 1000 * (because - spared)}


def nine_in_ten(values: np.ndarray) -> tuple[float, float]:
    """Ends of the range of nine in ten members, from their values, shape (members,)."""
    low, high = (float(weights(share, len(values)) @ np.sort(values)) for share in ENDS.values())
    return low, high


@dataclass(frozen=True)
class Ranges:
    """What is needed to tell a range at any setting: the same formula as in ``ranges.js``."""

    ends: Mapping[str, tuple[float, float]]
    usual: tuple[float, ...]
    preventions: tuple[str, ...]
    parts: Deviations

    @classmethod
    def of(cls, explorer: Explorer, at: tuple[float, ...], table: pd.DataFrame) -> "Ranges":
        """From the table of `deviations`."""
        parts: Deviations = {name: {} for name in HEADLINES}
        for (headline, part), rows in table.groupby(["headline", "part"], sort=False):
            parts[headline][part] = rows.sort_values("member")["used"].to_numpy()
        return cls(explorer.ends.by_slider(), at, explorer.preventions, parts)

    @property
    def members(self) -> int:
        """How many plausible worlds there are."""
        return len(self.parts["net"]["usual"])

    def deviation(self, headline: str, setting: Setting) -> np.ndarray:
        """Each member's deviation from the page's number, shape (members,)."""
        parts = self.parts[headline]
        total = parts["usual"].copy()
        for name, x, at in zip(SLIDERS, setting.sliders, self.usual, strict=True):
            low, high = self.ends[name]
            end, level = ("high", high) if x > at else ("low", low)
            if x != at:
                total += (x - at) / (level - at) * parts[f"{name}.{end}"]
        total += sum(parts[name] for name in setting.preventions)
        beyond = parts["together"] - sum(parts[name] for name in self.preventions)
        return total + _pairs(len(setting.preventions)) / max(_pairs(len(self.preventions)), 1) * beyond

    def of_members(self, headline: str, setting: Setting, here: float) -> np.ndarray:
        """The headline number in each member, per 1,000 clients, where the page says `here`; shape (members,)."""
        off = self.deviation(headline, setting)
        return here * np.exp(off) if headline == "worse" else here + off

    def range(self, headline: str, setting: Setting, here: float) -> tuple[float, float]:
        """Ends of the range of nine in ten members, per 1,000 clients."""
        return nine_in_ten(self.of_members(headline, setting, here))

    def difference(self, one: Setting, other: Setting, here: float) -> tuple[float, float]:
        """Ends of that range for how many more of 1,000 get worse in the second of two settings."""
        return nine_in_ten(here + self.deviation("net", other) - self.deviation("net", one))

    def packed(self) -> dict[str, object]:
        """What the page's script needs."""
        parts = {h: {part: np.round(of, 5).tolist() for part, of in by.items()} for h, by in self.parts.items()}
        ends = {end: np.round(weights(share, self.members), 7).tolist() for end, share in ENDS.items()}
        return {"parts": parts, "weights": ends}


def _pairs(number: int) -> int:
    return number * (number - 1) // 2
