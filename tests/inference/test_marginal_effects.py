"""Whole profiles: every derived column by hand, client by client, and average marginal effects beside a peer's."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers.what_if import contrasts, counterfactual, risk_difference
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.posterior import posterior_tree
from iatrogenesis.inference.engines.collapsed.engine import DIMS
from iatrogenesis.simulation_study.logit_normal import LogitNormal, simulate


@pytest.mark.parametrize(
    ("change", "column", "expected"),
    [
        ({"age_band": "75-89"}, "age[18-25]", [0.0, 0.0, 0.0, 0.0]),  # nobody stays in a second age band
        ({"age_band": "75-89"}, "age[75-89]", [1.0, 1.0, 1.0, 1.0]),
        ({"age_band": "26-64"}, "age[75-89]", [0.0, 0.0, 0.0, 0.0]),
        ({"vulnerable": 1.0}, "burnout:vulnerable", [0.5, 0.5, -0.5, -0.5]),  # (b - .5)(1 - .5), b = 1.5, 1.5, -.5, -.5
        ({"burnout": 0.5}, "burnout:vulnerable", [0.0, 0.0, 0.0, 0.0]),
        ({"competence": -1.75}, "competence_below", [0.75, 0.75, 0.75, 0.75]),
        ({"competence": 3.0}, "competence_below", [0.0, 0.0, 0.0, 0.0]),
        ({"fit": [3.0, 1.0, 0.0, 0.0]}, "fit_within", [1.0, -1.0, 0.0, 0.0]),
        ({"fit": [3.0, 1.0, 0.0, 0.0]}, "fit_between", [2.0, 2.0, 0.0, 0.0]),
        ({"phq9_first": 16.0}, "phq9_first", [16.0, 16.0, 16.0, 16.0]),
    ],
)  # fmt: skip
def test_derived_columns_by_hand(change, column, expected):
    """Four clients of two therapists; columns in their own units, products from centred factors."""
    table = pd.DataFrame(
        {
            "client_id": list("abcd"),
            "therapist_id": ["s", "s", "t", "t"],
            "finished": True,
            "deteriorated": [True, False, False, True],
            "phq9_first": [10, 12, 14, 20],
            "age_band": ["18-25", "26-64", "75-89", "26-64"],
            "competence": [-2.0, -2.0, 0.4, 0.4],
            "burnout": [1.5, 1.5, -0.5, -0.5],
            "fit": [1.0, 0.0, 0.5, 0.0],
            "vulnerable": [True, False, False, True],
        }
    )
    covariates = {"age_band": ("age",), "vulnerable": ("burnout", "vulnerable", "burnout:vulnerable")}
    covariates |= {"burnout": covariates["vulnerable"], "competence": ("competence_below",), "fit": ("fit",)}
    (variable,) = change
    data = from_clients(table, covariates.get(variable, (variable,)), dataset="four")
    k = data.covariate_names.index(column)
    moved = data.centre[k] + data.scale[k] * counterfactual(data, change)[:, k]
    np.testing.assert_allclose(moved, expected, atol=1e-12)


# avg_comparisons(model, variables={...}) of marginaleffects 0.6.1 (for Python; R's is like it) for statsmodels 0.15's
# logit("y ~ phq9_first + C(age_band) + competence + np.maximum(-1 - competence, 0) + burnout * v"), per 1,000;
# scores and states from each client's own value to one unit more (its default is from half a unit less to half more).
PEER = {
    "phq9_first": 46.66026247680122,
    "competence": -85.92189446264642,
    "burnout": 124.08277668612804,
    "vulnerable": 14.999178581751703,
    "age[18-25]": 27.440584041365955,
    "age[65-74]": 36.9271431722224,
    "age[75-89]": 33.00855741556641,
}


def peer_table() -> pd.DataFrame:
    """600 clients without chance, so that every machine has the same."""
    number = np.arange(600)
    therapist = number % 30
    table = pd.DataFrame(
        {
            "client_id": [f"C{k:03d}" for k in number],
            "therapist_id": [f"T{k:02d}" for k in therapist],
            "finished": True,
            "phq9_first": np.rint(14 + 6 * np.sin(2 * np.pi * number / 7.3)).astype(int),
            "age_band": np.array(["26-64", "18-25", "26-64", "65-74", "26-64", "75-89", "26-64"])[(number * 5) % 7],
            "competence": 1.6 * np.sin(1.7 * therapist),
            "burnout": 1.3 * np.cos(2.3 * therapist + 0.4),
            "vulnerable": (number * 7) % 5 == 0,
        }
    )
    odds = -1.4 + 0.06 * table["phq9_first"] - 0.4 * table["competence"]
    odds += 0.5 * table["burnout"] * (1 + table["vulnerable"])
    return table.assign(deteriorated=expit(odds) > (number * 0.6180339887) % 1)


def test_marginal_effects_are_those_of_marginaleffects():
    covariates = ("phq9_first", "age", "competence", "competence_below", "burnout", "vulnerable", "burnout:vulnerable")
    data = from_clients(peer_table(), covariates, dataset="peer")
    design = np.column_stack([np.ones(len(data.trials)), data.covariates])
    beta = GLM(data.deteriorated, design, family=families.Binomial()).fit(tol=1e-12).params
    draws = {"intercept": beta[None, :1], "coefficients": beta[None, None, 1:]}
    draws |= {"therapist_sd": np.zeros((1, 1)), "therapist_effect": np.zeros((1, 1, 30))}
    tree = posterior_tree(data, draws, {}, {"model": "interaction", "engine": "nuts", "seed": 1}, DIMS)
    found = {name: risk_difference(data, tree, before, after)[0] for name, before, after in contrasts(data)}
    assert found == pytest.approx(PEER, rel=1e-5)


def test_one_client_at_a_time_leaves_the_others_as_they_are():
    few = simulate(LogitNormal(clients_per_therapist=(7, 7), intercept=-1.0, therapist_sd=0.4), Noise(4)).clients
    data = from_clients(few, ("fit",), dataset="few")
    together = data.covariates
    (alone,) = (after for name, _, after in contrasts(data) if name == "fit[one]")
    values = data.profile.variables["fit"]
    for row in range(len(values)):
        changed = values.copy()
        changed[row] += 1.0
        np.testing.assert_allclose(counterfactual(data, {"fit": changed})[row], alone[row], atol=1e-12)
    np.testing.assert_allclose(alone.sum(axis=1) - together.sum(axis=1), 1.0)  # within and between add up to the change
    with pytest.raises(DataError, match="must be one of 18-25"):
        counterfactual(from_clients(few, ("age",), dataset="few"), {"age_band": "90"})
