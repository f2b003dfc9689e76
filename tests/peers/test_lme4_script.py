"""docs/lme4.R repeats the main fit from exported clients; held to our maximum likelihood and to the posterior."""

import subprocess

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.files import write_parquet
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.engines import maximum_likelihood
from iatrogenesis.inference.engines.collapsed.engine import sample
from iatrogenesis.inference.models import casemix
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.own_data.exchange.codebook import read_codebook
from iatrogenesis.own_data.exchange.dataset import of_simulated
from iatrogenesis.own_data.exchange.tabular import write_tables
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.tidy import clients_table
from tests.conftest import CONFIG, ROOT
from tests.peers.test_r_packages import installed

pytestmark = [
    pytest.mark.peers,
    pytest.mark.skipif(not installed("lme4"), reason="R with lme4 is not installed (apt packages)"),
]
REASON = "so wide that the posterior is nearly the likelihood"
WIDE = Priors.model_validate(
    {
        "intercept": {"mean": 0.0, "sd": 10.0, "reason": REASON},
        "coefficient": {"sd": 5.0, "reason": REASON},
        "therapist_sd": {"scale": 5.0, "reason": REASON},
    }
)
DESIGN = Design(therapists=40, services=2, clients_per_therapist=60)


@pytest.fixture(scope="module")
def clients(study) -> pd.DataFrame:
    run = study.setup.run(study.catalogue["routine_care"], DESIGN)
    return clients_table(run, study.instruments, study.config.judgement)


@pytest.fixture(scope="module")
def data(clients):
    return from_clients(clients, casemix.COVARIATES, dataset="routine_care")


def run(folder, *arguments):
    command = ["Rscript", str(ROOT / "docs" / "lme4.R"), "clients.csv", "found.csv", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def exported(clients, tmp_path_factory):
    """A CSV file exported as the script says."""
    folder = tmp_path_factory.mktemp("lme4")
    write_parquet(clients, folder / "clients.parquet")
    exported = of_simulated(folder, "routine_care", read_codebook(CONFIG / "codebook.yaml")[0], "routine_care")
    write_tables(exported, folder, "csv")
    return folder


@pytest.fixture(scope="module")
def theirs(exported):
    """What the script writes and prints."""
    done = run(exported)
    assert done.returncode == 0, done.stderr
    return pd.read_csv(exported / "found.csv").set_index("parameter"), done.stdout


def test_it_says_what_it_fitted(theirs, data):
    found, said = theirs
    assert said.startswith(f"{data.trials.sum()} finished courses of {len(data.therapist_ids)} therapists, ")
    assert f"{data.deteriorated.sum()} deteriorated" in said
    assert list(found.index) == ["intercept", *data.covariate_names, "therapist_sd", "vpc"]


def test_it_is_our_maximum_likelihood(theirs, data):
    found, ours = theirs[0], maximum_likelihood.fit(data, nodes=25)
    estimates = found["estimate"].drop("vpc")
    assert np.all(np.abs(ours.estimate - estimates) < 0.02 * ours.standard_error)
    np.testing.assert_allclose(ours.standard_error[:-1], found["error"].dropna(), rtol=0.02)


def test_the_posterior_is_about_its_estimates(theirs, data):
    """The likelihood is skewed in the SD, in the intercept with it, and in rare age bands: there its mean lies off."""
    found, tree = theirs[0], sample("casemix", data, WIDE, 1, draws=8000)
    posterior = tree["posterior"]
    columns = [posterior["intercept"].values.ravel(), posterior["therapist_sd"].values.ravel()]
    columns += list(posterior["coefficients"].values.reshape(-1, len(data.covariate_names)).T)
    for name, draws in zip(["intercept", "therapist_sd", *data.covariate_names], columns, strict=True):
        distance = (draws.mean() - found.loc[name, "estimate"]) / draws.std()
        skewed = name.startswith(("age", "therapist_sd", "intercept"))
        assert abs(distance) < (0.6 if skewed else 0.15), (name, distance)
        if not skewed:
            assert draws.std() == pytest.approx(found.loc[name, "error"], rel=0.15), name
    low, high = np.quantile(columns[1], [0.05, 0.95])
    assert low < found.loc["therapist_sd", "estimate"] < high
    sd = found.loc["therapist_sd", "estimate"]
    assert found.loc["vpc", "estimate"] == pytest.approx(sd**2 / (sd**2 + np.pi**2 / 3), rel=1e-6)


def test_it_takes_covariates_of_ones_own(exported, clients):
    """Spread and slope do not depend on how categories are coded."""
    table = clients.rename(columns={"problem": "x_problem"})
    ours = maximum_likelihood.fit(from_clients(table, ("phq9_first", "x_problem"), dataset="routine_care"), nodes=25)
    done = run(exported, "phq9_first", "problem")
    assert done.returncode == 0, done.stderr
    found = pd.read_csv(exported / "found.csv").set_index("parameter")["estimate"]
    assert abs(found["phq9_first"] - ours.estimate[1]) < 0.02 * ours.standard_error[1]
    assert abs(found["therapist_sd"] - ours.estimate[-1]) < 0.02 * ours.standard_error[-1]
    refused = run(exported, "surname")
    assert refused.returncode != 0 and "no column surname in clients.csv" in refused.stderr
