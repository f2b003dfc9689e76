"""Hierarchical Bayes, model `growth`: every session's score instead of the last one alone.

It says nothing of deterioration itself. What it gives is an order of therapists, by the slope of their average client,
and what burnout does to that slope.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from iatrogenesis.inference.answers.standardise import stacked
from iatrogenesis.inference.models import growth
from iatrogenesis.simulation_study.methods import bayes
from iatrogenesis.simulation_study.methods.answer import BURNOUT, Answer, DataSet, Settings, of_draws

PLACE = 10
LABEL = "Bayes, growth"
LOOK = ("h", "green")
MODEL = "growth"
GROUP = "growth"
SECONDS = (0.5, 1.2)
TARGETS = ("on_slope[burnout]",)
SLOW = True
SESSIONS = True


def _prepare(data_set):
    return growth.prepare({"clients": data_set.clients, "sessions": data_set.sessions}, data_set.name)


def _summary(data_set, data, tree):
    coefficients = stacked(tree, "slope_coefficients")
    burnout = coefficients[:, data.covariate_names.index(BURNOUT)]
    return [of_draws("on_slope[burnout]", burnout)], _order(data_set, data, tree, coefficients.mean(axis=0))


def _order(data_set, data, tree, coefficients):
    """Therapists by the slope of a client of average case mix: their own part and what their ratings explain."""
    own = [k for k, name in enumerate(data.covariate_names) if name.split("_")[0] in ("competence", "burnout", "fit")]
    parts = data.covariates[:, own] @ coefficients[own]
    clients = np.bincount(data.therapist, minlength=len(data.therapist_ids))
    explained = np.bincount(data.therapist, parts, minlength=len(clients)) / np.maximum(clients, 1)
    slope = stacked(tree, "therapist_slope").mean(axis=0) + explained
    place = pd.Index(data_set.therapist_ids).get_indexer(pd.Index(data.therapist_ids))
    unknown = dict.fromkeys(("rate", "low", "high", "exceeds"), np.nan)
    return pd.DataFrame({"therapist": place, "score": slope, **unknown})


def answers(data_sets: Iterable[DataSet], settings: Settings) -> Iterator[Answer]:
    """Yield an answer per data set; see `iatrogenesis.simulation_study.methods`."""
    return bayes.fitted(MODEL, _prepare, _summary, data_sets, settings)
