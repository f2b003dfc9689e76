"""The record of an analysis: what it was made from and how, but no value of the data."""

import platform
from collections.abc import Sequence
from pathlib import Path

from iatrogenesis.own_data.inputs import fingerprint
from iatrogenesis.own_data.settings import OwnData
from iatrogenesis.report.run_record import cost, versions


def record(settings: OwnData, files: Sequence[Path], results: Path) -> dict:
    """Return settings, seed, fingerprints of the files, versions and cost.

    Parameters
    ----------
    files
        The data files.
    results
        Folder of the results, with Snakemake's ``benchmarks`` and ``logs``.
    """
    rules = cost(results)
    return {
        "name": settings.name,
        "seed": settings.analysis.seed,
        "files": [{"name": path.name, "bytes": path.stat().st_size, "sha256": fingerprint(path)} for path in files],
        "platform": {"python": platform.python_version(), "system": platform.system(), "machine": platform.machine()},
        "versions": versions(),
        "seconds": {
            "wall_all_jobs": round(float(rules["wall_seconds"].sum()), 1),
            "core_all_jobs": round(float(rules["core_seconds"].sum()), 1),
            "core_by_rule": dict(zip(rules["rule"], rules["core_seconds"].tolist(), strict=True)),
        },
        "settings": settings.model_dump(mode="json", exclude_defaults=True),
    }
