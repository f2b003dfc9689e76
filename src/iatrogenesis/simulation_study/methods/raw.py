"""Raw rates: each therapist's share of clients who deteriorated, with its exact interval; a league table.

What many services do. Nothing is adjusted and nothing is drawn together. `exceeds` is one less the p-value of the exact
binomial test of "not harmful" against the service's rate.
"""

import numpy as np
import pandas as pd
from scipy.stats import binom

from iatrogenesis.core.definitions import harmful_rate
from iatrogenesis.core.proportions import clopper_pearson
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.simulation_study.methods.answer import LEVEL, Answer, DataSet, one_by_one

PLACE = 1
LABEL = "raw rates"
LOOK = ("x", "grey")
GROUP = "classical"
SECONDS = (0.004, 0.002)


def _fit(data_set: DataSet) -> Answer:
    ids = data_set.therapist_ids
    data = from_clients(data_set.clients, dataset=data_set.name, therapist_ids=ids, allow_empty=True)
    seen = np.flatnonzero(data.clients)
    clients, events = data.clients[seen], data.events[seen]
    low, high = clopper_pearson(events, clients, LEVEL)
    average = events.sum() / clients.sum()
    rate = events / clients
    table = {"therapist": seen, "score": rate, "rate": rate, "low": low, "high": high}
    exceeds = binom.cdf(events - 1, clients, harmful_rate(average))
    return Answer(data_set.replicate, therapists=pd.DataFrame({**table, "exceeds": exceeds}))


answers = one_by_one(_fit)
