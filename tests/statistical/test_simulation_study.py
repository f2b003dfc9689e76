"""Where the truth is simple, methods find it; and what would be wrong is seen to be wrong."""

import numpy as np
import pytest
from scipy.stats import binom
from tests.conftest import CONFIG

from iatrogenesis.core.tables import DataError
from iatrogenesis.simulation_study.cells import read_cells
from iatrogenesis.simulation_study.judge import judged
from iatrogenesis.simulation_study.run import run
from iatrogenesis.simulation_study.truth import truth

REPLICATES = 60
FAR = 4.5  # Monte Carlo standard errors; some thirty comparisons here
BURNOUT = "log_odds_ratio[burnout]"


@pytest.fixture(scope="module")
def cells():
    return read_cells(CONFIG / "study_design.csv")


@pytest.fixture(scope="module")
def study_of(study, cells):
    """Judge one method in one cell; each is run once."""
    known, found = {}, {}

    def of(name: str, method: str, change=lambda table: table):
        cell = cells[name]
        surroundings = study.surroundings(cell)
        if name not in known:
            known[name] = truth(cell, surroundings, REPLICATES, 0)
        if (name, method) not in found:
            ((_, *found[name, method]),) = run([method], cell, surroundings, study.method_settings, range(REPLICATES))
        estimates, therapists = found[name, method]
        true, rates = known[name]
        table = judged(name, method, change(estimates), therapists, true, rates, REPLICATES)
        return table.set_index(["estimand", "measure"]).sort_index()

    return of


@pytest.mark.parametrize("method", ["glmm", pytest.param("therapist", marks=pytest.mark.slow)])
def test_effects_of_states_known_without_error_are_found_without_bias(study_of, method):
    """The prior of the Bayesian coefficient draws by a few per cent: its SD is 5 standard errors of the estimate."""
    table = study_of("reliability_100", method)
    shrinkage = 0.25 * 0.05 if method == "therapist" else 0.0
    for estimand in (BURNOUT, "log_odds_ratio[competence]", "log_odds_ratio[fit]", "risk_change[burnout]"):
        bias, mcse = table.loc[(estimand, "bias"), ["value", "mcse"]]
        slack = shrinkage * (60 if estimand.startswith("risk") else 1)
        assert abs(bias) < FAR * mcse + slack, (estimand, bias, mcse)
        held = round(table.loc[(estimand, "coverage"), "value"] * REPLICATES)
        assert binom.cdf(held, REPLICATES, 0.95) > 1e-4, estimand


def test_a_biased_method_is_caught(study_of):
    """The same estimates, a fifth too large, do not pass for unbiased."""

    def inflated(estimates):
        wrong = estimates.copy()
        rows = wrong["estimand"] == BURNOUT
        wrong.loc[rows, ["estimate", "low", "high"]] += 0.4 * 0.25
        return wrong

    bias, mcse = study_of("reliability_100", "glmm", inflated).loc[(BURNOUT, "bias"), ["value", "mcse"]]
    assert abs(bias) > FAR * mcse


@pytest.mark.slow
def test_ignoring_therapists_is_too_sure(study_of):
    """The known mistake: intervals of what belongs to the therapist are too short, not those of the client's own."""
    table = study_of("few_with_many", "logistic")
    error, mcse = table.loc[(BURNOUT, "model_se_error"), ["value", "mcse"]]
    assert error < -2 * mcse
    assert abs(table.loc[("log_odds_ratio[fit]", "model_se_error"), "value"]) < 0.3


@pytest.mark.slow
def test_noisy_ratings_hide_by_the_root_of_their_reliability(study_of):
    """Effects of the therapist's are attenuated by the reliability's root: ratings have the spread of the states."""
    value = study_of("reliability_60", "glmm").loc[(BURNOUT, "bias"), ["value", "mcse"]]
    expected = 0.25 * (np.sqrt(0.6) - 1)
    assert abs(value["value"] - expected) < FAR * value["mcse"]


@pytest.mark.slow
def test_shrunken_rates_are_nearer_to_the_truth_than_raw_ones(study_of):
    raw, drawn = (
        study_of("clients_15", method).loc[("therapist_rate", "rmse"), "value"] for method in ("raw", "casemix")
    )
    assert drawn < 0.8 * raw


@pytest.mark.slow
def test_more_spread_orders_therapists_better(study_of):
    few, many = (
        study_of(name, "null").loc[("therapist_rank", "rank_correlation"), "value"] for name in ("sd_42", "sd_100")
    )
    assert many > few + 0.1


def test_missing_and_doubled_replicates_are_refused(study, cells):
    cell = cells["small"]
    surroundings = study.surroundings(cell)
    true, rates = truth(cell, surroundings, 6, 0)
    ((_, estimates, therapists),) = run(["glmm"], cell, surroundings, study.method_settings, range(6))

    def judge(change):
        return judged("small", "glmm", change(estimates), change(therapists), true, rates, 6)

    assert len(judge(lambda table: table)) > 20
    silent = estimates.groupby("replicate").head(1).assign(estimand="", estimate=np.nan, problem="nobody got worse")
    nothing = judged("small", "glmm", silent, therapists.iloc[:0], true, rates, 6)
    assert nothing[["estimand", "measure", "value", "failures"]].to_numpy().tolist() == [["all", "failed", 1.0, 6]]
    with pytest.raises(DataError, match="replicate 4 is missing"):
        judge(lambda table: table[table["replicate"] != 4])
    with pytest.raises(DataError, match="duplicate replicate"):
        judge(lambda table: table.loc[table.index.repeat(2)])
