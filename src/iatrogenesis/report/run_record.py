"""How a run was made: configuration, commit, versions, machine, and how long each rule took."""

import platform
from collections.abc import Mapping
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


def versions() -> dict[str, str]:
    """Versions of the packages that results depend on."""
    return {name: version(name) for name in PACKAGES}


def run_record(config: Mapping, scenarios: Mapping, commit: str, benchmarks: Path) -> dict:
    """Everything but the results.

    Parameters
    ----------
    config, scenarios
        The whole study, and the scenarios merged onto their base, as plain data.
    benchmarks
        Folder of Snakemake's benchmark files: one a rule, or one a job in a folder named after the rule.
    """
    seconds = wall_seconds(benchmarks)
    return {
        "study": config["name"],
        "commit": commit,
        "seed": config["seed"],
        "platform": {"python": platform.python_version(), "system": platform.system(), "machine": platform.machine()},
        "versions": versions(),
        "wall_seconds": {"all_jobs": round(sum(seconds.values()), 1), "by_rule": seconds},
        "config": dict(config),
        "scenarios": dict(scenarios),
    }


def wall_seconds(benchmarks: Path) -> dict[str, float]:
    """Seconds by rule, summed over its jobs, the longest first; jobs of several cores count once."""
    found: dict[str, float] = {}
    for path in sorted(benchmarks.rglob("*.tsv")):
        rule = path.relative_to(benchmarks).parts[0].removesuffix(".tsv")
        found[rule] = found.get(rule, 0.0) + float(pd.read_csv(path, sep="\t")["s"].mean())
    return {rule: round(found[rule], 1) for rule in sorted(found, key=lambda name: (-found[name], name))}
