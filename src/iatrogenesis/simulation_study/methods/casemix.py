"""Hierarchical Bayes, model `casemix`: therapists compared among clients with like starting points."""

from iatrogenesis.inference.models import casemix
from iatrogenesis.simulation_study.methods import bayes
from iatrogenesis.simulation_study.methods.regression import prepared


def _prepare(data_set):
    return prepared(data_set, casemix.COVARIATES)


def _summary(data_set, data, tree):
    return bayes.spread(tree), bayes.therapists(tree, data)


def answers(data_sets, settings):
    """Yield an answer per data set; see `iatrogenesis.simulation_study.methods`."""
    return bayes.fitted("casemix", _prepare, _summary, data_sets, settings)
