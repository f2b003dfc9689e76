"""Many data sets of 2,400 clients by the collapsed engine, on all cores: ``python -m bench.many_fits 1000``."""

import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from time import perf_counter

import numpy as np
import xarray as xr

from bench.data import PRIORS, data_of
from iatrogenesis.inference.engines.collapsed.engine import Unreliable, sample

DRAWS = 1400  # more than a thousand of them effective


def one(replicate: int) -> float:
    """Fit one data set, summarise its parameters, and return its effective draws; 0 where the engine refuses."""
    try:
        tree = sample("therapist", data_of(2_400, replicate), PRIORS, 1, draws=DRAWS)
    except Unreliable:
        return 0.0
    posterior = tree["posterior"].to_dataset()
    summary = xr.concat([posterior.mean(("chain", "draw")), posterior.std(("chain", "draw"))], "statistic")
    if not all(np.isfinite(values).all() for values in summary.data_vars.values()):
        raise RuntimeError(f"replicate {replicate}: a summary is not finite")
    return float(tree["sample_stats"]["effective"].values.flat[0])


def main(number: int) -> None:
    """Print how long it took, simulating included."""
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers) as pool:
        list(pool.map(one, range(workers)))  # start up and load what is compiled
        began = perf_counter()
        effective = list(pool.map(one, range(number), chunksize=10))
        seconds = perf_counter() - began
    refused = sum(value == 0 for value in effective)
    print(
        json.dumps(
            {
                "data_sets": number,
                "workers": workers,
                "seconds": seconds,
                "fewest_effective": min(value for value in effective if value),
                "mean_effective": sum(effective) / (number - refused),
                "refused": refused,
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
