"""What every engine returns, and how it is kept: one `xarray.DataTree`, one netCDF file, no pickle."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

import numpy as np
import xarray as xr

from iatrogenesis.core.files import replacing
from iatrogenesis.inference.data.outcomes import FitData

GROUPS = ("posterior", "sample_stats", "observed_data", "constant_data")
version = cache(metadata.version)  # it reads a file each time
RECORDED = ("pymc", "pytensor", "nutpie", "numba", "numpy", "arviz")


class PosteriorFileError(OSError):
    """A posterior's file is missing, damaged (then that is its path), or not one of ours."""

    def __init__(self, message: str, damaged: Path | None = None) -> None:
        super().__init__(message)
        self.damaged = damaged


def posterior_tree(
    data: FitData,
    posterior: dict[str, np.ndarray],
    statistics: dict[str, np.ndarray],
    about: dict[str, str | int],
    dims: Mapping[str, str | None],
) -> xr.DataTree:
    """Put draws and data together, in the same form for every model and engine.

    Parameters
    ----------
    data
        What was fitted.
    posterior
        Draws by parameter, shape (chains, draws, ...).
    statistics
        Of the sampler, per draw, shape (chains, draws).
    about
        At least model, engine and seed; attributes of the tree, with the data set's name and the versions of the
        libraries. No date and no path, so that the same run gives the same tree.
    dims
        The further dimension of each parameter, None for a single number.

    Returns
    -------
    xarray.DataTree
        Groups posterior, sample_stats, observed_data (what the model explains, such as deteriorated) and constant_data
        (what is given, such as trials, therapist_index and, where there are any, covariates with their centre and
        scale); coordinates chain, draw, therapist (ids), covariate (names) and the model's others.
    """
    chains, draws = next(iter(posterior.values())).shape[:2]
    drawn = {"chain": np.arange(chains), "draw": np.arange(draws)}
    parameters = {
        name: (("chain", "draw", *([dims[name]] if dims[name] else ())), values) for name, values in posterior.items()
    }
    arrays = data.arrays()
    constant = {name: array for name, array in arrays.items() if name not in data.OBSERVED} | dict(data.constants())
    groups = {
        "posterior": _dataset(parameters, data, drawn),
        "sample_stats": xr.Dataset(
            {name: (("chain", "draw"), values) for name, values in statistics.items()}, coords=drawn
        ),
        "observed_data": _dataset({name: arrays[name] for name in data.OBSERVED}, data),
        "constant_data": _dataset(constant, data),
    }
    tree = xr.DataTree.from_dict(groups)
    tree.attrs = {"dataset": data.dataset, **about, **{f"version_{name}": version(name) for name in RECORDED}}
    return tree


def _dataset(arrays: Mapping[str, tuple], data: FitData, more: Mapping[str, np.ndarray] | None = None) -> xr.Dataset:
    used = {dim for dims, _ in arrays.values() for dim in dims}
    names = {name: list(values) for name, values in data.coords().items() if name in used or name == "therapist"}
    return xr.Dataset(dict(arrays), coords=dict(more or {}) | names)


def without_draws(data: FitData, about: dict[str, str | int], reason: str) -> xr.DataTree:
    """Return the placeholder for a posterior where no engine gave draws: counted and shown, never dropped."""
    tree = xr.DataTree()
    tree.attrs = {"dataset": data.dataset, **about, "failed": reason}
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
    # In memory first: HDF5 ends the whole process where it cannot flush to a full disk.
    content = tree.to_netcdf(engine="h5netcdf", encoding=encoding)
    with replacing(path) as unfinished:
        unfinished.write_bytes(content)


def load(path: Path) -> xr.DataTree:
    """Read a posterior into memory and close the file.

    Raises
    ------
    PosteriorFileError
        If the file is missing, truncated, fails a checksum, or lacks a group.

    A fit that gave no draws is a tree without groups and with the attribute `failed`.
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
            "run the rule that fits this model again.",
            None if isinstance(error, MemoryError) or getattr(error, "errno", None) else path,
        ) from error
    if "failed" in tree.attrs:
        return tree
    if missing := [name for name in GROUPS if name not in tree.children]:
        raise PosteriorFileError(f"{path} has no group {missing[0]!r}. Delete it and run the fit again.", path)
    return tree


def drawn(paths: Iterable[str | Path]) -> Iterator[xr.DataTree]:
    """Read posteriors one after the other, leaving out fits that gave no draws; the diagnostics show those."""
    for path in paths:
        tree = load(Path(path))
        if "failed" not in tree.attrs:
            yield tree


def points(tree: xr.DataTree, draws: int) -> Iterator[dict[str, np.ndarray]]:
    """Yield posterior draws, evenly taken, each with every parameter."""
    values = {name: each.values.reshape(-1, *each.shape[2:]) for name, each in tree["posterior"].data_vars.items()}
    total = len(next(iter(values.values())))
    for draw in np.linspace(0, total - 1, min(draws, total)).astype(int):
        yield {name: each[draw] for name, each in values.items()}
