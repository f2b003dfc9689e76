"""Raw rates: each therapist's share of clients who deteriorated, with its exact interval; a league table.

What many services do. Nothing is adjusted and nothing is drawn together; what is done about a therapist would be right
if the observed rate were the true one. `exceeds` is 1 minus the p-value of the exact binomial test of "not harmful"
against the mean of the therapists' rates. Sets of ranks are of log odds with half a client added on either side.
"""

import numpy as np
import pandas as pd
from scipy.stats import binom

from iatrogenesis.core.definitions import harmful_rate
from iatrogenesis.core.proportions import clopper_pearson
from iatrogenesis.simulation_study.methods.answer import LEVEL, Answer, DataSet, one_by_one
from iatrogenesis.simulation_study.methods.rates import ranked, smoothed_log_odds
from iatrogenesis.simulation_study.methods.regression import prepared

PLACE = 1
LABEL = "raw rates"
LOOK = ("x", "grey")
GROUP = "fast"
SECONDS = (0.011, 0.001)
TARGETS = ("own_rate",)
EXCEEDS = "p"


def _fit(data_set: DataSet) -> Answer:
    data = prepared(data_set, ())
    seen = np.flatnonzero(data.clients)
    clients, events = data.clients[seen], data.events[seen]
    low, high = clopper_pearson(events, clients, LEVEL)
    rate = events / clients
    average = float(rate.mean())
    table = {"therapist": seen, "score": rate, "rate": rate, "low": low, "high": high}
    exceeds = binom.cdf(events - 1, clients, harmful_rate(average))
    ranks = ranked(*smoothed_log_odds(events, clients), rate, average, data_set.replicate)
    return Answer(data_set.replicate, therapists=pd.DataFrame({**table, "exceeds": exceeds, **ranks}))


answers = one_by_one(_fit)
