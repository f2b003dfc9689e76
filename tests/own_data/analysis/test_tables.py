"""All tables from prepared ones: complete, the same again, without the word null, and there when columns are not."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.posterior import without_draws
from iatrogenesis.own_data.analysis import attribution, definitions, estimates, fit_checks, fits, unfinished
from iatrogenesis.own_data.analysis.choose import choose, table
from iatrogenesis.own_data.analysis.ready import ready
from iatrogenesis.own_data.analysis.risks import score
from iatrogenesis.own_data.analysis.tables import tables
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.own_data.reporting.methods_paragraph import references
from tests.own_data.analysis.conftest import about, own

NAMES = {
    *("models", "missing_covariates", "diagnostics", "predictive", "estimates", "noise", "allocation", "therapists"),
    *("flags", "funnel", "overdispersion", "sensitivity_definition", "sensitivity_missing"),
    *("sensitivity_attribution", "sensitivity_priors", "what_if"),
}


@pytest.fixture(scope="module")
def settings():
    return own(rating_reliability={"burnout": 0.64})


@pytest.fixture(scope="module")
def posteriors(prepared, settings, priors):
    return fits.fit_all(prepared, settings, priors)


@pytest.fixture(scope="module")
def found(prepared, posteriors, settings, priors):
    return tables(prepared, posteriors, settings, priors)


def texts(rows: pd.DataFrame) -> set[str]:
    return {value for column in rows for value in rows[column] if isinstance(value, str)}


def test_every_table_is_there_with_rows_and_without_the_word_null(found):
    assert set(found) == NAMES
    for name, rows in found.items():
        assert len(rows), name
        assert not any("null" in text.split() or text == "nan" for text in texts(rows)), name
    assert found["models"].set_index("model")["fitted"].to_dict() == {
        "intercept only": True,
        "case mix": True,
        "case mix and ratings": True,
        "burnout by vulnerability": False,
        "therapists within services": False,
        "multiple membership": False,
        "ratings with error": False,
        "outcome in four steps": False,
        "growth curves": False,
        "dropout and completion": False,
    }
    assert found["diagnostics"]["passed"].all()


def test_no_small_therapist_is_named_in_any_table(found):
    for name, rows in found.items():
        assert not any("T003" in text for text in texts(rows)), name


def test_the_same_seed_gives_the_same_draws(prepared, posteriors, priors):
    again = fits.fit_all(prepared, own(models=["casemix"]), priors)["casemix"]["posterior"]
    for name, values in posteriors["casemix"]["posterior"].data_vars.items():
        np.testing.assert_array_equal(values, again[name])


@pytest.mark.slow
def test_the_same_seed_gives_the_same_tables(prepared, posteriors, settings, priors, found):
    for name, rows in tables(prepared, posteriors, settings, priors).items():
        pd.testing.assert_frame_equal(rows, found[name])


def test_coefficients_are_per_sd_and_per_point(found, simulated):
    rows = found["estimates"]
    rows = rows[rows["model"] == "case mix"].set_index("estimand")
    per = rows.loc["log_odds_ratio[phq9_first]"]
    sd = simulated.loc[simulated["finished"], "phq9_first"].std(ddof=0)
    np.testing.assert_allclose(per["per_point"] * sd, per["estimate"])
    np.testing.assert_allclose(per["odds_ratio"], np.exp(per["estimate"]))
    assert per["unit"] == "log odds ratio per SD of these clients" and per["point"] == "point of the score"
    assert np.isnan(rows.loc["therapist_sd", "per_point"])


def test_a_reliability_gives_the_effect_of_what_is_rated(found):
    rows = found["estimates"].set_index(["model", "estimand"])["estimate"]
    rated = rows["case mix and ratings", "log_odds_ratio[burnout_rating]"]
    np.testing.assert_allclose(rows["case mix and ratings", "log_odds_ratio[burnout]"], rated / 0.8)


def test_where_the_data_hardly_move_the_prior_the_table_says_so(simulated, priors):
    few = simulated.groupby("therapist_id").head(5)
    settings = own(models=["intercept_only"])
    prepared = Prepared(about(ratings=()), {"clients": few})
    rows = estimates.table(ready(prepared, settings), fits.fit_all(prepared, settings, priors), priors)
    spread = rows[rows["estimand"] == "therapist_sd"].iloc[0]
    assert spread["moved"].startswith("hardly moved") or spread["contraction"] < 0.5
    assert spread["precision"].startswith("hardly known") and spread["overlap"] > 0.5


def test_definitions_and_missing_outcomes_move_the_rate_the_right_way(found):
    by = found["sensitivity_definition"].set_index("definition")
    assert by.loc["PHQ-9: one SD", "rate"] <= by.loc["PHQ-9: 5 points", "rate"]
    assert by["used"].sum() == 1 and by.loc["the one used", "rank_correlation"] == 1.0
    missing = found["sensitivity_missing"]
    tilted = missing[missing["odds_ratio"].notna()].sort_values("odds_ratio")
    assert tilted["odds_ratio"].tolist() == [0.5, 1.0, 1.5, 2.0, 3.0, 5.0]
    assert tilted["unknown_rate"].is_monotonic_increasing and tilted["rate"].is_monotonic_increasing
    assert set(missing[missing["kind"] == "case mix"]["assumption"]) == {
        "complete cases only",
        "with indicators of what is missing",
    }


def test_priors_and_what_ifs_say_what_they_assume(found):
    changes = set(found["sensitivity_priors"]["change"])
    assert changes == {"scale halved", "scale doubled", "power-scaled"}
    half = found["sensitivity_priors"].set_index(["prior", "change", "estimand"])["estimate"]
    assert half["therapist_sd", "scale halved", "therapist_sd"] < half["therapist_sd", "scale doubled", "therapist_sd"]
    for assumed in ("by chance", "before the outcomes"):
        assert found["what_if"]["assumptions"].str.contains(assumed).all()


def test_no_coefficient_is_said_to_do_something(found):
    assert not found["estimates"]["precision"].str.contains("raises|lowers|causes").any()


def test_reliabilities_name_a_source_of_the_bibliography():
    for value, source in definitions.RETEST.values():
        assert 0 < value < 1 and source.split(",")[0] in references() and "note" in source


def test_ids_and_outcomes_are_enough(simulated, priors):
    bare = simulated[["client_id", "therapist_id", "finished", "deteriorated"]]
    prepared = Prepared(about(case_mix=(), ratings=(), instruments={}, judged_by=()), {"clients": bare})
    found = tables(prepared, fits.fit_all(prepared, own(), priors), own(), priors)
    models = found["models"].set_index("model")
    assert models.loc["intercept only", "main"] and "No case mix" in models.loc["intercept only", "cost"]
    assert found["what_if"].empty and len(found["therapists"]) == 12


def test_every_course_finished_is_no_obstacle(simulated, priors):
    done = simulated[simulated["finished"]]
    start = ready(Prepared(about(ratings=()), {"clients": done}), own())
    tree = fits.fitted("casemix", start.data(), priors, 1)
    found = unfinished.table(start, tree, score(tree), priors)
    assert found["odds_ratio"].isna().all() and len(found) == 3


def test_columns_that_cannot_be_used_are_left_out_with_the_reason(simulated):
    odd = simulated.assign(
        x_twin=2 * simulated["phq9_first"] + 1,
        x_same=1.0,
        x_gone=np.where(np.arange(len(simulated)) % 2, 1.0, np.nan),
    )
    start = ready(Prepared(about(case_mix=("phq9_first", "x_twin", "x_same", "x_gone")), {"clients": odd}), own())
    assert start.case_mix == ("phq9_first",)
    assert "repeats what 'phq9_first'" in start.left_out["x_twin"]
    assert start.left_out["x_same"] == "it is the same for everybody"
    assert "% of the values are missing" in start.left_out["x_gone"]


def test_a_fit_without_draws_is_shown_and_counted(prepared, posteriors, settings, priors):
    start = ready(prepared, settings)
    about_it = {"model": "therapist", "engine": "collapsed", "seed": 1}
    lost = without_draws(choose(start).datas["therapist"], about_it, "the weights were unreliable")
    every = {"intercept_only": posteriors["intercept_only"], "therapist": lost}
    row = fit_checks.diagnostics(every).set_index("model").loc["case mix and ratings"]
    assert not row["passed"] and "the weights were unreliable" in row["reasons"]
    models = table(start, choose(start), ("intercept_only",)).set_index("model")
    assert not models.loc["case mix and ratings", "fitted"]
    assert models.loc["case mix and ratings", "reason"] == "the fit gave no draws"
    assert set(estimates.table(start, every, priors)["model"]) == {"intercept only"}


def test_two_therapists_and_services_have_their_models(simulated, priors):
    moved = np.arange(len(simulated)) % 9 == 0
    first = np.where(moved, np.roll(simulated["therapist_id"].to_numpy(), 50), None)
    clients = simulated.assign(
        first_therapist_id=first,
        first_share=np.where(moved, 0.6, np.nan),
        most_therapist_id=np.where(moved, first, simulated["therapist_id"]),
        service_id=[f"S{int(name[1:]) % 6}" for name in simulated["therapist_id"]],
    )
    prepared = Prepared(about(ratings=(), two_therapists=True), {"clients": clients})
    settings = own(attribution="membership", models=["intercept_only", "casemix", "service", "membership"])
    start, posteriors = ready(prepared, settings), fits.fit_all(prepared, settings, priors)
    models = table(start, choose(start), tuple(posteriors)).set_index("model")
    assert models.loc["multiple membership", "main"] and models.loc["therapists within services", "fitted"]
    own_score = score(posteriors["membership"])
    by = attribution.table(start, own_score, priors).set_index("attribution")
    assert by.loc["most contacts", "elsewhere"] > 0
    assert by.loc["all therapists, by their share of the contacts", "rank_correlation"] < 1


@pytest.mark.trial(kind="refused", what="settings that name nothing known")
def test_settings_that_name_nothing_known_are_refused(prepared):
    with pytest.raises(
        DataError, match=r"analysis.models: 'casmix' is not known; choose among intercept_only, casemix"
    ):
        fits.fit_all(prepared, own(models=["casmix"]), fits.priors_of(own()))
    with pytest.raises(DataError, match=r"analysis.priors: 'sd' is not known"):
        fits.priors_of(own(priors={"sd": {"scale": 1.0}}))
    with pytest.raises(DataError, match=r"analysis.priors.therapist_sd.scale: .*greater than 0"):
        fits.priors_of(own(priors={"therapist_sd": {"scale": -1.0}}))
    changed = fits.priors_of(own(priors={"therapist_sd": {"scale": 0.3}})).therapist_sd
    assert changed.scale == 0.3 and "settings" in changed.reason
