"""Logistic regression that ignores therapists: every client counts as independent of every other.

The commonest analysis and the commonest mistake: clients of one therapist are alike, so its standard errors of whatever
belongs to the therapist are too small.
"""

from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from iatrogenesis.simulation_study.methods.answer import Answer, DataSet, one_by_one
from iatrogenesis.simulation_study.methods.regression import (
    MARGINAL,
    design,
    estimable,
    odds_ratios,
    prepared,
    risk_change,
)

PLACE = 2
LABEL = "logistic regression"
LOOK = ("v", "grey")
GROUP = "fast"
SECONDS = (0.006, 0.003)
TARGETS = ("log_odds_ratio_marginal[t]", "risk_change_rated[burnout]")


def _fit(data_set: DataSet) -> Answer:
    data = estimable(prepared(data_set))
    found = GLM(data.deteriorated, design(data), family=families.Binomial()).fit()
    beta, covariance = found.params, found.cov_params()
    estimates = [*odds_ratios(data, beta, covariance, MARGINAL), risk_change(data, beta, covariance)]
    return Answer(data_set.replicate, estimates, passed=bool(found.converged))


answers = one_by_one(_fit)
