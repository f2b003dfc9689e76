"""Hierarchical Bayes, model `skewed`: as `casemix`, with therapists' effects that may lean to one side."""

from collections.abc import Iterable, Iterator

from iatrogenesis.inference.models import skewed
from iatrogenesis.simulation_study.methods import bayes
from iatrogenesis.simulation_study.methods.answer import Answer, DataSet, Settings
from iatrogenesis.simulation_study.methods.regression import prepared

PLACE = 7.2
LABEL = "Bayes, skewed"
LOOK = ("<", "green")
MODEL = "skewed"
GROUP = "skewed"
SECONDS = (0.04, 0.06)
SLOW = True
TARGETS = ("therapist_sd", "vpc", "mor", "therapist_rate")


def _prepare(data_set):
    return prepared(data_set, skewed.COVARIATES)


def answers(data_sets: Iterable[DataSet], settings: Settings) -> Iterator[Answer]:
    """Yield an answer per data set; see `iatrogenesis.simulation_study.methods`."""
    return bayes.fitted(MODEL, _prepare, bayes.spread_and_rates, data_sets, settings)
