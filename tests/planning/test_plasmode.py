"""Plasmode: the table stays as it is but for its outcomes, and what is said to be true of those is true."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.engines.maximum_likelihood import fit
from iatrogenesis.planning.error_rates import error_rates
from iatrogenesis.planning.plasmode import Truth, most_burnout, plasmode
from iatrogenesis.planning.truths import rates, truths
from iatrogenesis.simulation_study.methods.answer import Settings

TRUE = Truth(therapist_sd=0.7, burnout=0.4, reliability=0.7)


def service(therapists: int, clients: int, seed: int = 1) -> pd.DataFrame:
    """A service's table, of no model of this project: skewed ratings, lists of unequal length, unfinished courses."""
    rng = np.random.default_rng(seed)
    therapist = np.repeat(np.arange(therapists), rng.poisson(clients, therapists) + 3)
    rating = rng.gamma(4, 0.5, therapists) - 2.0
    phq = rng.integers(5, 27, therapist.size)
    age = rng.choice(["18-25", "26-64", "65-74", "75-89"], therapist.size, p=[0.2, 0.6, 0.15, 0.05])
    finished = rng.random(therapist.size) < 0.8
    worse = rng.random(therapist.size) < expit(-3.2 + 0.08 * phq)
    table = pd.DataFrame(
        {
            "client_id": [f"C{k:05d}" for k in range(therapist.size)],
            "therapist_id": [f"T{k:03d}" for k in therapist],
            "phq9_first": phq,
            "gad7_first": np.clip(phq - rng.integers(0, 8, therapist.size), 0, 21),
            "age_band": age,
            "burnout_rating": rating[therapist],
            "phq9_last": phq + 1,
            "finished": finished,
        }
    )
    return table.assign(deteriorated=pd.array(np.where(finished, worse, None), dtype="boolean"))


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return service(40, 25)


@pytest.fixture(scope="module")
def made(table):
    return plasmode(table, TRUE, 3, dataset="mine")


@pytest.fixture(scope="module")
def known(made) -> pd.Series:
    return truths(made).set_index("estimand")["truth"]


def test_rows_stay_and_outcomes_are_new(made, table):
    first, second = made.data_sets(range(2))
    kept = ["client_id", "therapist_id", "phq9_first", "gad7_first", "age_band", "burnout_rating", "finished"]
    for one in (first, second):
        pd.testing.assert_frame_equal(one.clients[kept], table[kept])
        assert "phq9_last" not in one.clients  # what the table says of the end belongs to its own outcomes
        assert one.clients["deteriorated"].isna().equals(~table["finished"])
        assert one.reliability["burnout"] == 0.7
    worse = [one.clients["deteriorated"].fillna(False).astype(bool) for one in (first, second)]
    assert 0 < (worse[0] != worse[1]).mean() < 0.5
    (again,) = made.data_sets(range(1, 2))
    pd.testing.assert_frame_equal(again.clients, second.clients)


def test_chance_belongs_to_people_not_to_rows(made, table):
    """Another order of the rows, or another case mix to adjust for, moves no chance event."""
    order = np.random.default_rng(5).permutation(len(table))
    mixed = plasmode(table.iloc[order], TRUE, 3, dataset="mine")
    np.testing.assert_array_equal(mixed.therapists(4), made.therapists(4))
    ours, theirs = (
        one.clients.set_index("client_id")["deteriorated"].sort_index()
        for one in (*made.data_sets(range(4, 5)), *mixed.data_sets(range(4, 5)))
    )
    pd.testing.assert_series_equal(ours, theirs)


def test_the_rate_is_that_of_the_table_or_the_one_asked_for(made, table):
    finished = table["finished"].to_numpy()
    asked = float(table.loc[finished, "deteriorated"].mean())
    number = 400
    for one, rate in ((made, asked), (made.under(TRUE.model_copy(update={"rate": 0.2})), 0.2)):
        shares = [one.outcomes(k).mean() for k in range(number)]
        assert np.mean(shares) == pytest.approx(rate, abs=4 * np.std(shares) / np.sqrt(number))


def test_truths_by_brute_force(made, known):
    """Plain numbers from another generator: 4,000 worlds of the table's rows, true burnout drawn given its rating."""
    rng, worlds = np.random.default_rng(8), 4000
    place = made.data.therapist
    rating, j = made.rating, len(made.data.therapist_ids)
    b, share = TRUE.burnout, TRUE.reliability
    sums = np.zeros(5)
    spread = []
    mean_risk = np.zeros(len(rating))
    for _ in range(worlds):
        hidden, own = rng.normal(size=j), made.own_sd * rng.normal(size=j)
        burnout = np.sqrt(share) * rating + np.sqrt(1 - share) * hidden[place]
        base = made.intercept + made.case_mix + own[place]
        now = expit(base + b * burnout)
        rested, relabelled = expit(base + b * (burnout - 1)), expit(base + b * (burnout - np.sqrt(share)))
        unrated = base + b * np.sqrt(1 - share) * hidden[place]
        sums += [one.mean() for one in (now, rested, relabelled, expit(base), expit(unrated))]
        mean_risk += now / worlds
        therapist = np.array([burnout[place == k][0] for k in range(j)])
        spread.append(np.var(b * therapist + own, ddof=1))
    now, rested, relabelled, average, unrated = sums / worlds
    assert known["therapist_sd"] == pytest.approx(np.sqrt(np.mean(spread)), rel=0.01)
    assert known["therapist_sd"] == pytest.approx(0.7)
    assert known["risk_change[burnout]"] == pytest.approx(1000 * (rested - now), rel=0.02)
    assert known["risk_change_rated[burnout]"] == pytest.approx(1000 * (relabelled - now), rel=0.02)
    assert known["net_fraction"] == pytest.approx(1 - average / now, abs=0.01)
    assert known["net_fraction_rated"] == pytest.approx(1 - unrated / now, abs=0.01)
    columns = np.column_stack([np.ones(len(rating)), made.data.covariates, rating])
    marginal = GLM(mean_risk, columns, family=families.Binomial()).fit().params[-1]
    # the other two ratings are columns too, of no effect
    assert known["log_odds_ratio_marginal[burnout]"] == pytest.approx(marginal, rel=0.03)
    assert abs(known["log_odds_ratio_marginal[competence]"]) < 0.02  # what the curve of the logit leaves
    assert 0 < known["log_odds_ratio_marginal[burnout]"] < known["log_odds_ratio_rated[burnout]"]


def test_truths_are_what_a_large_table_shows():
    """Maximum likelihood in 600 therapists' clients: the rating's effect and what is left between therapists."""
    large = plasmode(service(600, 60, seed=2), Truth(**TRUE.model_dump() | {"rate": 0.15}), 3, dataset="large")
    known = truths(large).set_index("estimand")["truth"]
    (one,) = large.data_sets(range(1))
    case_mix = ("phq9_first", "gad7_first", "age")
    like, rated = (
        fit(from_clients(one.clients, columns, dataset="d", allow_empty=True), 9).table().set_index("estimand")
        for columns in (case_mix, (*case_mix, "burnout_rating"))
    )
    pairs = [(rated, "log_odds_ratio[burnout_rating]", "log_odds_ratio_rated[burnout]")]
    pairs += [(rated, "therapist_sd", "residual_sd_rated"), (like, "therapist_sd", "therapist_sd")]
    for found, name, truth in pairs:
        assert found.loc[name, "estimate"] == pytest.approx(known[truth], abs=4 * found.loc[name, "se"]), truth
    assert found.loc["therapist_sd", "se"] < 0.05


def test_true_rates_of_therapists(made):
    table = rates(made, range(2))
    own = table[table["replicate"] == 1].set_index("therapist")
    effects = made.therapists(1)
    for therapist in (0, 17):
        mine = made.data.therapist == therapist
        risk = expit(made.fixed[mine] + effects[therapist])
        assert own.loc[therapist, "own_rate"] == pytest.approx(risk.mean())
        with_all = made.intercept + TRUE.rated * made.rating[mine][0] + made.case_mix + effects[therapist]
        assert own.loc[therapist, "rate"] == pytest.approx(expit(with_all).mean())
    assert len(own) == np.count_nonzero(made.data.clients)


def test_burnout_that_explains_everything_leaves_nothing(made):
    most = most_burnout(made)
    found = made.under(TRUE.model_copy(update={"burnout": most}))
    assert found.own_sd == pytest.approx(0.0, abs=1e-6)
    assert truths(found).set_index("estimand")["truth"]["therapist_sd"] == pytest.approx(0.7)
    assert made.under(TRUE.model_copy(update={"burnout": 0.9 * most})).own_sd > 0.2


def test_coefficients_given_and_columns_made_up(table):
    bare = table[["client_id", "therapist_id", "finished", "phq9_first"]]
    truth = Truth(therapist_sd=0.5, burnout=0.2, rate=0.1, coefficients={"phq9_first": 0.3})
    found = plasmode(bare, truth, 1, dataset="bare")
    assert found.case_mix.std() == pytest.approx(0.3) and found.data.covariate_names == ("phq9_first",)
    by_therapist = found.clients.groupby("therapist_id")["burnout_rating"].first()
    assert by_therapist.mean() == pytest.approx(0, abs=1e-9) and by_therapist.std() == pytest.approx(1)
    assert {"competence_rating", "fit_rating", "alliance_rating"} <= set(found.clients.columns)
    assert found.outcomes(0).mean() == pytest.approx(0.1, abs=0.06)
    nothing = plasmode(
        bare.drop(columns="phq9_first"), Truth(therapist_sd=0.5, rate=0.1, coefficients={}), 1, dataset="n"
    )
    assert np.all(nothing.case_mix == 0) and nothing.intercept < logit(0.1)


def test_faults_are_named(table):
    with pytest.raises(DataError, match="give the rate and the coefficients"):
        plasmode(table.drop(columns="deteriorated"), TRUE, 1, dataset="mine")
    with pytest.raises(DataError, match="'phq9' is of no column of the case mix; there are phq9_first"):
        plasmode(table, TRUE.model_copy(update={"coefficients": {"phq9": 0.2}}), 1, dataset="mine")
    with pytest.raises(DataError, match="must be in SDs of the reference population"):
        plasmode(table.assign(burnout_rating=20 * table["burnout_rating"]), TRUE, 1, dataset="mine")
    with pytest.raises(DataError, match="2 therapists; a plasmode study needs at least 3"):
        plasmode(table[table["therapist_id"] < "T002"], TRUE, 1, dataset="mine")
    with pytest.raises(DataError, match="column 'therapist_id' is missing"):
        plasmode(table.drop(columns="therapist_id"), TRUE, 1, dataset="mine")
    with pytest.raises(DataError, match="nobody or everybody deteriorated; give a rate"):
        plasmode(table.assign(deteriorated=False), Truth(therapist_sd=1.0, coefficients={}), 1, dataset="mine")


def test_methods_of_the_simulation_study_run_unchanged(study, table):
    whole = table.assign(deprivation=1 + np.arange(len(table)) % 10)
    made = plasmode(whole, TRUE, 3, dataset="mine")
    settings = Settings(priors=study.config.fit.priors, seed=1, sampler=study.config.simulation_study.sampler)
    found = error_rates(made, ["logistic", "casemix"], settings, 12).set_index(["method", "estimand", "measure"])[
        "value"
    ]
    assert found["logistic", "all", "failed"] == 0 and found["casemix", "all", "failed"] == 0
    assert abs(found["casemix", "therapist_sd", "bias"]) < 0.3
    assert found["casemix", "therapist_sd", "coverage"] > 0.6
    assert 0 <= found["casemix", "therapist_rate", "coverage"] <= 1
    assert abs(found["logistic", "log_odds_ratio_marginal[burnout]", "bias"]) < 0.2
    with pytest.raises(ValueError, match="growth needs every session's score"):
        error_rates(made, ["growth"], settings, 12)
