"""What would happen if: by `pm.do` on the PyMC model, in the world that is known, and in the simulated one."""

import numpy as np
import pandas as pd
import pymc as pm
import pytest
from scipy.special import expit

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers.what_if import (
    DRAWS,
    PER,
    causal_truth,
    counterfactual,
    marginal_effects,
    risk_change,
    shifted,
    through_burnout,
)
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.covariates import KNOT
from iatrogenesis.inference.data.outcomes import counts
from iatrogenesis.inference.data.posterior import posterior_tree
from iatrogenesis.inference.engines.collapsed.engine import DIMS, sample
from iatrogenesis.inference.models import interaction
from iatrogenesis.inference.models.by_name import model
from iatrogenesis.inference.models.therapist import TRUE_STATES
from iatrogenesis.simulation_study.logit_normal import Coefficients, LogitNormal, simulate, truth
from iatrogenesis.study.study import load_study
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.judged import Sample
from tests.conftest import CONFIG

EFFECTS = Coefficients(phq9_first=0.3, burnout=0.5, competence=-0.3, vulnerable=0.4, burnout_by_vulnerable=0.6)
DESIGN = LogitNormal(clients_per_therapist=(50,) * 60, intercept=-2.0, therapist_sd=0.4, coefficients=EFFECTS)


@pytest.fixture(scope="module")
def priors():
    return load_study(CONFIG / "tiny.yaml", CONFIG).config.fit.priors


@pytest.fixture(scope="module")
def clients() -> pd.DataFrame:
    return simulate(DESIGN, Noise(4)).clients


@pytest.fixture(scope="module")
def fitted(clients, priors):
    data = from_clients(clients, interaction.TRUE_STATES, dataset="interaction")
    return data, sample("interaction", data, priors, 1, draws=4000)


def test_the_answer_is_that_of_pm_do(clients, priors):
    data = from_clients(clients, TRUE_STATES, dataset="d")
    rng = np.random.default_rng(1)
    draws = {
        "intercept": rng.normal(-2, 0.1, (2, 5)),
        "coefficients": rng.normal(0, 0.3, (2, 5, len(data.covariate_names))),
        "therapist_sd": rng.uniform(0.2, 0.6, (2, 5)),
        "therapist_effect": rng.normal(0, 0.4, (2, 5, len(data.therapist_ids))),
    }
    tree = posterior_tree(data, draws, {}, {"model": "therapist", "engine": "nuts", "seed": 1}, DIMS)
    ours = risk_change(data, tree, {"burnout": -1.0})
    built = model("therapist").build(data, priors)
    with built:
        odds = pm.Deterministic("rate", pm.math.sigmoid(_odds(built)), dims="row")
    done = pm.do(built, {"covariates": shifted(data, {"burnout": -1.0})})
    theirs = []
    for world in (built, done):
        rate = world.compile_fn(world["rate"], inputs=_inputs(world), on_unused_input="ignore")
        theirs.append([rate(_point(draws, c, d)).mean() for c in range(2) for d in range(5)])
    np.testing.assert_allclose(ours, PER * (np.array(theirs[1]) - theirs[0]), rtol=1e-9)
    assert odds.name == "rate"


def _odds(built):
    effects = built["intercept"] + built["therapist_effect"]
    return effects[built["therapist_index"]] + pm.math.dot(built["covariates"], built["coefficients"])


def _inputs(world):
    return [world[name] for name in ("intercept", "coefficients", "therapist_sd", "therapist_standard")]


def _point(draws, chain: int, draw: int) -> dict:
    point = {name: draws[name][chain, draw] for name in ("intercept", "coefficients", "therapist_sd")}
    return point | {"therapist_standard": draws["therapist_effect"][chain, draw] / point["therapist_sd"]}


def test_interactions_recover_their_truth(fitted):
    data, tree = fitted
    posterior = tree["posterior"]["coefficients"]
    for name, value in truth(DESIGN, data).items():
        if name.startswith("log_odds_ratio"):
            draws = posterior.sel(covariate=name.removeprefix("log_odds_ratio[").removesuffix("]")).values.ravel()
            assert abs(draws.mean() - value) < 4 * draws.std(), name


def test_truth_of_products_is_that_of_the_log_odds(fitted):
    """The log odds of every client, from the columns and their true coefficients, are those it was drawn with."""
    data, _ = fitted
    exact = truth(DESIGN, data)
    drawn = simulate(DESIGN, Noise(4))
    slopes = np.array([exact[f"log_odds_ratio[{name}]"] for name in data.covariate_names])
    found = exact["intercept"] + data.covariates @ slopes
    effect = drawn.therapists.set_index("therapist_id")["effect"].loc[drawn.clients["therapist_id"]].to_numpy()
    expected = drawn.log_odds - effect
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_products_follow_what_is_shifted(fitted):
    data, _ = fitted
    moved = shifted(data, {"burnout": -1.0})
    names = list(data.covariate_names)
    b, v, p = (names.index(name) for name in ("burnout", "vulnerable", "burnout:vulnerable"))
    before = data.covariates[:, b] * data.covariates[:, v] - data.covariates[:, p]
    after = moved[:, b] * moved[:, v] - moved[:, p]
    np.testing.assert_allclose(after, before, atol=1e-12)
    others = [k for k in range(len(names)) if k not in (b, p)]
    np.testing.assert_array_equal(moved[:, others], data.covariates[:, others])
    with pytest.raises(DataError, match="'burnuot' is not among the variables of these clients: phq9_first"):
        shifted(data, {"burnuot": 1.0})
    with pytest.raises(DataError, match="no profile"):
        shifted(counts("d", ("a", "b"), [1, 2], [9, 9]), {"burnout": 1.0})


def plain(table: pd.DataFrame, fitted: pd.DataFrame) -> pd.DataFrame:
    """The interaction model's columns as its documentation has them, from one table by the units of another."""
    own = table.groupby("therapist_id")
    found = {}
    for name in ("phq9_first", "gad7_first", "deprivation"):
        found[name] = (table[name] - fitted[name].mean()) / fitted[name].std(ddof=0)
    for band in ("18-25", "65-74", "75-89"):
        found[f"age[{band}]"] = (table["age_band"] == band) - (fitted["age_band"] == band).mean()
    for name in ("competence", "burnout"):
        found[name] = table[name] - fitted[name].mean()
    found["fit_within"] = table["fit"] - own["fit"].transform("mean")
    found["fit_between"] = own["fit"].transform("mean") - fitted["fit"].mean()
    found["vulnerable"] = table["vulnerable"] - fitted["vulnerable"].mean()
    both = [(t["burnout"] - fitted["burnout"].mean()) * (t["vulnerable"] - fitted["vulnerable"].mean())
            for t in (table, fitted)]  # fmt: skip
    found["burnout:vulnerable"] = both[0] - both[1].mean()
    below = [(KNOT - t["competence"]).clip(lower=0.0) for t in (table, fitted)]
    found["competence_below"] = below[0] - below[1].mean()
    return pd.DataFrame(found)


def test_marginal_effects_are_those_recomputed_from_the_table(fitted, clients):
    """Plain g-computation: change the table, derive all columns anew, average the risk; every kind of variable."""
    data, tree = fitted
    table = marginal_effects(data, tree).set_index("covariate")["value"]
    posterior = tree["posterior"]
    draws = {
        name: posterior[name].values.reshape(-1, *posterior[name].shape[2:])
        for name in ("intercept", "coefficients", "therapist_effect")
    }
    every = np.linspace(0, len(draws["intercept"]) - 1, DRAWS).astype(int)

    def risk(changed: pd.DataFrame) -> np.ndarray:
        columns = plain(changed, clients)[list(data.covariate_names)].to_numpy(dtype=float)
        odds = draws["intercept"][every] + draws["therapist_effect"][every][:, data.therapist].T
        return expit(odds + columns @ draws["coefficients"][every].T)

    def effect(after: dict, before: dict | None = None) -> float:
        return PER * (risk(clients.assign(**after)).mean() - risk(clients.assign(**(before or {}))).mean())

    expected = {
        name: effect({name: clients[name] + clients[name].std(ddof=0)})
        for name in ("phq9_first", "gad7_first", "deprivation")
    }
    expected |= {name: effect({name: clients[name] + 1.0}) for name in ("competence", "burnout", "fit")}
    reference = {"age_band": "26-64"}
    expected |= {f"age[{band}]": effect({"age_band": band}, reference) for band in ("18-25", "65-74", "75-89")}
    expected["vulnerable"] = effect({"vulnerable": True}, {"vulnerable": False})
    number = clients.groupby("therapist_id")["fit"].transform("size")
    own = plain(clients, clients)
    own = own.assign(fit_within=own["fit_within"] + 1 - 1 / number, fit_between=own["fit_between"] + 1 / number)
    odds = draws["intercept"][every] + draws["therapist_effect"][every][:, data.therapist].T
    moved = expit(odds + own[list(data.covariate_names)].to_numpy(dtype=float) @ draws["coefficients"][every].T)
    expected["fit[one]"] = PER * (moved.mean() - risk(clients).mean())
    assert set(table.index) == set(expected)
    for name, value in expected.items():
        assert table[name] == pytest.approx(value, abs=1e-8), name


def test_columns_that_are_fitted_are_those_of_the_documentation(fitted, clients):
    data, _ = fitted
    np.testing.assert_allclose(data.covariates, plain(clients, clients)[list(data.covariate_names)], atol=1e-12)
    np.testing.assert_array_equal(counterfactual(data, {}), data.covariates)


def test_marginal_effects_hold_the_change_that_the_truth_makes(fitted, clients):
    data, tree = fitted
    table = marginal_effects(data, tree).set_index("covariate")
    assert "burnout:vulnerable" not in table.index
    now = simulate(DESIGN, Noise(4)).log_odds
    risk = [expit(now), expit(now + EFFECTS.burnout + EFFECTS.burnout_by_vulnerable * clients["vulnerable"].to_numpy())]
    truth = PER * (risk[1] - risk[0]).mean()
    row = table.loc["burnout"]
    assert row["low"] < truth < row["high"]
    assert row["mcse"] < (row["high"] - row["low"]) / np.sqrt(DRAWS)


def test_causal_truth_counts_twins(study):
    design = Design(replicates=4, therapists=10, services=2, clients_per_therapist=30)
    worlds = study.what_if_worlds
    routine_care, rested = (
        Sample.of(study.setup.run(worlds[name], design), study.instruments, study.config.judgement)
        for name in ("routine_care", "burnout_down")
    )
    found = causal_truth(rested, routine_care)
    both = routine_care.finished & rested.finished
    expected = 1000 * (rested.deteriorated[both].mean() - routine_care.deteriorated[both].mean())
    assert found["truth"] == pytest.approx(expected) and found["truth"] < 0
    assert causal_truth(routine_care, routine_care) == {"truth": 0.0, "truth_mcse": 0.0}


@pytest.mark.parametrize(("field", "column"), [("severity_by_burnout", "phq9_first"), ("course_by_burnout", None)])
def test_allocation_ties_clients_to_burnout_in_every_world_alike(study, field, column):
    plain = Design(therapists=60, services=4, clients_per_therapist=30)
    tied = plain.model_copy(update={field: 2.0 if column else 0.3})
    runs = {
        (name, design is tied): study.setup.run(study.what_if_worlds[name], design)
        for name in ("routine_care", "burnout_down")
        for design in (plain, tied)
    }
    moved = {key: run.clients.level if column else run.clients.natural_slope for key, run in runs.items()}
    np.testing.assert_array_equal(moved["routine_care", True], moved["burnout_down", True])
    assert (
        np.corrcoef(
            moved["routine_care", True] - moved["routine_care", False],
            runs["routine_care", True].state.burnout_at_start,
        )[0, 1]
        > 0.5
    )


def test_a_caseload_limit_acts_through_burnout():
    therapists = pd.DataFrame({"therapist_id": list("abc"), "caseload": [10, 20, 30]})
    clients = pd.DataFrame({"therapist_id": list("aabbcc"), "burnout_rating": [0.0, 0.0, 0.5, 0.5, 1.0, 1.1]})
    change, unsure = through_burnout(therapists, clients, 20)
    np.testing.assert_allclose(change, [0, 0, 0, 0, -0.525, -0.525])
    assert 0 < unsure < 0.1
