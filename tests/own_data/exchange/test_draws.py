"""Draws as R's package posterior takes them."""

import subprocess

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.exchange.draws import FORMS, draws_table, write_draws
from tests.peers.test_r_packages import installed

CHAINS, DRAWS = 2, 30
THERAPISTS = ["T01", "T,2", "=T[3]"]
COLUMNS = ["phq9_first", "age[18-25]"]


@pytest.fixture(scope="module")
def tree() -> xr.DataTree:
    rng = np.random.Generator(np.random.Philox(3))
    dims = ("chain", "draw")
    arrays = {
        "intercept": (dims, rng.normal(size=(CHAINS, DRAWS))),
        "therapist_sd": (dims, rng.gamma(2, size=(CHAINS, DRAWS))),
        "coefficients": ((*dims, "covariate"), rng.normal(size=(CHAINS, DRAWS, 2))),
        "therapist_effect": (("therapist", *dims), rng.normal(size=(3, CHAINS, DRAWS))),
        "slopes": ((*dims, "therapist", "covariate"), rng.normal(size=(CHAINS, DRAWS, 3, 2))),
    }
    coords = {"chain": range(CHAINS), "draw": range(DRAWS), "therapist": THERAPISTS, "covariate": COLUMNS}
    return xr.DataTree.from_dict({"posterior": xr.Dataset(arrays, coords=coords)})


def test_every_number_has_a_column_by_its_name(tree):
    table, posterior = draws_table(tree), tree["posterior"]
    assert list(table[".draw"]) == list(range(1, CHAINS * DRAWS + 1))
    assert table.groupby(".chain")[".iteration"].agg(["min", "max", "size"]).to_numpy().tolist() == [[1, 30, 30]] * 2
    row = table[(table[".chain"] == 2) & (table[".iteration"] == 8)].iloc[0]
    at = {"chain": 1, "draw": 7}
    assert row["therapist_sd"] == posterior["therapist_sd"].sel(at).item()
    for therapist, label in zip(THERAPISTS, ["T01", "T;2", "=T(3)"], strict=True):
        assert row[f"therapist_effect[{label}]"] == posterior["therapist_effect"].sel(therapist=therapist, **at).item()
        value = posterior["slopes"].sel(therapist=therapist, covariate="age[18-25]", **at).item()
        assert row[f"slopes[{label},age(18-25)]"] == value
    assert table.shape[1] == 3 + 1 + 1 + 2 + 3 + 6


@pytest.mark.parametrize("form", FORMS)
def test_the_file_holds_the_table(tree, form, tmp_path):
    path = tmp_path / f"draws{FORMS[form]}"
    write_draws(tree, path, form)
    if form == "netcdf":
        found = xr.open_dataset(path, engine="h5netcdf").to_dataframe().reset_index()
    else:
        found = pd.read_csv(path) if form == "csv" else pd.read_parquet(path)
    table = draws_table(tree)
    pd.testing.assert_frame_equal(found[list(table.columns)], table, rtol=1e-9)


@pytest.mark.trial(kind="refused", what="draws whose names would be the same")
def test_names_that_would_be_the_same_are_refused(tree):
    alike = tree["posterior"].to_dataset().assign_coords(therapist=["T,2", "T;2", "x"])
    with pytest.raises(DataError, match=r"therapist_effect\[T;2\]"):
        draws_table(xr.DataTree.from_dict({"posterior": alike}))


def test_a_fit_without_draws_says_why():
    tree = xr.DataTree()
    tree.attrs = {"dataset": "my_service", "failed": "Pareto k 0.9"}
    with pytest.raises(DataError, match=r"my_service: this fit gave no draws \(Pareto k 0\.9\)"):
        draws_table(tree)


@pytest.mark.slow
@pytest.mark.peers
@pytest.mark.skipif(not installed("posterior"), reason="R with posterior is not installed (apt packages)")
@pytest.mark.parametrize("form", ["csv", "netcdf"])
def test_posterior_takes_them(tree, form, tmp_path):
    """As `draws_df`, and as arrays by name."""
    if form == "netcdf" and not installed("RNetCDF"):
        pytest.skip("R with RNetCDF is not installed (apt packages)")
    write_draws(tree, tmp_path / f"draws{FORMS[form]}", form)
    read = {
        "csv": 'read.csv("draws.csv", check.names = FALSE)',
        "netcdf": 'as.data.frame(RNetCDF::read.nc(RNetCDF::open.nc("draws.nc")), optional = TRUE)',
    }
    script = f"""
    draws <- posterior::as_draws_df({read[form]})
    arrays <- posterior::as_draws_rvars(draws)
    stopifnot(posterior::nchains(draws) == 2, posterior::niterations(draws) == 30)
    stopifnot(identical(dim(arrays$therapist_effect), 3L), identical(dim(arrays$slopes), c(3L, 2L)))
    second <- posterior::subset_draws(draws, chain = 2)
    cat(sprintf("%.9f", c(mean(second$therapist_sd), mean(arrays$therapist_effect)[["T01"]])))
    """
    done = subprocess.run(["Rscript", "-e", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    posterior = tree["posterior"]
    wanted = [posterior["therapist_sd"].sel(chain=1).mean(), posterior["therapist_effect"].sel(therapist="T01").mean()]
    np.testing.assert_allclose([float(text) for text in done.stdout.split()], wanted, atol=1e-8)
