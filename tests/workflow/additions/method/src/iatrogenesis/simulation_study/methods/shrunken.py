"""Empirical Bayes, beta-binomial: raw rates drawn together by as much as their own spread demands.

What a spreadsheet can do. The beta distribution of therapists' rates is found by the method of moments (Kleinman 1973,
10.2307/2284137) and then taken as known; nothing is adjusted.
"""

import numpy as np
import pandas as pd
from scipy.special import betainc, betaincinv

from iatrogenesis.core.definitions import harmful_rate
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.simulation_study.methods.answer import LEVEL, Answer, DataSet, one_by_one

PLACE = 1.5
LABEL = "shrunken rates"
LOOK = ("+", "grey")
GROUP = "fast"
SECONDS = (0.004, 0.002)
TARGETS = ("own_rate",)
ALIKE = 1e6  # prior clients where rates differ by less than chance


def _fit(data_set: DataSet) -> Answer:
    ids = data_set.therapist_ids
    data = from_clients(data_set.clients, dataset=data_set.name, therapist_ids=ids, allow_empty=True)
    seen = np.flatnonzero(data.clients)
    clients, events = data.clients[seen], data.events[seen]
    if not events.any():
        raise DataError(f"{data_set.name}: nobody deteriorated, so there is nothing to draw together")
    mean = events.sum() / clients.sum()
    within = mean * (1 - mean)
    between = np.average((events / clients - mean) ** 2, weights=clients) - within / clients.mean()
    prior = within / between - 1 if between > within / ALIKE else ALIKE
    a, b = mean * prior + events, (1 - mean) * prior + clients - events
    rate, tail = a / (a + b), (1 - LEVEL) / 2
    table = {"therapist": seen, "score": rate, "rate": rate}
    table |= {"low": betaincinv(a, b, tail), "high": betaincinv(a, b, 1 - tail)}
    exceeds = 1 - betainc(a, b, min(harmful_rate(mean), 1.0))
    return Answer(data_set.replicate, therapists=pd.DataFrame({**table, "exceeds": exceeds}))


answers = one_by_one(_fit)
