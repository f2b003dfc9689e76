"""Fixed effects: a coefficient for each therapist, with Firth's penalty, estimable without events too.

No therapist is drawn towards the others, and clients who come to a therapist for a reason do no harm to the comparison;
what belongs to the therapist (competence, burnout) cannot be told from the therapist. Heinze & Schemper 2002,
10.1002/sim.1047; intervals are Wald's.
"""

import numpy as np
from firthmodels import FirthLogisticRegression

from iatrogenesis.inference.models import therapist as model
from iatrogenesis.simulation_study.methods.answer import Answer, DataSet, one_by_one, trait_of, wald
from iatrogenesis.simulation_study.methods.rates import normal_table
from iatrogenesis.simulation_study.methods.regression import both_outcomes, prepared

PLACE = 3
LABEL = "fixed effects, Firth"
LOOK = ("P", "purple")
GROUP = "classical"
SECONDS = (0.005, 0.015)
COVARIATES = tuple(name for name in model.COVARIATES if name not in ("competence_rating", "burnout_rating"))
STEPS = 100


def _fit(data_set: DataSet) -> Answer:
    data = both_outcomes(prepared(data_set, COVARIATES))
    own = [k for k, name in enumerate(data.covariate_names) if not name.endswith("_between")]
    names, columns = [data.covariate_names[k] for k in own], data.covariates[:, own]
    seen = np.flatnonzero(data.clients)
    dummies = (data.therapist[:, None] == seen).astype(float)
    found = FirthLogisticRegression(fit_intercept=False, max_iter=STEPS)
    found.fit(np.hstack([dummies, columns]), data.deteriorated)
    beta, se, count = found.coef_, found.bse_, len(seen)
    estimates = [
        wald(f"log_odds_ratio[{trait}]", beta[count + k], se[count + k])
        for k, name in enumerate(names)
        if (trait := trait_of(name)) is not None
    ]
    table = normal_table(seen, beta[:count], se[:count], columns @ beta[count:])
    return Answer(data_set.replicate, estimates, table, passed=bool(found.converged_))


answers = one_by_one(_fit)
