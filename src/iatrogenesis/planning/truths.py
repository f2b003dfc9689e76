"""What is true of plasmode data sets, by the names of `iatrogenesis.simulation_study.estimands`.

Averages are over the table's finished courses and, by quadrature, over what therapists add; nothing is simulated, so
nothing has a Monte Carlo error. Of the spread between therapists, burnout's part is that of the ratings in the table.
"""

import numpy as np
import pandas as pd
from scipy.special import expit
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.models.spread import mor, vpc
from iatrogenesis.planning.plasmode import Plasmode, mean_of, risk, spread_of
from iatrogenesis.simulation_study.methods.answer import BURNOUT, trait_of
from iatrogenesis.simulation_study.methods.rates import standardised
from iatrogenesis.simulation_study.methods.regression import PER, design
from iatrogenesis.simulation_study.truth import COLUMNS

CELL = "plasmode"
RATINGS = ("competence_rating", BURNOUT, "fit_rating")


def truths(made: Plasmode) -> pd.DataFrame:
    """Return the truth of every estimand: columns as in `iatrogenesis.simulation_study.truth`."""
    truth = made.truth
    sd = float(np.hypot(made.rated_sd, truth.rated * spread_of(made.rating, made.data)))
    now = risk(made.fixed, made.rated_sd)
    average = risk(made.intercept + made.case_mix, made.own_sd)
    found = {"therapist_sd": sd, "vpc": vpc(sd), "mor": mor(sd)}
    found |= {"residual_sd": made.own_sd, "residual_sd_rated": made.rated_sd}
    for kind in ("", "_rated"):
        found |= {f"log_odds_ratio{kind}[{trait}]": 0.0 for trait in ("competence", "fit")}
    found |= {"log_odds_ratio[burnout]": truth.burnout, "log_odds_ratio_rated[burnout]": truth.rated}
    found |= _marginal(made, now)
    found["risk_change[burnout]"] = PER * float(np.mean(risk(made.fixed - truth.burnout, made.rated_sd) - now))
    found["risk_change_rated[burnout]"] = PER * float(np.mean(risk(made.fixed - truth.rated, made.rated_sd) - now))
    found["net_fraction"] = 1 - float(average.mean() / now.mean())
    unrated = risk(made.intercept + made.case_mix, made.rated_sd)
    found["net_fraction_rated"] = 1 - float(unrated.mean() / now.mean())
    table = pd.DataFrame({"estimand": list(found), "truth": [float(value) for value in found.values()]})
    return table.assign(cell=CELL, world=0, replicate=np.nan, truth_mcse=0.0)[list(COLUMNS)]


def rates(made: Plasmode, replicates: range) -> pd.DataFrame:
    """Return each therapist's true rates in each data set: replicate, therapist, rate (with all clients), own_rate.

    Therapists without a finished course are left out; so are they by methods.
    """
    seen = np.flatnonzero(made.data.clients)
    rated, tables = made.truth.rated * mean_of(made.rating, made.data)[seen], []
    for replicate in replicates:
        own = made.therapists(replicate)
        expected = expit(made.fixed + own[made.data.therapist])
        both = {
            "rate": standardised(made.intercept + rated + own[seen], made.case_mix),
            "own_rate": mean_of(expected, made.data)[seen],
        }
        tables.append(pd.DataFrame({"replicate": replicate, "therapist": seen} | both))
    return pd.concat(tables, ignore_index=True)


def _marginal(made: Plasmode, now: np.ndarray) -> dict[str, float]:
    """The limits of a logistic regression without therapists: that of the expected outcomes on the columns."""
    worse = pd.Series(False, index=made.clients.index, dtype="boolean")
    table = made.clients.assign(deteriorated=worse)
    covariates = (*(made.data.profile.covariates if made.data.profile else ()), *RATINGS)
    data = from_clients(table, covariates, dataset=made.data.dataset, allow_empty=True)
    slopes = GLM(now, design(data), family=families.Binomial()).fit().params[1:]
    traits = {
        trait: value for name, value in zip(data.covariate_names, slopes, strict=True) if (trait := trait_of(name))
    }
    return {f"log_odds_ratio_marginal[{trait}]": float(value) for trait, value in traits.items()}
