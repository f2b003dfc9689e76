"""The full study's tables, taken over into the repository: `results/reference/full`.

Run as a module (``python -m iatrogenesis.study.committed config docs config/full.yaml results/reference/full``) after
``make study STUDY=full``. The run may be done in parts, on different days or machines: a study that is based on `full`
and names some of its cells is taken over like the whole, and its cells join those that are there. Results of another
plan, seed or code than the frozen protocol's are refused, unless the protocol's list of deviations names what differs;
the part then says so, and by which code it was made: that of this library, so that results are taken over by the code
that made them. A part's file, tables and folders may have the names that cells and methods had before; what is
committed has the present ones (`iatrogenesis.core.former_names`).
"""

import sys
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from iatrogenesis.core.files import read_csv, replacing, write_text
from iatrogenesis.core.former_names import CELLS, METHODS, former
from iatrogenesis.core.yaml_text import read_yaml
from iatrogenesis.report.provenance import git_commit
from iatrogenesis.study.committed_calibration import PART, core_seconds
from iatrogenesis.study.protocol import LIBRARY, PROTOCOL, code_of, deviations, hash_of
from iatrogenesis.study.renamed import of_columns, rename, written
from iatrogenesis.study.sources import read_study
from iatrogenesis.study.study import Study, load_study, study_of

BY_CELL = ("performance", "differences", "truth", "cells", "batches")
DIGITS = "%.6g"
SHORT = 16  # digits of a hash
KINDS = ("estimates", "therapists")


def take_over(config: Path, docs: Path, file: Path, folder: Path, results: Path = Path("results")) -> None:
    """Write the tables, the hash of every batch, and what they follow from.

    Parameters
    ----------
    file
        The study that was run: `full`, or one based on it with some of its cells.
    results
        Folder with the results of all studies.

    Raises
    ------
    SystemExit
        If the results are not those of the frozen protocol, or a batch is missing.
    """
    study, protocol = _study(file, config), yaml.safe_load((docs / PROTOCOL).read_text(encoding="utf-8"))
    if hash_of(docs / "protocol.md") != protocol["plan"]:
        raise SystemExit(f"{docs / 'protocol.md'}: has changed since it was frozen")
    told = {one.partition(":")[0] for one in protocol["deviations"]}
    otherwise = deviations(protocol, study, config)
    if unsaid := [name for name in otherwise if name not in told]:
        what = f"{unsaid[0]} is otherwise now; say so among its deviations (`{unsaid[0]}: why`), or freeze anew"
        raise SystemExit(f"{docs / PROTOCOL}: {what}")
    made = results / study.name
    found = {name: _renamed(read_csv(made / "tables" / f"{name}.csv")) for name in BY_CELL[:-1]}
    found["batches"] = hashes(study, made / "simulation_study")
    folder.mkdir(parents=True, exist_ok=True)
    rename(folder)
    order = [CELLS.get(cell, cell) for cell in protocol["cells"]]
    for name, table in found.items():
        _written(_joined(table, folder / f"{name}.csv", order), folder / f"{name}.csv")
    about = _about(folder / PROTOCOL, protocol)
    part: dict[str, Any] = {
        "cells": list(study.cells),
        "commit": git_commit(config.parent),
        "core_seconds": core_seconds((made / "benchmarks").rglob("*.tsv")),
    }
    if otherwise:
        part |= {"deviations": otherwise, "code": code_of(LIBRARY)}
    about["parts"] = [one for one in about["parts"] if not set(one["cells"]) & set(part["cells"])] + [part]
    write_text(written(about), folder / PROTOCOL)


def _study(file: Path, config: Path) -> Study:
    """The study that was run; its file may name cells as they were called before."""
    content = read_yaml(file)
    section = content.get("simulation_study")
    cells = section.get("cells") if isinstance(section, dict) else None
    if section is None or not isinstance(cells, list) or not set(CELLS) & set(map(str, cells)):
        return load_study(file, config)
    present = {"cells": [CELLS.get(str(cell), cell) for cell in cells]}
    sources = read_study(content | {"simulation_study": section | present}, config, str(file))
    return study_of(sources.validated(), sources, file, config)


def _renamed(table: pd.DataFrame) -> pd.DataFrame:
    """The table with present names."""
    return table.replace(of_columns(table.columns))


def _about(path: Path, protocol: Mapping[str, object]) -> dict:
    """What is known of the parts taken over before, if they are of the same protocol."""
    own = {name: protocol[name] for name in ("frozen", "plan", "seed", "fingerprint", "code")}
    known = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    same = all(known.get(name) == value for name, value in own.items())
    kept = {PART: known[PART]} if same and PART in known else {}
    return own | {"parts": known["parts"] if same else []} | kept


def _joined(table: pd.DataFrame, path: Path, cells: list[str]) -> pd.DataFrame:
    """The rows of these cells and those of the others that are there, in the order of the design."""
    if path.is_file():
        before = read_csv(path)
        table = pd.concat([before[~before["cell"].isin(set(table["cell"]))], table], ignore_index=True)
    order = table["cell"].map({cell: place for place, cell in enumerate(cells)})
    return table.loc[order.sort_values(kind="stable").index]


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
            paths = {kind: _place(folder, one.cell, method) / f"{one.number}.{kind}.parquet" for kind in KINDS}
            if lost := [path for path in paths.values() if not path.is_file()]:
                raise SystemExit(f"{lost[0]}: is missing; run the study to its end")
            about = {"cell": one.cell, "method": method, "batch": one.number}
            about |= {"first": one.replicates.start, "last": one.replicates.stop - 1}
            rows.append(about | {kind: hash_of(path)[:SHORT] for kind, path in paths.items()})
    return pd.DataFrame(rows)


def _place(folder: Path, cell: str, method: str) -> Path:
    """Where a method's batches lie: under the present names, or under those that they were made by."""
    names = product((cell, former(CELLS, cell)), (method, former(METHODS, method)))
    places = [folder / of_cell / of_method for of_cell, of_method in names]
    return next((place for place in places if place.is_dir()), places[0])


def _written(table: pd.DataFrame, path: Path) -> None:
    with replacing(path) as temporary:
        table.to_csv(temporary, index=False, float_format=DIGITS, lineterminator="\n")


if __name__ == "__main__":
    take_over(*(Path(argument) for argument in sys.argv[1:5]))
