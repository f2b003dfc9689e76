"""How a run was made: configuration, commit, versions, machine, and how long each rule took."""

import platform
from importlib.metadata import version
from pathlib import Path

import pandas as pd

PACKAGES = (
    "snakemake",
    "numpy",
    "pandas",
    "scipy",
    "numba",
    "pymc",
    "pytensor",
    "nutpie",
    "arviz",
    "xarray",
    "matplotlib",
)


def run_record(config: dict, scenarios: dict, commit: str, benchmarks: Path) -> dict:
    """Everything but the results."""
    seconds = {
        str(path.relative_to(benchmarks).with_suffix("")): float(pd.read_csv(path, sep="\t")["s"].iloc[0])
        for path in sorted(benchmarks.rglob("*.tsv"))
    }
    return {
        "commit": commit,
        "seed": config["seed"],
        "platform": {"python": platform.python_version(), "system": platform.system(), "machine": platform.machine()},
        "versions": {name: version(name) for name in PACKAGES},
        "wall_seconds_by_job": seconds,
        "wall_seconds_of_all_jobs": round(sum(seconds.values()), 1),
        "config": config,
        "scenarios": scenarios,
    }
