"""Hierarchical Bayes, model `null`: therapists' rates drawn together by as much as the data say; nothing adjusted."""

from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.simulation_study.methods import bayes


def _prepare(data_set):
    ids = data_set.therapist_ids
    return from_clients(data_set.clients, dataset=data_set.name, therapist_ids=ids, allow_empty=True)


def _summary(data_set, data, tree):
    return bayes.spread(tree), bayes.therapists(tree, data)


def answers(data_sets, settings):
    """Yield an answer per data set; see `iatrogenesis.simulation_study.methods`."""
    return bayes.fitted("null", _prepare, _summary, data_sets, settings)
