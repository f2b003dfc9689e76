"""The full study's tables, taken over into the repository: `results/reference/full`.

Run as a module (``python -m iatrogenesis.study.committed config docs results/full results/reference/full``) after
``make study STUDY=full``. It refuses results of another plan or another seed than those of the frozen protocol.
"""

import sys
from pathlib import Path

import pandas as pd
import yaml

from iatrogenesis.core.files import read_csv, replacing, write_text
from iatrogenesis.report.provenance import git_commit
from iatrogenesis.study.protocol import FULL, PROTOCOL, deviations, fingerprint, hash_of
from iatrogenesis.study.study import Study, load_study

TABLES = ("performance", "truth", "cells", "sbc")
DIGITS = "%.6g"
SHORT = 16  # digits of a hash


def take_over(config: Path, docs: Path, results: Path, folder: Path) -> None:
    """Write the tables, the hash of every batch, and what they follow from.

    Raises
    ------
    SystemExit
        If the results are not those of the frozen protocol, or are not complete.
    """
    study = load_study(config / f"{FULL}.yaml", config)
    protocol = yaml.safe_load((docs / PROTOCOL).read_text(encoding="utf-8"))
    if hash_of(docs / "protocol.md") != protocol["plan"]:
        raise SystemExit(f"{docs / 'protocol.md'}: has changed since it was frozen")
    told = " ".join(protocol["deviations"])
    if unsaid := [name for name in deviations(protocol, study, config) if name not in told]:
        raise SystemExit(
            f"{docs / PROTOCOL}: {unsaid[0]} is otherwise now; say so among its deviations, or freeze anew"
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        _written(read_csv(results / "tables" / f"{name}.csv"), folder / f"{name}.csv")
    batches = hashes(study, results / "simulation_study")
    _written(batches, folder / "batches.csv")
    cost = [float(pd.read_csv(path, sep="\t")["cpu_time"].sum()) for path in (results / "benchmarks").rglob("*.tsv")]
    about = {
        "fingerprint": fingerprint(study, config / "ensemble.csv"),
        "seed": study.config.seed,
        "plan": protocol["plan"],
        "frozen": protocol["frozen"],
        "commit": git_commit(config.parent),
        "core_seconds": round(sum(cost)),
        "batches": len(batches),
    }
    write_text(yaml.safe_dump(about, sort_keys=False), folder / PROTOCOL)


def hashes(study: Study, folder: Path) -> pd.DataFrame:
    """Cell, method, batch, its data sets, and the hashes of its two files.

    Raises
    ------
    SystemExit
        If a batch is missing.
    """
    rows = []
    for one in study.batches:
        for method in one.methods:
            paths = {kind: folder / one.cell / method / f"{one.number}.{kind}.parquet" for kind in KINDS}
            if lost := [path for path in paths.values() if not path.is_file()]:
                raise SystemExit(f"{lost[0]}: is missing; run `make study STUDY=full` to its end")
            about = {"cell": one.cell, "method": method, "batch": one.number}
            about |= {"first": one.replicates.start, "last": one.replicates.stop - 1}
            rows.append(about | {kind: hash_of(path)[:SHORT] for kind, path in paths.items()})
    return pd.DataFrame(rows)


KINDS = ("estimates", "therapists")


def _written(table: pd.DataFrame, path: Path) -> None:
    with replacing(path) as temporary:
        table.to_csv(temporary, index=False, float_format=DIGITS, lineterminator="\n")


if __name__ == "__main__":
    take_over(*(Path(argument) for argument in sys.argv[1:5]))
