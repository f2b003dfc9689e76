"""What every engine returns, and how it is kept: one `xarray.DataTree`, one netCDF file, no pickle."""

from importlib.metadata import version
from pathlib import Path

import numpy as np
import xarray as xr

from iatrogenesis.data.files import replacing
from iatrogenesis.models.data import OutcomeData

GROUPS = ("posterior", "sample_stats", "observed_data", "constant_data")
DIMS = {"therapist_effect": ("therapist",), "coefficients": ("covariate",)}
RECORDED = ("pymc", "pytensor", "nutpie", "numba", "numpy", "arviz")


class PosteriorFileError(OSError):
    """A posterior's file is missing, damaged, or not one of ours."""


def posterior_tree(
    data: OutcomeData, posterior: dict[str, np.ndarray], statistics: dict[str, np.ndarray], about: dict[str, str | int]
) -> xr.DataTree:
    """Put draws and data together, in the same form for every engine.

    Parameters
    ----------
    data
        What was fitted.
    posterior
        `intercept` and `therapist_sd`, shape (chains, draws); `therapist_effect`, (chains, draws, J); and, where there
        are covariates, `coefficients`, (chains, draws, k). All log odds.
    statistics
        Of the sampler, per draw, shape (chains, draws).
    about
        At least model, engine and seed; attributes of the tree, with the data set's name and the versions of the
        libraries. No date and no path, so that the same run gives the same tree.

    Returns
    -------
    xarray.DataTree
        Groups posterior, sample_stats, observed_data (deteriorated) and constant_data (trials, therapist_index and,
        where there are any, covariates with their centre and scale); coordinates chain, draw, therapist (ids),
        covariate (names).
    """
    chains, draws = posterior["therapist_sd"].shape
    names = {"therapist": list(data.therapist_ids)}
    if data.covariate_names:
        names["covariate"] = list(data.covariate_names)
    drawn = {"chain": np.arange(chains), "draw": np.arange(draws)}
    constant = {"trials": ("row", data.trials), "therapist_index": ("row", data.therapist)}
    if data.covariate_names:
        constant |= {
            "covariates": (("row", "covariate"), data.covariates),
            "centre": ("covariate", data.centre),
            "scale": ("covariate", data.scale),
        }
    groups = {
        "posterior": xr.Dataset(
            {name: (("chain", "draw", *DIMS.get(name, ())), values) for name, values in posterior.items()},
            coords=drawn | names,
        ),
        "sample_stats": xr.Dataset(
            {name: (("chain", "draw"), values) for name, values in statistics.items()}, coords=drawn
        ),
        "observed_data": xr.Dataset({"deteriorated": ("row", data.deteriorated)}),
        "constant_data": xr.Dataset(constant, coords=names),
    }
    tree = xr.DataTree.from_dict(groups)
    tree.attrs = {"dataset": data.dataset, **about, **{f"version_{name}": version(name) for name in RECORDED}}
    return tree


def save(tree: xr.DataTree, path: Path) -> None:
    """Write a posterior as netCDF, compressed and with a checksum per block.

    The file appears under its name only when it is complete.

    Raises
    ------
    TypeError
        If an array holds Python objects, which could only be pickled.
    """
    encoding = {}
    for group in tree.children:
        for name, values in tree[group].data_vars.items():
            if values.dtype == object:
                raise TypeError(f"{group}/{name} holds Python objects; convert it to numbers or text before saving.")
            if values.size > 1:
                encoding.setdefault(f"/{group}", {})[name] = {
                    "zlib": True,
                    "complevel": 1,
                    "shuffle": True,
                    "fletcher32": True,
                }
    with replacing(path) as unfinished:
        tree.to_netcdf(unfinished, engine="h5netcdf", encoding=encoding)


def load(path: Path) -> xr.DataTree:
    """Read a posterior into memory and close the file.

    Raises
    ------
    PosteriorFileError
        If the file is missing, truncated, fails a checksum, or lacks a group.
    """
    path = Path(path)
    if not path.is_file():
        raise PosteriorFileError(f"{path} does not exist. Run the rule that fits this model.")
    try:
        with xr.open_datatree(path, engine="h5netcdf") as opened:
            tree = opened.load().copy(deep=True)
    except Exception as error:  # HDF5 reports damage as OSError, KeyError, RuntimeError or ValueError, by where it is
        raise PosteriorFileError(
            f"{path} cannot be read ({type(error).__name__}: {error}). It is damaged or not a posterior: delete it and "
            "run the rule that fits this model again."
        ) from error
    if missing := [name for name in GROUPS if name not in tree.children]:
        raise PosteriorFileError(f"{path} has no group {missing[0]!r}. Delete it and run the fit again.")
    return tree
