"""Draws of a posterior as a table that R's `posterior::as_draws_df` takes.

One row per draw; `.chain`, `.iteration` (within the chain) and `.draw` (over all) count from 1, as in R; one column per
number, named ``therapist_sd`` or ``therapist_effect[T01]``. Brackets and commas within a name would be taken for
indices: ``coefficients[age[18-25]]`` becomes ``coefficients[age(18-25)]``, and a comma a semicolon.

    draws <- posterior::as_draws_df(read.csv("casemix.csv", check.names = FALSE))
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iatrogenesis.core.files import replacing, write_csv, write_parquet
from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.privacy import safe_cells

if TYPE_CHECKING:
    import xarray as xr

RESERVED = (".chain", ".iteration", ".draw")
PLAIN = str.maketrans("[],", "();")
FORMS = {"csv": ".csv", "parquet": ".parquet", "netcdf": ".nc"}


def draws_table(tree: "xr.DataTree") -> pd.DataFrame:
    """Return all draws of the group posterior, chain after chain.

    Raises
    ------
    DataError
        If the fit gave no draws, or two numbers would have the same name.
    """
    if "failed" in tree.attrs:
        raise DataError(f"{tree.attrs['dataset']}: this fit gave no draws ({tree.attrs['failed']}).")
    posterior = tree["posterior"].to_dataset()
    chains, draws = posterior.sizes["chain"], posterior.sizes["draw"]
    found = {
        ".chain": np.repeat(np.arange(1, chains + 1), draws),
        ".iteration": np.tile(np.arange(1, draws + 1), chains),
        ".draw": np.arange(1, chains * draws + 1),
    }
    for name, values in posterior.data_vars.items():
        values = values.transpose("chain", "draw", ...)
        flat = values.values.reshape(chains * draws, -1)
        labels = [""] if values.ndim == 2 else [f"[{label}]" for label in _labels(values)]
        for number, label in enumerate(labels):
            if f"{name}{label}" in found:
                raise DataError(f"two numbers would be called {name}{label}; rename the therapists or columns.")
            found[f"{name}{label}"] = flat[:, number]
    return pd.DataFrame(found)


def _labels(values: "xr.DataArray") -> list[str]:
    """What stands in brackets for each number of an array, in the order of its memory."""
    parts = [[str(label).translate(PLAIN) for label in values[dim].values] for dim in values.dims[2:]]
    found = parts[0]
    for more in parts[1:]:
        found = [f"{one},{other}" for one in found for other in more]
    return found


def write_draws(tree: "xr.DataTree", path: Path, form: str) -> None:
    """Write the draws as csv, parquet or netcdf (variables along the dimension ``.draw``)."""
    table = draws_table(tree)
    if form == "parquet":
        write_parquet(table, path)
    elif form == "csv":
        write_csv(safe_cells(table), path)
    else:
        content = table.set_index(".draw").to_xarray().to_netcdf(engine="h5netcdf")
        with replacing(path) as temporary:
            temporary.write_bytes(content)
