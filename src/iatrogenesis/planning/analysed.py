"""What an analyst would fit to a plasmode data set: case mix, and burnout's rating where it is asked for.

Above `MANY` finished courses a fit takes seconds, and a ceiling some hundred fits. Then clients are counted by
therapist and by their place among `STRATA` equal parts of the case mix's score, whose mean is the one column of case
mix: that takes the coefficients as known, moves a test statistic by some hundredths, and is as quick as for a small
data set.
"""

from dataclasses import replace

import numpy as np

from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.planning.plasmode import Plasmode
from iatrogenesis.simulation_study.methods.answer import BURNOUT
from iatrogenesis.simulation_study.methods.regression import estimable

MANY = 10_000
STRATA = 12
SCORE = "case_mix"


def analysed(made: Plasmode, replicate: int, *, rating: bool, many: int = MANY, strata: int = STRATA) -> OutcomeData:
    """Return the data of one replicate; the rating, if it is among them, is the last column.

    Parameters
    ----------
    many
        Finished courses above which clients are counted.
    strata
        Parts of the case mix's score by which they are then counted.

    Raises
    ------
    DataError
        If nobody or everybody deteriorated.
    """
    name = f"{made.data.dataset}, SD {made.truth.therapist_sd:g}, burnout {made.truth.burnout:g}, {replicate}"
    data = replace(made.data, dataset=name, deteriorated=made.outcomes(replicate), profile=None)
    ratings = made.rating
    if len(data.trials) > many:
        data, ratings = _counted(data, made, strata)
    data = estimable(data)
    return _joined(data, BURNOUT, ratings) if rating else data


def _counted(data: OutcomeData, made: Plasmode, strata: int) -> tuple[OutcomeData, np.ndarray]:
    """Counts by therapist and stratum of the score, and their mean ratings."""
    edges = np.quantile(made.case_mix, np.linspace(0, 1, strata + 1)[1:-1])
    cells, row = np.unique(data.therapist * strata + np.searchsorted(edges, made.case_mix), return_inverse=True)
    trials = np.bincount(row)
    bare = OutcomeData(
        dataset=data.dataset,
        deteriorated=np.bincount(row, weights=data.deteriorated).astype(np.int64),
        trials=trials,
        therapist=cells // strata,
        therapist_ids=data.therapist_ids,
        allow_empty=data.allow_empty,
    )
    score, ratings = (np.bincount(row, weights=values) / trials for values in (made.case_mix, made.rating))
    return _joined(bare, SCORE, score) if np.ptp(score) > 0 else bare, ratings


def _joined(data: OutcomeData, name: str, values: np.ndarray) -> OutcomeData:
    """The data with one column more, centred over clients."""
    centre, none = np.average(values, weights=data.trials), not data.covariate_names
    return replace(
        data,
        covariates=np.column_stack([data.covariates, values - centre]),
        covariate_names=(*data.covariate_names, name),
        centre=np.append(np.zeros(0) if none else data.centre, centre),
        scale=np.append(np.ones(0) if none else data.scale, 1.0),
    )
