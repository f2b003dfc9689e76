"""What would happen if: by `pm.do` on the PyMC model, in the world that is known, and in the simulated one."""

import numpy as np
import pandas as pd
import pymc as pm
import pytest
from scipy.special import expit

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.answers.what_if import (
    DRAWS,
    PER,
    causal_truth,
    marginal_effects,
    risk_change,
    shifted,
    through_burnout,
)
from iatrogenesis.inference.data.clients import from_clients
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
    people = drawn.clients
    expected = -2.0 + 0.3 * (people["phq9_first"] - 15) / 5 - 0.3 * people["competence"] + 0.4 * people["vulnerable"]
    expected += 0.5 * people["burnout"] + 0.6 * people["burnout"] * people["vulnerable"]
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
    with pytest.raises(KeyError):
        shifted(data, {"burnuot": 1.0})


def test_marginal_effects_hold_the_change_that_the_truth_makes(fitted, clients):
    data, tree = fitted
    table = marginal_effects(data, tree).set_index("covariate")
    assert "burnout:vulnerable" not in table.index
    people = simulate(DESIGN, Noise(4))
    effect = people.therapists.set_index("therapist_id")["effect"].loc[clients["therapist_id"]].to_numpy()
    base = -2.0 + 0.3 * (clients["phq9_first"] - 15) / 5 - 0.3 * clients["competence"] + effect
    vulnerable, burnout = clients["vulnerable"].to_numpy(), clients["burnout"].to_numpy()
    risk = [expit(base + 0.4 * vulnerable + (0.5 + 0.6 * vulnerable) * (burnout + step)).mean() for step in (0.0, 1.0)]
    row = table.loc["burnout"]
    assert row["low"] < PER * (risk[1] - risk[0]) < row["high"]
    assert row["mcse"] < (row["high"] - row["low"]) / np.sqrt(DRAWS)


def test_causal_truth_counts_twins(study):
    design = Design(replicates=4, therapists=10, services=2, clients_per_therapist=30)
    worlds = study.what_if_worlds
    base, rested = (
        Sample.of(study.setup.run(worlds[name], design), study.instruments, study.config.judgement)
        for name in ("base", "burnout_down")
    )
    found = causal_truth(rested, base)
    both = base.finished & rested.finished
    expected = 1000 * (rested.deteriorated[both].mean() - base.deteriorated[both].mean())
    assert found["truth"] == pytest.approx(expected) and found["truth"] < 0
    assert causal_truth(base, base) == {"truth": 0.0, "truth_mcse": 0.0}


@pytest.mark.parametrize(("field", "column"), [("severity_by_burnout", "phq9_first"), ("course_by_burnout", None)])
def test_allocation_ties_clients_to_burnout_in_every_world_alike(study, field, column):
    plain = Design(therapists=60, services=4, clients_per_therapist=30)
    tied = plain.model_copy(update={field: 2.0 if column else 0.3})
    runs = {
        (name, design is tied): study.setup.run(study.what_if_worlds[name], design)
        for name in ("base", "burnout_down")
        for design in (plain, tied)
    }
    moved = {key: run.clients.level if column else run.clients.natural_slope for key, run in runs.items()}
    np.testing.assert_array_equal(moved["base", True], moved["burnout_down", True])
    assert (
        np.corrcoef(moved["base", True] - moved["base", False], runs["base", True].state.burnout_at_start)[0, 1] > 0.5
    )


def test_a_caseload_limit_acts_through_burnout():
    therapists = pd.DataFrame({"therapist_id": list("abc"), "caseload": [10, 20, 30]})
    clients = pd.DataFrame({"therapist_id": list("aabbcc"), "burnout_rating": [0.0, 0.0, 0.5, 0.5, 1.0, 1.1]})
    change, unsure = through_burnout(therapists, clients, 20)
    np.testing.assert_allclose(change, [0, 0, 0, 0, -0.525, -0.525])
    assert 0 < unsure < 0.1
