"""How a run was made: configuration, commit, versions, machine, and what each rule cost."""

import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from iatrogenesis.core.logs import cost_of

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


def run_record(config: Mapping, scenarios: Mapping, commit: str, cost: pd.DataFrame) -> dict:
    """Everything but the results.

    Parameters
    ----------
    config, scenarios
        The whole study, and the scenarios merged onto their base, as plain data.
    cost
        From `cost`.
    """
    by_rule = dict(zip(cost["rule"], cost["core_seconds"].tolist(), strict=True))
    return {
        "study": config["name"],
        "commit": commit,
        "seed": config["seed"],
        "platform": {"python": platform.python_version(), "system": platform.system(), "machine": platform.machine()},
        "versions": versions(),
        "core_seconds": {"all_jobs": round(sum(by_rule.values()), 1), "by_rule": by_rule},
        "config": dict(config),
        "scenarios": dict(scenarios),
    }


def cost(results: Path) -> pd.DataFrame:
    """Jobs, core seconds, wall seconds and memory by rule, the dearest first; rules made in a loop count as one.

    Core seconds are what each process says itself at the end of its log: Snakemake samples long jobs twice a minute
    only, and misses what they do after the last sample. Wall seconds are summed over jobs, however many ran at once.

    Parameters
    ----------
    results
        Folder of a study, with ``benchmarks`` (Snakemake's: one a rule, or one a job in a folder named after the rule)
        and ``logs``, named alike.
    """
    rows = []
    for path in sorted((results / "benchmarks").rglob("*.tsv")):
        place = path.relative_to(results / "benchmarks").with_suffix("")
        seen = pd.read_csv(path, sep="\t", na_values=["NA", "-"]).iloc[-1]
        core = cost_of((results / "logs" / place).with_suffix(".log"))
        rows.append((place.parts[0], seen["s"] if core is None else core, seen["s"], seen["max_rss"]))
    table = pd.DataFrame(rows, columns=["rule", "core_seconds", "wall_seconds", "max_rss_mb"])
    found = table.groupby("rule", as_index=False).agg(
        jobs=("rule", "size"),
        core_seconds=("core_seconds", "sum"),
        wall_seconds=("wall_seconds", "sum"),
        max_rss_mb=("max_rss_mb", "max"),
    )
    found = found.sort_values(["core_seconds", "rule"], ascending=[False, True], ignore_index=True)
    return found.round({"core_seconds": 1, "wall_seconds": 1, "max_rss_mb": 0})
