"""Model `casemix`: clients differ from the start, and therapists differ.

How much do therapists differ once their clients' starting points are taken into account?

    deteriorated_r ~ Binomial(trials_r, p_r)
    logit p_r      = intercept + x_r coefficients + therapist_effect[therapist_r]
    therapist_effect_j ~ Normal(0, therapist_sd)

    intercept    ~ Normal(mean, sd)
    coefficients ~ Normal(0, sd), one per covariate
    therapist_sd ~ HalfNormal(scale)

x are known before therapy starts: first scores, deprivation, age. Therapists who are given harder clients no longer
look worse for it, as far as these four say what "harder" is.
"""

from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import prepare_outcomes
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.models.answered import of_deterioration as estimands
from iatrogenesis.inference.models.generative import log_likelihood, prior_point, replicate
from iatrogenesis.inference.models.priors import Priors

PLACE = 2
COVARIATES = ("phq9_first", "gad7_first", "deprivation", "age")
PARAMETERS = {
    "intercept": (None, "intercept"),
    "coefficients": ("covariate", "coefficient"),
    "therapist_sd": (None, "therapist_sd"),
    "therapist_effect": ("therapist", None),
}
TABLES = ("clients",)
DATASETS = ("routine_care",)
COLLAPSED = "plain"
COMPARED = True
STANDARDISED = True
LARGE_SAMPLE = "COVARIATES"

__all__ = ["build", "estimands", "log_likelihood", "prepare", "prior_point", "replicate"]
prepare = prepare_outcomes(COVARIATES)


def build(data: OutcomeData, priors: Priors, *, centred: bool = False):
    """Return the PyMC model for clients with covariates; see the module for its equations.

    Raises
    ------
    DataError
        If the data have no covariates, or fail a check.
    """
    from iatrogenesis.inference.models import base

    data.validate()
    if not data.covariate_names:
        raise DataError(f"{data.dataset}: casemix needs covariates, found none. Build the data with {COVARIATES}.")
    with base.model_of(data) as model:
        therapists = base.therapist_log_odds(priors, centred)[model["therapist_index"]]
        log_odds = therapists + base.covariate_sum(model, priors)
        base.deterioration(model, log_odds)
    return model
