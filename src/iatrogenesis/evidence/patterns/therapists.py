"""How therapists differ: shares of variance, ranges, and spurious differences between small caseloads."""

import numpy as np

from iatrogenesis.evidence.counterparts import Counterparts
from iatrogenesis.evidence.patterns.register import between_share, counted, fall, pattern, residual
from iatrogenesis.inference.data.outcomes import counts
from iatrogenesis.inference.engines.maximum_likelihood import fit
from iatrogenesis.world.judged import Sample

FEWEST = 30
"""Finished courses of a therapist whose rate counts in a range: with fewer, the ends are chance alone."""
TEN = 10  # clients of each therapist in evidence T16


def _vpc(name: str, events: np.ndarray, trials: np.ndarray) -> tuple[float, float]:
    therapists = [str(number) for number in range(len(trials))]
    return fit(counts(name, therapists, events, trials)).vpc


def vpc_of_deterioration(sample: Sample) -> tuple[float, float]:
    """VPC on the latent logistic scale by maximum likelihood without covariates, and its standard error."""
    return _vpc("deterioration", *counted(sample, sample.deteriorated, sample.finished))


@pattern("T01")
def deterioration_vpc(counterparts: Counterparts) -> float:
    """The VPC of deterioration."""
    return float(vpc_of_deterioration(counterparts.treated)[0])


@pattern("T02")
def dropout_vpc(counterparts: Counterparts) -> float:
    """VPC of dropout, likewise."""
    sample = counterparts.treated
    return float(_vpc("dropout", *counted(sample, sample.dropped_out, np.ones_like(sample.finished)))[0])


@pattern("T03")
def dropout_deterioration_correlation(counterparts: Counterparts) -> float:
    """Spearman correlation over therapists of their raw dropout and deterioration rates."""
    from scipy.stats import spearmanr  # here, because reading a study, before every run, does without it

    sample = counterparts.treated
    worse, judged = counted(sample, sample.deteriorated, sample.finished)
    left, seen = counted(sample, sample.dropped_out, np.isin(sample.unit, sample.unit[sample.finished]))
    return float(spearmanr(worse / judged, left / seen).statistic)


def _case_mix(sample: Sample) -> list[np.ndarray]:
    """What services know at intake: first scores and deprivation."""
    return [sample.first["phq9"], sample.first["gad7"], sample.deprivation]


@pattern("T06")
def outcome_share(counterparts: Counterparts) -> float:
    """Share of variance of the last PHQ-9, given the first, that lies between therapists (analysis of variance)."""
    done = counterparts.treated.only(counterparts.treated.finished)
    return between_share(residual(done.last["phq9"].astype(float), done.first["phq9"]), done.unit)


@pattern("T11")
def share_unmoved_by_case_mix(counterparts: Counterparts) -> float:
    """The therapists' share of variance of the fall of the PHQ-9 with case mix, over that without."""
    done = counterparts.treated.only(counterparts.treated.finished)
    change = fall(done)
    return between_share(residual(change, *_case_mix(done)), done.unit) / between_share(
        residual(change, done.first["phq9"]), done.unit
    )


def _extreme(counterparts: Counterparts, event: str, among: np.ndarray, highest: bool) -> float:
    """Mean over replicates of the highest (or lowest) rate of a therapist with enough clients."""
    sample, ends = counterparts.treated, []
    for replicate in np.unique(sample.replicate):
        events, clients = counted(sample, getattr(sample, event), among & (sample.replicate == replicate))
        rates = (events / clients)[clients >= FEWEST]
        if rates.size:
            ends.append(rates.max() if highest else rates.min())
    return float(np.mean(ends)) if ends else float("nan")


@pattern("T07_lowest")
def lowest_recovery(counterparts: Counterparts) -> float:
    """Lowest recovery rate, by one questionnaire, among therapists with at least thirty cases; mean over replicates."""
    return _extreme(
        counterparts,
        "recovered_on_main",
        counterparts.treated.finished & counterparts.treated.case_on_main,
        highest=False,
    )


@pattern("T07_highest")
def highest_recovery(counterparts: Counterparts) -> float:
    """Highest recovery rate, likewise."""
    return _extreme(
        counterparts,
        "recovered_on_main",
        counterparts.treated.finished & counterparts.treated.case_on_main,
        highest=True,
    )


@pattern("D04_highest")
def highest_deterioration(counterparts: Counterparts) -> float:
    """Highest deterioration rate among therapists with at least thirty finished courses; mean over replicates."""
    return _extreme(counterparts, "deteriorated", counterparts.treated.finished, highest=True)


@pattern("T16")
def called_harmful_by_ten(counterparts: Counterparts) -> float:
    """Share of therapists of whose first ten finished courses two or more deteriorated.

    An artefact: among ten clients at a base rate of six per cent chance alone gives one therapist in nine.
    """
    done = counterparts.treated.only(counterparts.treated.finished)
    place = np.arange(len(done.unit)) - np.searchsorted(done.unit, done.unit)  # rows lie therapist by therapist
    worse, seen = counted(done, done.deteriorated, place < TEN)
    return float((worse >= 2)[seen == TEN].mean())
