"""Hierarchical Bayes, model `classes`: as `casemix`, with a class of therapists whose risk is raised."""

from collections.abc import Iterable, Iterator

from iatrogenesis.inference.models import classes
from iatrogenesis.simulation_study.methods import bayes
from iatrogenesis.simulation_study.methods.answer import Answer, DataSet, Settings
from iatrogenesis.simulation_study.methods.regression import prepared

PLACE = 7.3
LABEL = "Bayes, two classes"
LOOK = (">", "green")
MODEL = "classes"
GROUP = "classes"
SECONDS = (0.07, 0.16)
SLOW = True
TARGETS = ("therapist_sd", "vpc", "mor", "therapist_rate")


def _prepare(data_set):
    return prepared(data_set, classes.COVARIATES)


def answers(data_sets: Iterable[DataSet], settings: Settings) -> Iterator[Answer]:
    """Yield an answer per data set; see `iatrogenesis.simulation_study.methods`."""
    return bayes.fitted(MODEL, _prepare, bayes.spread_and_rates, data_sets, settings)
