"""Where the truth is simple, methods find it; and what would be wrong is seen to be wrong."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from tests.conftest import design_cells

from iatrogenesis.core.tables import DataError
from iatrogenesis.simulation_study.estimands import concrete
from iatrogenesis.simulation_study.judge import judged
from iatrogenesis.simulation_study.methods import FACTS
from iatrogenesis.simulation_study.run import run
from iatrogenesis.simulation_study.truth import truth

REPLICATES = 60
FAR = 4.5  # Monte Carlo standard errors; some thirty comparisons here
BURNOUT = "log_odds_ratio_rated[burnout]"


@pytest.fixture(scope="module")
def cells():
    return design_cells()


@pytest.fixture(scope="module")
def study_of(study, cells):
    """Judge one method in one cell; each is run once."""
    known, found = {}, {}

    def of(
        name: str,
        method: str,
        change=lambda table: table,
        targets: frozenset[str] | None = None,
        true=lambda table: table,
    ):
        cell = cells[name]
        surroundings = study.surroundings(cell)
        if name not in known:
            known[name] = truth(cell, surroundings, REPLICATES, 0)
        if (name, method) not in found:
            ((_, *found[name, method]),) = run(
                [method], cell, surroundings, study.method_settings(cell), range(REPLICATES)
            )
        estimates, therapists = found[name, method]
        truths, rates = known[name]
        asked = targets or concrete(FACTS[method]["TARGETS"])
        table = judged(name, method, asked, change(estimates), therapists, true(truths), rates, REPLICATES)
        return table.set_index(["estimand", "measure"]).sort_index()

    return of


@pytest.mark.slow
@pytest.mark.parametrize("method", ["glmm", "therapist"])
def test_effects_of_states_known_without_error_are_found_without_bias(study_of, method):
    """The prior of the Bayesian coefficient draws by a few per cent: its SD is 5 standard errors of the estimate."""
    table = study_of("reliability_100", method)
    shrinkage = 0.37 * 0.05 if method == "therapist" else 0.0
    names = (BURNOUT, "log_odds_ratio_rated[competence]", "log_odds_ratio_rated[fit]", "risk_change_rated[burnout]")
    for estimand in names:
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
        wrong.loc[rows, ["estimate", "low", "high"]] += 0.4 * 0.37
        return wrong

    bias, mcse = study_of("reliability_100", "glmm", inflated).loc[(BURNOUT, "bias"), ["value", "mcse"]]
    assert abs(bias) > FAR * mcse


@pytest.mark.slow
def test_ignoring_therapists_is_too_sure(study_of):
    """The known mistake: intervals of what belongs to the therapist are too short, not those of the client's own."""
    table = study_of("few_with_many", "logistic")
    error, mcse = table.loc[("log_odds_ratio_marginal[burnout]", "model_se_error"), ["value", "mcse"]]
    assert error < -2 * mcse
    assert abs(table.loc[("log_odds_ratio_marginal[fit]", "model_se_error"), "value"]) < 0.3


@pytest.mark.slow
@pytest.mark.parametrize(("method", "kind"), [("glmm", "_rated"), ("logistic", "_marginal")])
def test_noisy_ratings_are_held_to_the_odds_ratio_of_ratings(study_of, method, kind):
    """Attenuated against the state's, and right for what is targeted: no bias where the truth is the rating's."""
    value = study_of("reliability_60", method).loc[(f"log_odds_ratio{kind}[burnout]", "bias"), ["value", "mcse"]]
    assert abs(value["value"]) < FAR * value["mcse"] < 0.1


@pytest.mark.slow
def test_an_estimand_mismatch_is_caught(study_of):
    """Estimates of the rating's odds ratio that pass for the state's are seen to be biased."""

    def renamed(estimates):
        return estimates.replace({"estimand": {"log_odds_ratio_rated[burnout]": "log_odds_ratio[burnout]"}})

    table = study_of("reliability_60", "glmm", renamed, targets=frozenset({"log_odds_ratio[burnout]"}))
    bias, mcse = table.loc[("log_odds_ratio[burnout]", "bias"), ["value", "mcse"]]
    assert bias < -3 * mcse  # it is .08 too small


@pytest.mark.slow
def test_a_share_among_these_therapists_is_not_held_to_that_among_all(study_of):
    """Each data set has its own truth; held to their mean, intervals given these therapists are too short."""
    share = "net_fraction_rated"

    def mean_of_all(truths):
        asked = truths["estimand"] == share
        return truths.assign(truth=truths["truth"].where(~asked, truths.loc[asked, "truth"].mean()))

    own = study_of("reference_cell", "therapist").loc[(share, "coverage"), "value"] * REPLICATES
    assert binom.cdf(round(own), REPLICATES, 0.95) > 1e-3
    of_all = study_of("reference_cell", "therapist", true=mean_of_all).loc[(share, "coverage"), "value"] * REPLICATES
    assert binom.cdf(round(of_all), REPLICATES, 0.95) < 1e-6


def test_a_data_set_without_its_truth_is_refused(study, cells):
    cell = cells["small"]
    surroundings = study.surroundings(cell)
    true, rates = truth(cell, surroundings, 3, 0)
    share = {"estimand": "net_fraction_rated", "estimate": 0.1, "se": 0.1, "low": 0.0, "high": 0.3, "rejects": False}
    estimates = pd.DataFrame({"replicate": range(3), **share, "passed": True, "problem": ""})
    nobody = pd.DataFrame(columns=["replicate", "therapist"])
    about = (frozenset({"net_fraction_rated"}), estimates, nobody)
    found = judged("small", "therapist", *about, true, rates, 3).set_index(["estimand", "measure"])["value"]
    of_each = true.loc[true["estimand"] == "net_fraction_rated", "truth"].to_numpy()
    assert found["net_fraction_rated", "bias"] == pytest.approx(0.1 - of_each.mean())
    with pytest.raises(DataError, match="net_fraction_rated: data set 1 has no truth"):
        judged("small", "therapist", *about, true[true["replicate"].ne(1).fillna(True)], rates, 3)


@pytest.mark.slow
def test_shrunken_rates_are_nearer_to_the_truth_than_raw_ones(study_of):
    raw, drawn = (
        study_of("clients_15", method).loc[("own_rate", "rmse"), "value"] for method in ("raw", "intercept_only")
    )
    assert drawn < 0.8 * raw


@pytest.mark.slow
def test_more_spread_orders_therapists_better(study_of):
    few, many = (
        study_of(name, "intercept_only").loc[("therapist_rank", "rank_correlation"), "value"]
        for name in ("sd_low", "sd_high")
    )
    assert many > few + 0.1


def test_missing_and_doubled_replicates_are_refused(study, cells):
    cell = cells["small"]
    surroundings = study.surroundings(cell)
    true, rates = truth(cell, surroundings, 6, 0)
    ((_, estimates, therapists),) = run(["glmm"], cell, surroundings, study.method_settings(cell), range(6))

    targets = concrete(FACTS["glmm"]["TARGETS"])

    def judge(change):
        return judged("small", "glmm", targets, change(estimates), change(therapists), true, rates, 6)

    assert len(judge(lambda table: table)) > 20
    silent = estimates.groupby("replicate").head(1).assign(estimand="", estimate=np.nan, problem="nobody got worse")
    nothing = judged("small", "glmm", targets, silent, therapists.iloc[:0], true, rates, 6)
    assert nothing[["estimand", "measure", "value", "failures"]].to_numpy().tolist() == [["all", "failed", 1.0, 6]]
    with pytest.raises(DataError, match="replicate 4 is missing"):
        judge(lambda table: table[table["replicate"] != 4])
    with pytest.raises(DataError, match="duplicate replicate"):
        judge(lambda table: table.loc[table.index.repeat(2)])
