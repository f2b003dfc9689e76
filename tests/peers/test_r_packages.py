"""Both engines and our maximum likelihood beside R: lme4, glmmTMB, and brms with the same priors.

`reference.csv` holds what R gave, so that the comparison runs without R; where R is installed, it is run again.
"""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.inference.engines import maximum_likelihood
from iatrogenesis.inference.engines.collapsed import engine as collapsed
from iatrogenesis.inference.engines.nuts import compile_model
from iatrogenesis.inference.engines.nuts import sample as sample_nuts
from iatrogenesis.inference.engines.sampler import Sampler
from tests.peers.sets import PRIORS, SETS, write

HERE = Path(__file__).parent
REFERENCE = pd.read_csv(HERE / "reference.csv")
FAR = 5.0  # combined Monte Carlo standard errors


def theirs(name: str, method: str, table: pd.DataFrame = REFERENCE) -> pd.DataFrame:
    """Estimates of one method in the order intercept, coefficients, therapist SD."""
    return table[(table["dataset"] == name) & (table["method"] == method)].reset_index(drop=True)


def installed(*packages: str) -> bool:
    if shutil.which("Rscript") is None:
        return False
    wanted = " && ".join(f"requireNamespace('{package}', quietly = TRUE)" for package in packages)
    done = subprocess.run(["Rscript", "-e", f"quit(status = !({wanted}))"], capture_output=True, check=False)
    return done.returncode == 0


def by_r(folder: Path, *methods: str, names=SETS) -> pd.DataFrame:
    write(folder, names)
    command = ["Rscript", str(HERE / "fit.R"), str(folder), str(folder / "found.txt"), *methods]
    subprocess.run(command, check=True, capture_output=True)
    return pd.read_csv(folder / "found.txt")


@pytest.fixture(scope="module", params=SETS)
def data(request):
    return SETS[request.param]()


@pytest.fixture(scope="module")
def likeliest(data) -> maximum_likelihood.MaximumLikelihood:
    return maximum_likelihood.fit(data, nodes=25)


def test_maximum_likelihood_is_that_of_lme4(data, likeliest):
    """lme4 with 25 nodes: the same up to where its optimiser stops."""
    found = theirs(data.dataset, "lme4")
    errors = likeliest.standard_error
    assert np.all(np.abs(likeliest.estimate - found["estimate"]) < 0.02 * errors)
    np.testing.assert_allclose(errors[:-1], found["error"].dropna(), rtol=0.02)


def test_maximum_likelihood_is_near_that_of_glmmtmb(data, likeliest):
    """glmmTMB has one node (Laplace), which draws the SD of small units a little towards zero."""
    found = theirs(data.dataset, "glmmTMB")
    assert np.all(np.abs(likeliest.estimate - found["estimate"]) < 0.1 * likeliest.standard_error)


def draws_of(tree) -> np.ndarray:
    """Draws of intercept, coefficients and therapist SD, shape (draws, k + 2)."""
    posterior = tree["posterior"]
    parts = [posterior[name].values for name in ("intercept", "coefficients", "therapist_sd")]
    return np.column_stack([part.reshape(posterior.sizes["chain"] * posterior.sizes["draw"], -1) for part in parts])


def agree(tree, data, effective: np.ndarray | float) -> None:
    found, draws = theirs(data.dataset, "brms"), draws_of(tree)
    mcse = draws.std(axis=0) / np.sqrt(effective)
    distance = np.abs(draws.mean(axis=0) - found["estimate"]) / np.hypot(mcse, found["mcse"])
    assert distance.max() < FAR, dict(zip(found["parameter"], distance, strict=True))
    np.testing.assert_allclose(draws.std(axis=0), found["error"], rtol=0.08)


def test_collapsed_is_brms(data):
    tree = collapsed.sample("casemix", data, PRIORS, 1, draws=20_000)
    agree(tree, data, float(tree["sample_stats"]["effective"].values.flat[0]))


@pytest.mark.slow
def test_nuts_is_brms(data):
    import arviz_stats

    compiled = compile_model("casemix", data, PRIORS)
    tree = sample_nuts(compiled, data, Sampler(chains=4, draws=2000, tune=500, target_accept=0.9, cores=2), 1)
    ess = arviz_stats.ess(tree["posterior"].to_dataset()[["intercept", "coefficients", "therapist_sd"]], method="mean")
    agree(tree, data, np.concatenate([np.atleast_1d(ess[name].values) for name in ess.data_vars]))


@pytest.mark.peers
@pytest.mark.slow
@pytest.mark.skipif(not installed("lme4", "glmmTMB"), reason="R with lme4 and glmmTMB is not installed (apt packages)")
def test_r_still_gives_the_committed_maximum_likelihood(tmp_path):
    found = by_r(tmp_path, "lme4", "glmmTMB")
    for name in SETS:
        for method in ("lme4", "glmmTMB"):
            # Versions of R packages stop their optimisers at slightly different places.
            estimates = (theirs(name, method, table)["estimate"] for table in (found, REFERENCE))
            np.testing.assert_allclose(*estimates, rtol=2e-3, atol=1e-3)


@pytest.mark.peers
@pytest.mark.slow
@pytest.mark.skipif(not installed("brms"), reason="R with brms is not installed (apt packages)")
def test_brms_still_gives_the_committed_posterior(tmp_path):
    found = by_r(tmp_path, "brms", names=["cbpp"])
    now, then = (theirs("cbpp", "brms", table) for table in (found, REFERENCE))
    assert np.all(np.abs(now["estimate"] - then["estimate"]) < FAR * np.hypot(now["mcse"], then["mcse"]))
    np.testing.assert_allclose(now["error"], then["error"], rtol=0.08)
