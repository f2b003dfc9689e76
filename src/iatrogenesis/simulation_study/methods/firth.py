"""Fixed effects: a coefficient for each therapist, with Firth's penalty, estimable without events too.

No therapist is drawn towards the others, and clients who come to a therapist for a reason do no harm to the comparison;
what belongs to the therapist (competence, burnout) cannot be told from the therapist (Heinze & Schemper 2002,
10.1002/sim.1047). The penalty draws rates towards a half, so that rare events come out too frequent on average: all
therapists' log odds are moved by the same number, at which as many deteriorations are expected as were seen (FLIC, Puhr
et al. 2017, 10.1002/sim.7273). The mean over therapists stays somewhat too high, as short lists are drawn most.
Intervals are of the profile penalised likelihood. That of a therapist's rate holds the clients' coefficients and moves
along with the correction: Wald's are as wide again for therapists without events, and without the correction they miss
low rates only. Sets of ranks and grades need standard errors, and take those, the clients' coefficients held; actions
are those that are best at the estimated rates. `exceeds` is 1 minus the p-value of "not harmful", from the signed root
of the likelihood ratio.
"""

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, ndtr, ndtri

from iatrogenesis.core.definitions import harmful_rate
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.models import therapist as covariates_of
from iatrogenesis.simulation_study.methods.answer import LEVEL, Answer, DataSet, Estimate, one_by_one, trait_of
from iatrogenesis.simulation_study.methods.penalised import OfTherapists, Penalised
from iatrogenesis.simulation_study.methods.rates import condensed, log_odds_at, ranked, standardised
from iatrogenesis.simulation_study.methods.regression import RATED, both_outcomes, prepared

PLACE = 3
LABEL = "fixed effects, Firth"
LOOK = ("P", "purple")
GROUP = "fast"
SECONDS = (0.011, 0.006)
TARGETS = ("log_odds_ratio_rated[fit]", "therapist_rate")
EXCEEDS = "p"
COVARIATES = tuple(name for name in covariates_of.COVARIATES if name not in ("competence_rating", "burnout_rating"))
FARTHEST = 30.0  # log odds
QUANTILE = float(ndtri(0.5 + LEVEL / 2))


def _fit(data_set: DataSet) -> Answer:
    data = both_outcomes(prepared(data_set, COVARIATES))
    own = [k for k, name in enumerate(data.covariate_names) if not name.endswith("_between")]
    names, columns = [data.covariate_names[k] for k in own], data.covariates[:, own]
    seen, therapist = np.unique(data.therapist, return_inverse=True)
    model = Penalised(therapist, data.deteriorated, columns)
    start = np.log(data.deteriorated.mean() / (1 - data.deteriorated.mean()))
    a, b, best, converged = model.maximum(np.full(len(seen), start), np.zeros(len(own)))
    errors = np.sqrt(np.diag(np.linalg.inv(best.rest)))
    estimates = []
    for place, name in enumerate(names):
        if (trait := trait_of(name)) is not None:
            low, high = model.interval(a, b, best, place, QUANTILE)
            rejects = float(not low <= 0 <= high) if np.isfinite(low + high) else np.nan
            estimates.append(Estimate(f"{RATED}[{trait}]", float(b[place]), float(errors[place]), low, high, rejects))
    shift = correction(data, a[therapist] + columns @ b)
    table = _therapists(seen, condensed(columns @ b), a, shift, model.of_therapists(a, b))
    rate = table["rate"].to_numpy()
    ranks = ranked(a + shift, 1 / np.sqrt(best.weights), rate, float(rate.mean()), data_set.replicate)
    return Answer(data_set.replicate, estimates, table.assign(**ranks), passed=converged)


def correction(data: OutcomeData, log_odds: np.ndarray) -> float:
    """Return what to add to all clients' log odds for as many deteriorations to be expected as were seen."""
    return _solved(lambda shift: expit(log_odds + shift).sum() - data.deteriorated.sum())


def _therapists(seen, clients: tuple[np.ndarray, np.ndarray], a: np.ndarray, shift: float, own: OfTherapists):
    rate = standardised(a + shift, *clients)
    at_limit = min(log_odds_at(harmful_rate(rate.mean()), *clients), FARTHEST)
    return pd.DataFrame(
        {
            "therapist": seen,
            "score": rate,
            "rate": rate,
            "low": standardised(own.end(-QUANTILE) + shift, *clients),
            "high": standardised(own.end(QUANTILE) + shift, *clients),
            "exceeds": ndtr(-own.root(np.full(len(seen), at_limit - shift))),
        }
    )


def _solved(excess) -> float:
    return float(brentq(excess, -FARTHEST, FARTHEST))


answers = one_by_one(_fit)
