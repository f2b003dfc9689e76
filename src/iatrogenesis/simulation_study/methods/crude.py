"""Logistic regression without case mix and without therapists: what a table of rates by burnout shows."""

from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from iatrogenesis.simulation_study.methods.answer import Answer, DataSet, one_by_one
from iatrogenesis.simulation_study.methods.regression import (
    MARGINAL,
    both_outcomes,
    design,
    odds_ratios,
    prepared,
    risk_change,
)

PLACE = 1.9
LABEL = "logistic, unadjusted"
LOOK = ("1", "grey")
GROUP = "fast"
SECONDS = (0.004, 0.002)
TARGETS = ("log_odds_ratio_marginal[t]", "risk_change_rated[burnout]")
COVARIATES = ("competence_rating", "burnout_rating", "fit_rating")


def _fit(data_set: DataSet) -> Answer:
    data = both_outcomes(prepared(data_set, COVARIATES))
    found = GLM(data.deteriorated, design(data), family=families.Binomial()).fit()
    beta, covariance = found.params, found.cov_params()
    estimates = [*odds_ratios(data, beta, covariance, MARGINAL), risk_change(data, beta, covariance)]
    return Answer(data_set.replicate, estimates, passed=bool(found.converged))


answers = one_by_one(_fit)
