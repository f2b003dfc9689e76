"""Model `intercept_only`: therapists differ, and nothing is explained.

How much do therapists differ in deterioration?

    deteriorated_r ~ Binomial(trials_r, p_r)
    logit p_r      = intercept + therapist_effect[therapist_r]
    therapist_effect_j ~ Normal(0, therapist_sd)

    intercept    ~ Normal(mean, sd)
    therapist_sd ~ HalfNormal(scale)

From it come the variance partition coefficient (VPC), the median odds ratio (MOR) and each therapist's rate, drawn
towards the average as far as few clients demand. Differences between caseloads are in it: it does not say that the
therapists *cause* them.
"""

from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import prepare_outcomes
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.models.answered import of_deterioration as estimands
from iatrogenesis.inference.models.generative import log_likelihood, prior_point, replicate
from iatrogenesis.inference.models.priors import Priors

PLACE = 1
# The draws of the frozen full study, and every committed number, are keyed by what the model was called then.
KEY = "null"
COVARIATES: tuple[str, ...] = ()
PARAMETERS = {
    "intercept": (None, "intercept"),
    "therapist_sd": (None, "therapist_sd"),
    "therapist_effect": ("therapist", None),
}
TABLES = ("clients",)
DATASETS = ("routine_care", "known", "hospitals", "services")
COLLAPSED = "plain"
COMPARED = True
STANDARDISED = True
LARGE_SAMPLE = "COVARIATES"

__all__ = ["build", "estimands", "log_likelihood", "prepare", "prior_point", "replicate"]
prepare = prepare_outcomes(COVARIATES)


def build(data: OutcomeData, priors: Priors, *, centred: bool = False):
    """Return the PyMC model for counts without covariates; see the module for its equations.

    Raises
    ------
    DataError
        If the data have covariates, or fail a check.
    """
    from iatrogenesis.inference.models import base

    data.validate()
    if data.covariate_names:
        raise DataError(
            f"{data.dataset}: the intercept-only model has no covariates, found {', '.join(data.covariate_names)}. "
            "Build the data without them, or fit casemix."
        )
    with base.model_of(data) as model:
        log_odds = base.therapist_log_odds(priors, centred)[model["therapist_index"]]
        base.deterioration(model, log_odds)
    return model
