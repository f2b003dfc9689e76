"""Each method against something else that knows the answer, and against data that have none."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import binom

from iatrogenesis.figures.methods import COLOURS
from iatrogenesis.inference.engines.maximum_likelihood import fit
from iatrogenesis.simulation_study.data_generation import data_sets
from iatrogenesis.simulation_study.methods import FACTS, NAMES, SLOW, seconds
from iatrogenesis.simulation_study.methods.by_name import method
from iatrogenesis.simulation_study.methods.regression import design, estimable, prepared, risk_change
from iatrogenesis.simulation_study.run import ESTIMATES, run
from tests.conftest import design_cells

WITHOUT_PRIORS = (
    "logistic", "firth", "gee", "glmm", "laplace", "bootstrap", "beta_binomial", "funnel", "calibration", "james_stein"
)  # fmt: skip
FAST = [name for name in NAMES if name not in SLOW]


@pytest.fixture(scope="module")
def cells():
    return design_cells()


@pytest.fixture(scope="module")
def one(study, cells):
    cell = cells["clients_150"]
    return next(data_sets(cell, study.surroundings(cell), range(3, 4), sessions=False))


@pytest.fixture(scope="module")
def answered(study, cells, one):
    settings = study.method_settings(cells["clients_150"])
    return {name: next(iter(method(name).answers([one], settings))) for name in FAST}


def estimate(answer, name):
    return next(found for found in answer.estimates if found.estimand == name)


def test_every_method_says_what_it_is():
    assert all(look in COLOURS for _, look in (facts["LOOK"] for facts in FACTS.values()))
    for name in NAMES:
        module = method(name)
        assert all(getattr(module, fact) == value for fact, value in FACTS[name].items() if fact != "__doc__"), name
        assert len(method(name).__doc__) > 80 and seconds(name, 3000) > 0
    with pytest.raises(ValueError, match="'anova' is not known"):
        method("anova")


def test_raw_rates_are_counts(answered, one):
    finished = one.clients[one.clients["finished"]]
    counts = finished.groupby("therapist_id")["deteriorated"].agg(["sum", "size"]).astype(int)
    table = answered["raw"].therapists
    assert np.allclose(table["rate"], counts["sum"] / counts["size"])
    average = (counts["sum"] / counts["size"]).mean()
    expected = 1 - binom.sf(counts["sum"] - 1, counts["size"], 2 * average)
    assert np.allclose(table["exceeds"], expected, atol=1e-12)


def test_logistic_regression_is_at_the_maximum_of_its_likelihood(answered, one):
    data = prepared(one)
    columns, events = design(data), data.deteriorated

    def unlikely(beta):
        odds = columns @ beta
        return np.sum(np.logaddexp(0, odds)) - events @ odds

    best = minimize(unlikely, np.r_[-2.7, np.zeros(columns.shape[1] - 1)], method="BFGS", options={"gtol": 1e-6}).x
    place = 1 + data.covariate_names.index("burnout_rating")
    found = estimate(answered["logistic"], "log_odds_ratio_marginal[burnout]")
    assert found.estimate == pytest.approx(best[place], abs=1e-4)
    risk = expit(columns @ best)
    information = columns.T @ (columns * (risk * (1 - risk))[:, None])
    expected = np.sqrt(np.linalg.inv(information)[place, place])
    assert found.se == pytest.approx(expected, rel=1e-3)


def test_estimating_equations_of_clients_dealt_out_anew_are_logistic_regression(one):
    """No likeness within therapists is left to find, and the sandwich is close to the model's own errors."""
    dealt = one.clients["therapist_id"].to_numpy()[np.random.default_rng(2).permutation(len(one.clients))]
    mixed = replace(one, clients=one.clients.assign(therapist_id=dealt))
    found = next(iter(method("gee").answers([mixed], None)))
    plain = next(iter(method("logistic").answers([mixed], None)))
    name = "log_odds_ratio_marginal[competence]"
    assert estimate(found, name).estimate == pytest.approx(estimate(plain, name).estimate, abs=0.01)
    assert estimate(found, name).se == pytest.approx(estimate(plain, name).se, rel=0.2)


def test_estimating_equations_are_surer_of_nothing_than_the_data_allow(answered):
    """What belongs to the therapist is less certain once clients count as alike."""
    name = "log_odds_ratio_marginal[burnout]"
    assert estimate(answered["gee"], name).se > 1.2 * estimate(answered["logistic"], name).se


def test_maximum_likelihood_is_the_engines(answered, one):
    found = fit(estimable(prepared(one)))
    table = found.table().set_index("estimand")
    ours = estimate(answered["glmm"], "log_odds_ratio_rated[burnout]")
    assert ours.estimate == pytest.approx(table.loc["log_odds_ratio[burnout_rating]", "estimate"], abs=1e-5)
    assert ours.se == pytest.approx(table.loc["log_odds_ratio[burnout_rating]", "se"], rel=1e-4)
    assert estimate(answered["glmm"], "residual_sd_rated").estimate == pytest.approx(
        table.loc["therapist_sd", "estimate"], abs=1e-4
    )


def test_bayes_and_maximum_likelihood_agree_where_data_are_many(answered):
    for name in ("log_odds_ratio_rated[burnout]", "log_odds_ratio_rated[fit]", "risk_change_rated[burnout]"):
        one, other = estimate(answered["therapist"], name), estimate(answered["glmm"], name)
        assert abs(one.estimate - other.estimate) < 0.35 * other.se, name
    ranks = [answered[name].therapists["score"].rank() for name in ("glmm", "casemix")]
    assert np.corrcoef(*ranks)[0, 1] > 0.98


def test_the_error_of_the_change_of_risk_is_the_deltas(one):
    data = estimable(prepared(one))
    generator = np.random.default_rng(1)
    k = data.covariates.shape[1] + 1
    beta = np.r_[-2.8, generator.normal(0, 0.2, k - 1)]
    half = generator.normal(0, 0.05, (k, k))
    covariance = half @ half.T
    for sd in (0.0, 0.7):
        found = risk_change(data, beta, covariance, sd)
        step, slope = 1e-5, np.zeros(k)
        for place in range(k):
            ends = [
                risk_change(data, beta + sign * step * np.eye(k)[place], covariance, sd).estimate for sign in (1, -1)
            ]
            slope[place] = (ends[0] - ends[1]) / (2 * step)
        assert found.se == pytest.approx(np.sqrt(slope @ covariance @ slope), rel=1e-5)


def test_bands_without_events_join_the_reference(one):
    clients = one.clients.copy()
    clients.loc[clients["age_band"] == "75-89", "deteriorated"] = False
    data = prepared(replace(one, clients=clients))
    assert "age[75-89]" in data.covariate_names
    assert "age[75-89]" not in estimable(data).covariate_names
    assert estimable(prepared(one)) is not None


@pytest.mark.parametrize("name", [*FAST, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)])
def test_data_without_an_answer_are_counted_and_stop_nothing(study, cells, monkeypatch, name):
    """Nobody gets worse in the second of three data sets, and one therapist has no name in the third."""
    cell = cells["world_small" if FACTS[name].get("SESSIONS") else "small"]
    from iatrogenesis.simulation_study import run as module

    def spoiled(cell, surroundings, replicates, sessions):
        for number, one in enumerate(data_sets(cell, surroundings, replicates, sessions)):
            clients = one.clients.copy()
            if number == 1:
                clients["deteriorated"] = clients["deteriorated"].mask(clients["finished"].astype(bool), False)
            if number == 2:
                clients = clients.drop(columns=["age_band", "finished"])  # every method needs one of them
            yield replace(one, clients=clients)

    monkeypatch.setattr(module, "data_sets", spoiled)
    ((_, estimates, therapists),) = run([name], cell, study.surroundings(cell), study.method_settings(cell), range(3))
    assert list(estimates.columns) == list(ESTIMATES)
    failed = estimates[estimates["problem"] != ""]
    assert 2 in set(failed["replicate"]) and failed["estimand"].eq("").all()
    assert failed.loc[failed["replicate"] == 2, "problem"].str.contains("is missing").all()
    answered = set(estimates.loc[estimates["problem"] == "", "replicate"]) | set(therapists["replicate"])
    assert 0 in answered and 2 not in answered
    assert {0, 1, 2} == answered | set(failed["replicate"])
    if name in WITHOUT_PRIORS:
        assert 1 in set(failed["replicate"])
    assert pd.api.types.is_float_dtype(therapists["score"])
