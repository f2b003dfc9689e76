"""How a run was made: configuration, commit, versions, machine, how long it took, and what each rule cost."""

import hashlib
import os
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import yaml

from iatrogenesis.core.files import read_benchmark, write_text
from iatrogenesis.core.logs import cost_of
from iatrogenesis.report.provenance import git_changes

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


def run_record(config: Mapping, scenarios: Mapping, source: Mapping, results: Path, cost: pd.DataFrame) -> dict:
    """Everything but the results.

    Parameters
    ----------
    config, scenarios
        The whole study, and the scenarios merged onto their base, as plain data.
    source
        From `source`, with the commit that the pages name.
    results
        Folder of the study.
    cost
        From `cost`.
    """
    by_rule = dict(zip(cost["rule"], cost["core_seconds"].tolist(), strict=True))
    return {
        "study": config["name"],
        **source,
        "seed": config["seed"],
        "platform": {"python": platform.python_version(), "system": platform.system(), "machine": platform.machine()},
        "hardware": hardware(),
        "versions": versions(),
        "wall_time": wall_time(job_times(results).values()),
        "peak_memory_mb": float(cost["max_rss_mb"].max()),
        "core_seconds": {"all_jobs": round(sum(by_rule.values()), 1), "by_rule": by_rule},
        "config": dict(config),
        "scenarios": dict(scenarios),
    }


def write_record(record: Mapping, path: Path | str) -> None:
    """Write ``run.yaml``, by libyaml where it is there: megabytes of scenarios take seconds without it."""
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    write_text(yaml.dump(dict(record), Dumper=dumper, sort_keys=False, allow_unicode=True), path)


def read_record(path: Path | str) -> dict:
    """Read ``run.yaml``."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(Path(path).read_bytes(), loader)  # noqa: S506  both are safe


def source(root: Path, commit: str) -> dict:
    """Commit, tracked files that were not as committed when this was asked, and the hash of the lock.

    Both are None where they cannot be known: outside a checkout, without git.
    """
    lock = root / "requirements.lock"
    return {
        "commit": commit,
        "changed_since_commit": git_changes(root),
        "requirements_lock_sha256": hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else None,
    }


def hardware() -> dict[str, object]:
    """Processors that this process may use, and memory in GB, where the system tells them."""
    names = getattr(os, "sysconf_names", {})
    known = {"SC_PAGE_SIZE", "SC_PHYS_PAGES"} <= set(names)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9 if known else None
    return {
        "cores": os.process_cpu_count() if hasattr(os, "process_cpu_count") else os.cpu_count(),
        "memory_gb": memory and round(memory, 1),
    }


def job_times(results: Path) -> dict[Path, tuple[float, float]]:
    """Start and end of each job in seconds since 1970, by the place of its log without suffix.

    Snakemake writes a job's benchmark when the job has ended, with its wall seconds.
    """
    found = {}
    for path in sorted((results / "benchmarks").rglob("*.tsv")):
        seconds = float(read_benchmark(path)["s"])
        end = path.stat().st_mtime
        found[path.relative_to(results / "benchmarks").with_suffix("")] = (end - seconds, end)
    return found


def wall_time(times: Iterable[tuple[float, float]]) -> dict[str, object]:
    """First start, last end, and the seconds in which at least one job ran, in however many invocations."""
    times = sorted(times)
    if not times:
        return {"started": None, "ended": None, "seconds": 0.0}
    seconds, until = 0.0, times[0][0]
    for start, end in times:
        seconds += max(0.0, end - max(start, until))
        until = max(until, end)
    return {"started": moment(times[0][0]), "ended": moment(until), "seconds": round(seconds, 1)}


def moment(seconds: float) -> str:
    """ISO 8601, in UTC and whole seconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


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
        seen = read_benchmark(path)
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
