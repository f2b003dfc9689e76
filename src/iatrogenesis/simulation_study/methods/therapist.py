"""Hierarchical Bayes, model `therapist`: what competence, burnout and fit, as rated, have to do with deterioration."""

import numpy as np
import xarray as xr
from scipy.special import expit

from iatrogenesis.inference.answers.standardise import stacked
from iatrogenesis.inference.answers.what_if import risk_change
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.data.posterior import points
from iatrogenesis.simulation_study.methods import bayes
from iatrogenesis.simulation_study.methods.answer import BURNOUT, RISK, Estimate, of_draws, trait_of
from iatrogenesis.simulation_study.methods.regression import prepared

DRAWS = 200
RATED = ("competence_rating", BURNOUT, "fit_rating_between")
"""Columns whose value 0, in their own units, is the reference treatment's."""


def _summary(data_set, data, tree):
    coefficients = stacked(tree, "coefficients")
    estimates = [
        of_draws(f"log_odds_ratio[{trait}]", coefficients[:, k])
        for k, name in enumerate(data.covariate_names)
        if (trait := trait_of(name)) is not None
    ]
    estimates.append(of_draws("residual_sd", stacked(tree, "therapist_sd"), null=None))
    estimates.append(of_draws(RISK, risk_change(data, tree, {BURNOUT: -1.0})))
    return [*estimates, _iatrogenic(data, tree)], bayes.therapists(tree, data)


def _iatrogenic(data: OutcomeData, tree: xr.DataTree) -> Estimate:
    """Share of deteriorations that would not be with average competence, burnout and fit, the same chance events."""
    reference = data.covariates.copy()
    for k, name in enumerate(data.covariate_names):
        if name in RATED:
            reference[:, k] = -data.centre[k]
        elif name == "fit_rating_within":
            reference[:, k] = 0.0
    shares = []
    for point in points(tree, DRAWS):
        base = point["intercept"] + point["therapist_effect"][data.therapist]
        now = expit(base + data.covariates @ point["coefficients"])
        then = expit(base + reference @ point["coefficients"])
        shares.append(np.maximum(now - then, 0.0).sum() / now.sum())
    return of_draws("iatrogenic_fraction", np.array(shares), null=None)


def answers(data_sets, settings):
    """Yield an answer per data set; see `iatrogenesis.simulation_study.methods`."""
    return bayes.fitted("therapist", prepared, _summary, data_sets, settings)
