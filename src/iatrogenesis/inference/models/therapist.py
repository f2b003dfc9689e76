"""Model `therapist`: competence, burnout and fit on top of case mix.

What do they have to do with deterioration, among clients with like starting points?

    deteriorated_r ~ Binomial(trials_r, p_r)
    logit p_r      = intercept + x_r coefficients + therapist_effect[therapist_r]
    therapist_effect_j ~ Normal(0, therapist_sd)

    intercept    ~ Normal(mean, sd)
    coefficients ~ Normal(0, sd), one per covariate
    therapist_sd ~ HalfNormal(scale)

x are the case mix and the therapist's competence and burnout, and the fit of the pair, split in the therapist's mean
(`_between`) and the client's deviation from it (`_within`). therapist_sd is what is left unexplained between
therapists. With ratings the coefficients belong to the ratings: they are smaller than those of the true states by the
ratings' reliability. `TRUE_STATES` asks the same of the states that only a simulation knows.
"""

from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import prepare_outcomes
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.models import casemix
from iatrogenesis.inference.models.answered import of_deterioration as estimands
from iatrogenesis.inference.models.casemix import PARAMETERS, TABLES
from iatrogenesis.inference.models.generative import log_likelihood, prior_point, replicate
from iatrogenesis.inference.models.priors import Priors

PLACE = 3
COVARIATES = (*casemix.COVARIATES, "competence_rating", "burnout_rating", "fit_rating")
TRUE_STATES = (*casemix.COVARIATES, "competence", "burnout", "fit")
ASKED = ("competence", "burnout", "fit")
DATASETS = ("routine_care", "known")
COLLAPSED = "plain"
COMPARED = True
STANDARDISED = True
LARGE_SAMPLE = "COVARIATES"
EXACT = True

__all__ = ["PARAMETERS", "TABLES", "build", "estimands", "log_likelihood", "prepare", "prior_point", "replicate"]
prepare = prepare_outcomes(COVARIATES, TRUE_STATES)


def build(data: OutcomeData, priors: Priors, *, centred: bool = False):
    """Return the PyMC model for clients with case mix, competence, burnout and fit; see the module for its equations.

    Raises
    ------
    DataError
        If none of the covariates speaks of competence, of burnout or of fit, or the data fail a check.
    """
    for state in ASKED:
        if not any(name.startswith(state) for name in data.covariate_names):
            raise DataError(
                f"{data.dataset}: the therapist model needs a covariate on {state}, found "
                f"{', '.join(data.covariate_names) or 'none'}. Build the data with {COVARIATES}."
            )
    # The equations are those of casemix; the question, and so the covariates, are other ones.
    return casemix.build(data, priors, centred=centred)
