"""Means, shares and SDs of clients and therapists from sums over services, in memory that their number leaves alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from iatrogenesis.core.definitions import Judgement
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.montecarlo import jackknife_error
from iatrogenesis.world.judged import Sample
from iatrogenesis.world.run import COMPLETED, Run

NOT_COUNTED = np.nan
"""Of whom a variable does not count: it is a share of the others."""


@dataclass(frozen=True)
class Moments:
    """Mean and SD of a variable with their Monte Carlo standard errors, and how many people and services it is of."""

    number: float
    total: float
    mean: float
    mean_mcse: float
    sd: float
    sd_mcse: float


def variables(run: Run, instruments: Instruments, judgement: Judgement) -> dict[str, np.ndarray]:
    """What is counted of each client, shape (clients,): numbers, 0 and 1 for no and yes."""
    sample, state = Sample.of(run, instruments, judgement), run.state
    finished, cases = sample.finished, sample.finished & sample.case_at_first
    unwell = run.follow_up["unwell"] & finished
    found = {
        "allotted": np.ones(len(finished)),
        "one_session": ~finished,
        "finished": finished,
        "dropped_out": sample.dropped_out,
        "dropped_out_later": sample.dropped_out & finished,
        "completed": state.end == COMPLETED,
        "referred": state.referred,
        "deteriorated": sample.deteriorated,
        "improved": sample.improved,
        "unchanged": finished & ~sample.deteriorated & ~sample.improved,
        "cases": cases,
        "recovered": sample.recovered,
        "worse_at_follow_up": sample.worse_at_follow_up,
        "unwell": unwell,
        "returns": run.follow_up["returns"] & finished,
        "case_of_finished": np.where(finished, cases, NOT_COUNTED),
        "recovered_of_cases": np.where(cases, sample.recovered, NOT_COUNTED),
        "reliably_recovered_of_cases": np.where(cases, sample.recovered & sample.improved, NOT_COUNTED),
        **{trait: getattr(run.clients, trait) for trait in ("trauma", "fragile", "unrealistic")},
    }
    return {name: np.asarray(values, dtype=float) for name, values in found.items()}


def of_category(run: Run, name: str) -> np.ndarray:
    """Whether each client is in one of some categories, as ``trait=this+that``; shape (clients,)."""
    trait, _, categories = name.partition("=")
    return np.isin(getattr(run.clients, trait).astype(str), categories.split("+")).astype(float)


class Counted:
    """Sums by service of named variables, added up over blocks of replicates.

    ``therapist.<name>`` is of each therapist, ``<trait>=<category>`` of a client's category.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._sums: dict[str, list[np.ndarray]] = {name: [] for name in names}

    def add(self, run: Run, instruments: Instruments, judgement: Judgement) -> None:
        """Count a run."""
        known = variables(run, instruments, judgement)
        therapists = run.therapists
        services = int(therapists.service.max()) + 1
        service = therapists.replicate.astype(np.int64) * services + therapists.service
        _, cluster = np.unique(service, return_inverse=True)
        for name, parts in self._sums.items():
            if name.startswith("therapist."):
                values, where = getattr(therapists, name.removeprefix("therapist.")).astype(float), cluster
            else:
                values = known[name] if name in known else of_category(run, name)
                where = cluster[run.clients.row]
            counts = ~np.isnan(values)
            powers = (np.ones(counts.sum()), values[counts], values[counts] ** 2)
            size = int(cluster.max()) + 1
            parts.append(np.array([np.bincount(where[counts], weights=power, minlength=size) for power in powers]))

    def moments(self) -> Mapping[str, Moments]:
        """Mean and SD of each variable, with jackknife standard errors over services."""
        return {name: _moments(np.concatenate(parts, axis=1)) for name, parts in self._sums.items()}


def _moments(sums: np.ndarray) -> Moments:
    """From sums of powers 0, 1 and 2 by service, shape (3, services)."""
    total = sums.sum(axis=1, keepdims=True)
    number, mean, sd = _mean_sd(total)
    _, means, sds = _mean_sd(total - sums)
    mean_mcse, sd_mcse = map(float, (jackknife_error(means), jackknife_error(sds)))
    return Moments(float(number[0]), float(total[1, 0]), float(mean[0]), mean_mcse, float(sd[0]), sd_mcse)


def _mean_sd(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    number, total, squares = sums
    mean = total / number
    return number, mean, np.sqrt(np.maximum(squares / number - mean**2, 0.0))
