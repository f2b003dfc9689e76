"""Hierarchical Bayes, model `therapist`: what competence, burnout and fit, as rated, have to do with deterioration."""

from collections.abc import Iterable, Iterator

import xarray as xr

from iatrogenesis.inference.answers.mean_risk import mean_risks
from iatrogenesis.inference.answers.standardise import stacked
from iatrogenesis.inference.answers.what_if import risk_change
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.simulation_study.methods import bayes
from iatrogenesis.simulation_study.methods.answer import (
    BURNOUT,
    RATED_RISK,
    Answer,
    DataSet,
    Estimate,
    Settings,
    of_draws,
    trait_of,
)
from iatrogenesis.simulation_study.methods.regression import prepared

PLACE = 8
LABEL = "Bayes, therapist"
LOOK = ("o", "blue")
MODEL = "therapist"
GROUP = "fast"
SECONDS = (0.04, 0.033)
TARGETS = (
    "log_odds_ratio_rated[t]",
    "residual_sd_rated",
    "risk_change_rated[burnout]",
    "net_fraction_rated",
    "therapist_rate",
)
DRAWS = 200
RATED = ("competence_rating", BURNOUT, "fit_rating_between")
"""Columns whose value 0, in their own units, is the reference treatment's."""


def _summary(data_set, data, tree):
    coefficients = stacked(tree, "coefficients")
    estimates = [
        of_draws(f"log_odds_ratio_rated[{trait}]", coefficients[:, k])
        for k, name in enumerate(data.covariate_names)
        if (trait := trait_of(name)) is not None
    ]
    estimates.append(of_draws("residual_sd_rated", stacked(tree, "therapist_sd"), null=None))
    estimates.append(of_draws(RATED_RISK, risk_change(data, tree, {BURNOUT: -1.0})))
    return [*estimates, _net_fraction(data, tree)], bayes.therapists(tree, data)


def _net_fraction(data: OutcomeData, tree: xr.DataTree) -> Estimate:
    """Share by which the mean risk would fall if all ratings of competence, burnout and fit were average."""
    reference = data.covariates.copy()
    for k, name in enumerate(data.covariate_names):
        if name in RATED:
            reference[:, k] = -data.centre[k]
        elif name == "fit_rating_within":
            reference[:, k] = 0.0
    now, then = (mean_risks(tree, data.therapist, columns, DRAWS) for columns in (data.covariates, reference))
    return of_draws("net_fraction_rated", 1.0 - then / now)


def answers(data_sets: Iterable[DataSet], settings: Settings) -> Iterator[Answer]:
    """Yield an answer per data set; see `iatrogenesis.simulation_study.methods`."""
    return bayes.fitted(MODEL, prepared, _summary, data_sets, settings)
