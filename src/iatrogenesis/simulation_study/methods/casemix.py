"""Hierarchical Bayes, model `casemix`: therapists compared among clients with like starting points."""

from collections.abc import Iterable, Iterator

from iatrogenesis.inference.models import casemix
from iatrogenesis.simulation_study.methods import bayes
from iatrogenesis.simulation_study.methods.answer import Answer, DataSet, Settings
from iatrogenesis.simulation_study.methods.regression import prepared

PLACE = 7
LABEL = "Bayes, case mix"
LOOK = ("D", "green")
MODEL = "casemix"
GROUP = "fast"
SECONDS = (0.035, 0.02)
TARGETS = ("therapist_sd", "vpc", "mor", "therapist_rate")


def _prepare(data_set):
    return prepared(data_set, casemix.COVARIATES)


def answers(data_sets: Iterable[DataSet], settings: Settings) -> Iterator[Answer]:
    """Yield an answer per data set; see `iatrogenesis.simulation_study.methods`."""
    return bayes.fitted(MODEL, _prepare, bayes.spread_and_rates, data_sets, settings)
