"""The comparators beside R: lme4, glmmTMB, geepack, sandwich, and a few lines of R where no package has it.

`comparators.csv` holds what `comparators.R` gave; where R is installed, it is run again.
"""

import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import gammaincinv

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.engines.laplace import Laplace
from iatrogenesis.inference.engines.maximum_likelihood import fit
from iatrogenesis.inference.engines.profile import profile
from iatrogenesis.inference.engines.quadrature import Integrand
from iatrogenesis.inference.models import casemix
from iatrogenesis.simulation_study.methods import beta_binomial, bootstrap, funnel, random_effects
from iatrogenesis.simulation_study.methods.answer import TRAITS
from iatrogenesis.simulation_study.methods.by_name import method
from iatrogenesis.simulation_study.methods.likelihood import LAPLACE, fitted
from iatrogenesis.simulation_study.methods.regression import design, estimable, prepared
from tests.peers.sets import SETS, rated, write, write_rated
from tests.peers.test_r_packages import HERE, installed

ENDS = ["estimate", "low", "high"]
REFERENCE = pd.read_csv(HERE / "comparators.csv")
RATINGS = {"competence": "competence_rating", "burnout": "burnout_rating", "fit": "fit_rating_within"}


def theirs(peer: str, name: str = "rated") -> pd.DataFrame:
    rows = REFERENCE[(REFERENCE["peer"] == peer) & (REFERENCE["dataset"] == name)]
    return rows.set_index("parameter")


@pytest.fixture(scope="module")
def one():
    return rated()


def answer(name: str, data_set):
    return next(iter(method(name).answers([data_set], None)))


def estimate(found, name):
    return next(each for each in found.estimates if each.estimand == name)


def of_therapists(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of therapists, by their number."""
    own = table[[str(name).isdigit() for name in table.index]]
    return own.set_axis(own.index.astype(int)).sort_index()


@pytest.mark.parametrize("name", ["simulated", "cbpp"])
@pytest.mark.parametrize(("peer", "nodes"), [("lme4", 25), ("lme4, Laplace", 1)])
def test_the_profile_of_the_therapist_sd_is_that_of_lme4(name, peer, nodes):
    """Both with the same number of nodes; lme4 interpolates its profile by splines."""
    data, known = SETS[name](), theirs(peer, name)
    found = fit(data, nodes)
    spread = profile((Laplace(data) if nodes == 1 else Integrand(data, nodes)).at, found)
    sd = known.loc["therapist_sd"]
    np.testing.assert_allclose((spread.estimate, spread.low, spread.high), sd[ENDS].astype(float), rtol=5e-3)
    beta = known.drop("therapist_sd")
    assert np.all(np.abs(found.estimate[:-1] - beta["estimate"]) < 0.02 * beta["error"])
    np.testing.assert_allclose(found.standard_error[:-1], beta["error"], rtol=0.03)


def test_predictions_and_their_errors_are_near_those_of_glmmtmb(one):
    """Both of Laplace's fit. glmmTMB's errors are linear in the therapist SD; ours are averaged over what it may be."""
    log_odds, se = random_effects.predicted(fitted(one, casemix.COVARIATES, LAPLACE))[:2]
    known = of_therapists(theirs("glmmTMB, prediction"))
    np.testing.assert_allclose(log_odds, known["estimate"], atol=0.01)
    np.testing.assert_allclose(se, known["error"], rtol=0.1)
    assert np.abs(np.mean(se / known["error"]) - 1) < 0.03


def test_the_beta_binomial_is_that_of_glmmtmb(one):
    _, found = beta_binomial.likeliest(prepared(one, ()))
    known = theirs("glmmTMB, beta-binomial")
    assert found.estimate[0] == pytest.approx(known.loc["logit_mean", "estimate"], abs=1e-4)
    assert found.standard_error[0] == pytest.approx(known.loc["logit_mean", "error"], rel=0.01)
    assert 1 / found.estimate[1] ** 2 == pytest.approx(known.loc["size", "estimate"], rel=1e-3)


def test_estimating_equations_are_those_of_geepack(one):
    """statsmodels and geepack differ a little in the moments that give the correlation."""
    found, known = answer("gee", one), theirs("geepack")
    for trait, column in RATINGS.items():
        ours, row = estimate(found, f"log_odds_ratio_marginal[{trait}]"), known.loc[column]
        assert ours.estimate == pytest.approx(row["estimate"], abs=0.05 * row["error"])
        assert row["error"] < ours.se < 1.35 * row["error"]  # the correction for few therapists makes errors larger


def test_the_cluster_bootstraps_errors_are_those_of_sandwich(one):
    """Each with its own 2,000 resamples: a Monte Carlo error of 2 % in either."""
    data, known = estimable(prepared(one)), theirs("sandwich, bootstrap")
    weights = bootstrap.resampled(len(data.therapist_ids), Noise(3), 2000)
    weights = np.vstack([np.ones(len(data.therapist_ids)), weights])
    clients = bootstrap.Clients.of(design(data), data.deteriorated.astype(float), data.therapist)
    beta, _ = bootstrap.weighted(clients, weights)
    for column in RATINGS.values():
        place = 1 + data.covariate_names.index(column)
        assert beta[0, place] == pytest.approx(known.loc[column, "estimate"], abs=1e-5)
        assert beta[1:, place].std() == pytest.approx(known.loc[column, "error"], rel=0.08)


def test_firths_estimates_profile_and_corrected_rates_are_those_of_r(one):
    found, known = answer("firth", one), theirs("R, Firth")
    ours, row = estimate(found, "log_odds_ratio_rated[fit]"), known.loc["fit_rating_within"]
    np.testing.assert_allclose((ours.estimate, ours.low, ours.high), row[ENDS].astype(float), atol=1e-3)
    np.testing.assert_allclose(found.therapists["rate"], of_therapists(known)["estimate"], rtol=2e-3)


def test_funnel_limits_are_those_of_r(one):
    found, known = answer("funnel", one).therapists, theirs("R, funnel")
    scores = of_therapists(known)["estimate"]
    np.testing.assert_allclose(found["score"], scores, atol=1e-5)
    data, exact = prepared(one, ()), of_therapists(theirs("R, exact"))
    expected = gammaincinv(data.events + 1.0, 0.975) / exact["high"].to_numpy()
    assert funnel.overdispersed(data.events, expected)[1] == pytest.approx(known.loc["between", "estimate"], rel=1e-5)
    average = data.events.sum() / data.clients.sum()
    np.testing.assert_allclose(found["low"], average * exact["low"], atol=1e-6)
    np.testing.assert_allclose(found["high"], average * exact["high"], rtol=1e-5)


def test_calibrated_coefficients_are_those_of_lme4_with_calibrated_ratings(one):
    found, known = answer("calibration", one), theirs("lme4, calibrated")
    for trait in TRAITS:
        ours, row = estimate(found, f"log_odds_ratio[{trait}]"), known.loc[RATINGS[trait]]
        assert ours.estimate == pytest.approx(row["estimate"], abs=0.02 * row["error"])
        assert 0.97 * row["error"] < ours.se < 1.2 * row["error"]  # ours knows that the calibration is estimated


@pytest.mark.peers
@pytest.mark.slow
@pytest.mark.skipif(
    not installed("lme4", "glmmTMB", "geepack", "sandwich"),
    reason="R with lme4, glmmTMB, geepack and sandwich is not installed (apt packages)",
)
def test_r_still_gives_the_committed_comparators(tmp_path: Path):
    write(tmp_path, ["simulated", "cbpp"])
    write_rated(tmp_path)
    command = ["Rscript", str(HERE / "comparators.R"), str(tmp_path), str(tmp_path / "found.txt")]
    subprocess.run(command, check=True, capture_output=True)
    now = pd.read_csv(tmp_path / "found.txt")
    pd.testing.assert_frame_equal(now[["peer", "dataset", "parameter"]], REFERENCE[["peer", "dataset", "parameter"]])
    # Versions of R packages stop their optimisers at slightly different places.
    for column in ("estimate", "error", "low", "high"):
        sampled = REFERENCE["peer"].eq("sandwich, bootstrap") & (column == "error")
        np.testing.assert_allclose(now[column][~sampled], REFERENCE[column][~sampled], rtol=5e-3, atol=2e-3)
