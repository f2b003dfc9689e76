"""Hierarchical Bayes, model `membership`: as `casemix`, a referred client belonging to both therapists by sessions."""

from collections.abc import Iterable, Iterator

from iatrogenesis.inference.data.membership import from_referrals
from iatrogenesis.inference.models import membership
from iatrogenesis.simulation_study.methods import bayes
from iatrogenesis.simulation_study.methods.answer import Answer, DataSet, Settings

PLACE = 7.5
LABEL = "Bayes, two therapists"
LOOK = ("X", "green")
MODEL = "membership"
GROUP = "membership"
SECONDS = (0.05, 0.05)
SLOW = True
TARGETS = ("therapist_sd", "vpc", "mor", "therapist_rate")


def _prepare(data_set):
    ids = data_set.therapist_ids
    return from_referrals(data_set.clients, membership.COVARIATES, dataset=data_set.name, therapist_ids=ids)


def answers(data_sets: Iterable[DataSet], settings: Settings) -> Iterator[Answer]:
    """Yield an answer per data set; see `iatrogenesis.simulation_study.methods`."""
    return bayes.fitted(MODEL, _prepare, bayes.spread_and_rates, data_sets, settings)
