"""Random effects by maximum likelihood, as lme4, Stata and SAS fit them (adaptive Gauss-Hermite quadrature).

Twice: with case mix alone, for the spread between therapists and for each therapist's rate; and with competence,
burnout and fit, for their odds ratios. Intervals are Wald's; the test of "no spread" is the likelihood ratio's, whose
null distribution is half a point mass at zero (Self & Liang 1987, 10.1080/01621459.1987.10478472). A therapist's rate
takes the estimates as known.
"""

import numpy as np
from scipy.special import chdtrc

from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.engines.maximum_likelihood import MaximumLikelihood, fit
from iatrogenesis.inference.engines.quadrature import Integrand
from iatrogenesis.inference.models import casemix
from iatrogenesis.inference.models.spread import UPPER_QUARTILE, mor
from iatrogenesis.simulation_study.methods.answer import Answer, DataSet, Estimate, one_by_one, wald
from iatrogenesis.simulation_study.methods.rates import normal_table
from iatrogenesis.simulation_study.methods.regression import estimable, odds_ratios, prepared, risk_change

NODES = 9  # the therapist SD is at most about 1 here, and a service's therapists are few: 1e-6 in the estimate


def _fit(data_set: DataSet) -> Answer:
    like, rated = estimable(prepared(data_set, casemix.COVARIATES)), estimable(prepared(data_set))
    spread, explained = fit(like, NODES), fit(rated, NODES)
    beta, covariance, sd = explained.estimate[:-1], explained.covariance[:-1, :-1], explained.estimate[-1]
    residual = _about_sd(explained)["therapist_sd"]._replace(estimand="residual_sd")
    estimates = [*_about_sd(spread).values(), residual, *odds_ratios(rated, beta, covariance)]
    estimates.append(risk_change(rated, beta, covariance, sd))
    passed = spread.converged and explained.converged
    return Answer(data_set.replicate, estimates, _therapists(like, spread), passed=passed)


def _about_sd(found: MaximumLikelihood) -> dict[str, Estimate]:
    sd, se = found.estimate[-1], found.standard_error[-1]
    ratio = 2 * (found.log_likelihood - found.log_likelihood_without_therapists)
    rejects = float(0.5 * chdtrc(1, max(ratio, 0.0)) < 0.05)
    rows = {"therapist_sd": (sd, se), "vpc": found.vpc, "mor": (mor(sd), mor(sd) * np.sqrt(2) * UPPER_QUARTILE * se)}
    lowest = {"therapist_sd": 0.0, "vpc": 0.0, "mor": 1.0}
    estimates = {name: wald(name, value, error) for name, (value, error) in rows.items()}
    return {
        name: one._replace(low=max(one.low, lowest[name]) if np.isfinite(one.low) else np.nan, rejects=rejects)
        for name, one in estimates.items()
    }


def _therapists(data: OutcomeData, found: MaximumLikelihood):
    integrand = Integrand(data, NODES)
    beta, sd = found.estimate[:-1], found.estimate[-1]
    mode, spread = integrand.modes(integrand.design @ beta, sd)
    floor = 1e-6  # without spread every therapist is the average one, for certain
    return normal_table(
        np.flatnonzero(data.clients), beta[0] + sd * mode, np.maximum(sd * spread, floor), data.covariates @ beta[1:]
    )


answers = one_by_one(_fit)
