"""Hierarchical Bayes, model `measurement`: as `therapist`, for the true states behind the ratings."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from scipy.special import expit

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.inference.answers.standardise import stacked
from iatrogenesis.inference.data.posterior import points
from iatrogenesis.inference.models import measurement
from iatrogenesis.simulation_study.methods import bayes
from iatrogenesis.simulation_study.methods.answer import RISK, TRAITS, Answer, DataSet, Settings, of_draws
from iatrogenesis.simulation_study.methods.regression import PER

PLACE = 9
LABEL = "Bayes, measurement"
LOOK = ("*", "orange")
MODEL = "measurement"
GROUP = "measurement"
SECONDS = (0.06, 0.09)
TARGETS = ("log_odds_ratio[t]", "residual_sd", "risk_change[burnout]")
SLOW = True
DRAWS = 200


def _prepare(data_set):
    known = {"trait": list(data_set.reliability), "reliability": list(data_set.reliability.values())}
    tables = {"clients": data_set.clients, "reliability": pd.DataFrame(known)}
    return measurement.prepare(tables, data_set.name)


def _summary(data_set, data, tree):
    coefficients = stacked(tree, "trait_coefficients")
    estimates = [of_draws(f"log_odds_ratio[{trait}]", coefficients[:, k]) for k, trait in enumerate(TRAITS)]
    estimates.append(of_draws("residual_sd", stacked(tree, "therapist_sd"), null=None))
    return [*estimates, _risk(data, tree)], None


def _risk(data, tree):
    """Change of the mean risk of such clients with such therapists, whose states are drawn anew for each draw."""
    burnout, changes = TRAITS.index("burnout"), []
    for number, point in enumerate(points(tree, DRAWS)):
        noise = Noise(derived_seed(tree.attrs["seed"], "risk change", data.dataset, number))
        odds, _ = measurement.drawn_odds(data, point, noise)
        changes.append(PER * np.mean(expit(odds - point["trait_coefficients"][burnout]) - expit(odds)))
    return of_draws(RISK, np.array(changes))


def answers(data_sets: Iterable[DataSet], settings: Settings) -> Iterator[Answer]:
    """Yield an answer per data set; see `iatrogenesis.simulation_study.methods`."""
    return bayes.fitted(MODEL, _prepare, _summary, data_sets, settings)
