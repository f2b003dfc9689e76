"""Model `interaction`: does burnout harm the vulnerable more, and does competence matter most where it is lowest?

Whom does burnout hurt, and where does incompetence begin to hurt?

    deteriorated_r ~ Binomial(trials_r, p_r)
    logit p_r      = intercept + x_r coefficients + therapist_effect[therapist_r]
    therapist_effect_j ~ Normal(0, therapist_sd)

    intercept    ~ Normal(mean, sd)
    coefficients ~ Normal(0, sd), one per covariate
    therapist_sd ~ HalfNormal(scale)

x are those of the model `therapist` and three more: `vulnerable` (complex trauma or a fragile state, as assessed at
intake), burnout times vulnerable, and how far competence lies below one SD under the average (0 for the others), a bend
in the line of competence. The odds ratio of burnout among the vulnerable is that of `burnout` times that of
`burnout:vulnerable` at the average share of vulnerable clients.
"""

from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import prepare_outcomes
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.models import therapist
from iatrogenesis.inference.models.answered import of_deterioration as estimands
from iatrogenesis.inference.models.casemix import PARAMETERS, TABLES
from iatrogenesis.inference.models.generative import log_likelihood, prior_point, replicate
from iatrogenesis.inference.models.priors import Priors

PLACE = 4
COVARIATES = (*therapist.COVARIATES, "vulnerable", "burnout_rating:vulnerable", "competence_rating_below")
TRUE_STATES = (*therapist.TRUE_STATES, "vulnerable", "burnout:vulnerable", "competence_below")
DATASETS = ("routine_care", "known")
COLLAPSED = "plain"
COMPARED = True
STANDARDISED = True
LARGE_SAMPLE = "COVARIATES"
EXACT = True

__all__ = ["PARAMETERS", "TABLES", "build", "estimands", "log_likelihood", "prepare", "prior_point", "replicate"]
prepare = prepare_outcomes(COVARIATES, TRUE_STATES)


def build(data: OutcomeData, priors: Priors, *, centred: bool = False):
    """Return the PyMC model for clients with the therapist model's covariates and the interactions.

    Raises
    ------
    DataError
        If no covariate is an interaction, or the data fail a check.
    """
    if not any(":" in name for name in data.covariate_names):
        raise DataError(
            f"{data.dataset}: the interaction model needs burnout:vulnerable or burnout_rating:vulnerable, found "
            f"{', '.join(data.covariate_names) or 'none'}. Build the data with {COVARIATES}."
        )
    return therapist.build(data, priors, centred=centred)
