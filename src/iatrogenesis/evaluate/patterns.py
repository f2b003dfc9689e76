"""Published patterns as functions of a simulated sample, by the id of their row in ``config/evidence.csv``.

Each takes (treated sample, the same clients untreated) and returns one number.
"""

from collections.abc import Callable

import numpy as np
from scipy.stats import spearmanr

from iatrogenesis.engines.maximum_likelihood import fit
from iatrogenesis.evaluate.sample import Sample
from iatrogenesis.models.data import counts

BURNED_OUT_SHARE = 0.352  # evidence B04, Sayer et al. 2024: share of therapists at or above the cut of a single item

Pattern = Callable[[Sample, Sample], float]
PATTERNS: dict[str, Pattern] = {}


def _pattern(name: str) -> Callable[[Pattern], Pattern]:
    def register(function: Pattern) -> Pattern:
        PATTERNS[name] = function
        return function

    return register


@_pattern("D01")
def deterioration(sample: Sample, untreated: Sample) -> float:
    """Share of finished courses that deteriorated."""
    return float(sample.deteriorated[sample.finished].mean())


@_pattern("D03_improved")
def improvement(sample: Sample, untreated: Sample) -> float:
    """Share of finished courses that improved."""
    return float(sample.improved[sample.finished].mean())


@_pattern("D03_unchanged")
def no_reliable_change(sample: Sample, untreated: Sample) -> float:
    """Share of finished courses that neither improved nor deteriorated."""
    return 1 - deterioration(sample, untreated) - improvement(sample, untreated)


def _moment(instrument: str, which: str, moment: Callable[[np.ndarray], float]) -> Pattern:
    def function(sample: Sample, untreated: Sample) -> float:
        return float(moment(getattr(sample, which)[instrument][sample.finished].astype(float)))

    return function


for _row, _instrument in (("M02", "phq9"), ("M03", "gad7")):
    for _which in ("first", "last"):
        PATTERNS[f"{_row}_{_which}_mean"] = _moment(_instrument, _which, np.mean)
        PATTERNS[f"{_row}_{_which}_sd"] = _moment(_instrument, _which, np.std)


@_pattern("M07")
def dropout(sample: Sample, untreated: Sample) -> float:
    """Share of clients who leave against agreement."""
    return float(sample.dropped_out.mean())


@_pattern("M08_mean")
def sessions_mean(sample: Sample, untreated: Sample) -> float:
    """Mean number of sessions attended."""
    return float(sample.sessions.mean())


@_pattern("M08_sd")
def sessions_sd(sample: Sample, untreated: Sample) -> float:
    """SD of the number of sessions attended."""
    return float(sample.sessions.std())


@_pattern("M08_median")
def sessions_median(sample: Sample, untreated: Sample) -> float:
    """Median number of sessions attended, interpolated within its class (a whole number k stands for k +- 0.5)."""
    middle = int(np.median(sample.sessions))
    below, at = (sample.sessions < middle).mean(), (sample.sessions == middle).mean()
    return float(middle - 0.5 + (0.5 - below) / at)


def _counts(sample: Sample, event: np.ndarray, among: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    _, unit = np.unique(sample.unit[among], return_inverse=True)
    return np.bincount(unit, weights=event[among]).astype(np.int64), np.bincount(unit)


def _vpc(name: str, events: np.ndarray, trials: np.ndarray) -> float:
    therapists = [str(number) for number in range(len(trials))]
    return float(fit(counts(name, therapists, events, trials)).vpc[0])


@_pattern("T01")
def deterioration_vpc(sample: Sample, untreated: Sample) -> float:
    """VPC of deterioration on the latent logistic scale, by maximum likelihood without covariates."""
    return _vpc("deterioration", *_counts(sample, sample.deteriorated, sample.finished))


@_pattern("T02")
def dropout_vpc(sample: Sample, untreated: Sample) -> float:
    """VPC of dropout, likewise."""
    return _vpc("dropout", *_counts(sample, sample.dropped_out, np.ones_like(sample.finished)))


@_pattern("T03")
def dropout_deterioration_correlation(sample: Sample, untreated: Sample) -> float:
    """Spearman correlation over therapists of their raw dropout and deterioration rates."""
    worse, judged = _counts(sample, sample.deteriorated, sample.finished)
    left, seen = _counts(sample, sample.dropped_out, np.isin(sample.unit, sample.unit[sample.finished]))
    return float(spearmanr(worse / judged, left / seen).statistic)


def _fall(sample: Sample) -> np.ndarray:
    return (sample.first["phq9"].astype(float) - sample.last["phq9"])[sample.finished]


@_pattern("A01")
def alliance_outcome(sample: Sample, untreated: Sample) -> float:
    """Correlation of the mean alliance rating with the fall of the PHQ-9."""
    return float(np.corrcoef(sample.alliance_rating[sample.finished], _fall(sample))[0, 1])


@_pattern("C01")
def competence_outcome(sample: Sample, untreated: Sample) -> float:
    """Correlation of the therapist's rated competence with the fall of the PHQ-9."""
    return float(np.corrcoef(sample.competence_rating[sample.finished], _fall(sample))[0, 1])


def odds_ratio(event: np.ndarray, exposed: np.ndarray) -> float:
    """Odds of ``event`` among the exposed over the odds among the others."""
    inside, outside = event[exposed].mean(), event[~exposed].mean()
    return float(inside / (1 - inside) / (outside / (1 - outside)))


def _burned_out(sample: Sample) -> np.ndarray:
    return sample.burnout_rating > np.quantile(sample.burnout_rating, 1 - BURNED_OUT_SHARE)


@_pattern("B02")
def burnout_improvement(sample: Sample, untreated: Sample) -> float:
    """Odds ratio of improvement with a burned-out therapist."""
    return odds_ratio(sample.improved[sample.finished], _burned_out(sample)[sample.finished])


@_pattern("B03")
def burnout_dropout(sample: Sample, untreated: Sample) -> float:
    """Odds ratio of dropout with a burned-out therapist."""
    return odds_ratio(sample.dropped_out, _burned_out(sample))


@_pattern("B09")
def workload_burnout(sample: Sample, untreated: Sample) -> float:
    """Correlation of the size of the caseload with burnout."""
    return float(np.corrcoef(sample.workload, sample.burnout)[0, 1])


@_pattern("D07")
def treated_untreated(sample: Sample, untreated: Sample) -> float:
    """Risk ratio of deterioration with against without treatment."""
    return deterioration(sample, untreated) / deterioration(untreated, untreated)


def _between(sample: Sample, exposed: np.ndarray, others: np.ndarray) -> float:
    among = sample.finished & (exposed | others)
    return odds_ratio(sample.deteriorated[among], exposed[among])


@_pattern("D12")
def deprivation(sample: Sample, untreated: Sample) -> float:
    """Odds ratio of deterioration, most against least deprived tenth."""
    return _between(sample, sample.deprivation == 10, sample.deprivation == 1)


@_pattern("D16_young")
def young(sample: Sample, untreated: Sample) -> float:
    """Odds ratio of deterioration, 18-25 against 26-64."""
    return _between(sample, sample.age_band == "18-25", sample.age_band == "26-64")


@_pattern("D16_old")
def old(sample: Sample, untreated: Sample) -> float:
    """Odds ratio of deterioration, 65-74 against 26-64."""
    return _between(sample, sample.age_band == "65-74", sample.age_band == "26-64")


def worse_in_session(sample: Sample, untreated: Sample) -> float:
    """Share of sessions (from the second on) at which the client is reliably worse than at the first, or in crisis.

    Not published: it only centres the push of deteriorating clients on burnout.
    """
    return float(sample.worse_sessions.sum() / sample.judged_sessions.sum())
