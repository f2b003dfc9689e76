"""Hierarchical Bayes, model `intercept_only`: therapists' rates shrunk to their mean, no case-mix adjustment."""

from collections.abc import Iterable, Iterator

from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.simulation_study.methods import bayes
from iatrogenesis.simulation_study.methods.answer import Answer, DataSet, Settings

PLACE = 6
LABEL = "Bayes, intercept only"
LOOK = ("d", "sky")
MODEL = "intercept_only"
GROUP = "fast"
SECONDS = (0.025, 0.005)
TARGETS = ("own_rate",)


def _prepare(data_set):
    ids = data_set.therapist_ids
    return from_clients(data_set.clients, dataset=data_set.name, therapist_ids=ids, allow_empty=True)


def answers(data_sets: Iterable[DataSet], settings: Settings) -> Iterator[Answer]:
    """Yield an answer per data set; see `iatrogenesis.simulation_study.methods`."""
    return bayes.fitted(MODEL, _prepare, bayes.spread_and_rates, data_sets, settings)
