"""Each course's expected risk with an average therapist, by case mix."""

import numpy as np

from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.own_data.analysis.risks import expected_risk
from iatrogenesis.own_data.case_mix import case_mix, scores
from iatrogenesis.own_data.finished import finished
from iatrogenesis.own_data.prepared import Prepared


def expected(prepared: Prepared, priors: Priors, seed: int) -> np.ndarray | None:
    """Return the expected risk of each row of the clients' table, shape (rows,); missing where no outcome is known.

    None where nothing can be expected: without clients, or if nobody or everybody deteriorated.
    """
    if "clients" not in prepared.tables:
        return None
    clients, about = prepared.tables["clients"], prepared.about
    courses = finished(clients)
    if courses["deteriorated"].nunique() < 2:
        return None
    mix = case_mix(courses, about.case_mix, about.name)
    score = scores(mix, priors, seed, about.name)
    risk = np.full(len(clients), np.nan)
    risk[clients.index.get_indexer(courses.index)] = expected_risk(score, courses["deteriorated"].to_numpy())
    return risk
