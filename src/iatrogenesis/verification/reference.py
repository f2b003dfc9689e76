"""What is kept of an accepted run, so that a later one can be held to it: values of claims, hashes of simulated data.

Run as a module (``python -m iatrogenesis.verification.reference config results/tiny results/reference/tiny``) it keeps
them of a finished study.
"""

import shutil
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from iatrogenesis.core.files import read_csv, replacing, write_csv, write_text
from iatrogenesis.core.tables import DataError
from iatrogenesis.study.study import Study, find_study
from iatrogenesis.verification.chain import Chain
from iatrogenesis.verification.lists import writable
from iatrogenesis.verification.records import hash_of
from iatrogenesis.verification.rounding import FILE as ROUNDING
from iatrogenesis.verification.rounding import rounding

CLAIMS, HASHES = "claims.csv", "hashes.csv"
COLUMNS = {
    CLAIMS: ("claim", "number", "value", "mcse", "kind", "data_sets", "inputs"),
    HASHES: ("name", "kind", "hash", "inputs"),
}
TABLES = "tables/"
"""Folder of tables; of those that rest on draws or estimates the cells are kept too, in a folder of the same name."""
APART = ("tables/cost.csv",)
"""What a run cost, which differs with the machine."""
NUMBERS = ("value", "mcse", "data_sets")
SIMULATED = ("simulated/", "twins/", "attribution/", "explorer/")
"""Folders of tables that are simulated, and nothing else."""
ESTIMATED = ("posterior/", "simulation_study/", "sbc/")
"""Folders of draws and of estimates, whose last digits differ between platforms."""


def claimed(study: Study, chain: Chain, without: Collection[str] = ()) -> pd.DataFrame:
    """Each claim that the study makes, with the columns `COLUMNS` of ``claims.csv``.

    Parameters
    ----------
    without
        Tables that are known to be broken: nothing is read from them.

    Raises
    ------
    DataError
        If another table cannot be read, or is not as `config/claims.yaml` says.
    """
    wanted = {claim.table for claim in study.claims.values()} - set(without)
    tables = {path: read_csv(chain.results / path) for path in wanted}
    rows = []
    for name, claim in study.claims.items():
        found = claim.found(tables[claim.table]) if claim.table in tables else None
        if found is not None:
            value, mcse = found
            about = {"claim": name, "number": claim.number, "value": value, "mcse": mcse, "kind": claim.kind}
            sets = claim.counted(tables[claim.table])
            rows.append(about | {"data_sets": sets, "inputs": inputs_of(chain, [claim.table])})
    return pd.DataFrame(rows, columns=list(COLUMNS[CLAIMS]))


def hashed(chain: Chain) -> pd.DataFrame:
    """Each simulated file, table and figure's data, with the columns `COLUMNS` of ``hashes.csv``."""
    now = {path: chain.now[path] for path in chain.now if path in writable([path])}
    rows = [
        {"name": path, "kind": "simulated table", "hash": value, "inputs": inputs_of(chain, [path])}
        for path, value in now.items()
        if path.startswith(SIMULATED) and path.endswith(".parquet")
    ]
    rows += [
        {"name": path, "kind": "table", "hash": value, "inputs": inputs_of(chain, [path])}
        for path, value in now.items()
        if path.startswith(TABLES) and path.endswith(".csv") and path not in APART
    ]
    for path in now:
        if path.startswith("figures/") and path.endswith(".svg") and path in chain.makers:
            maker = chain.makers[path]
            data = hash_of({one: chain.now.get(one, "") for one in maker.read} | maker.given)
            rows.append({"name": path, "kind": "figure", "hash": data, "inputs": inputs_of(chain, maker.read)})
    return pd.DataFrame(rows, columns=list(COLUMNS[HASHES]))


def inputs_of(chain: Chain, paths: Iterable[str]) -> str:
    """Hash of all that some files were computed from: the parameters of rules and what was given to them, up to here.

    Code is no part of it: whether other code gives the same is what is asked.
    """
    found = {}
    for record in chain.upstream(paths):
        found |= {f"{record.rule} {min(record.written, default='')}": record.params} | record.given
    return hash_of(found)


def by_draws(chain: Chain, path: str) -> bool:
    """Whether a table or figure rests on draws or estimates."""
    return any(one.startswith(ESTIMATED) for record in chain.upstream([path]) for one in record.written)


def keep(study: Study, results: Path, reference: Path) -> None:
    """Write what is kept.

    Raises
    ------
    SystemExit
        If the results have no records, or do not fit together.
    """
    chain = Chain(results)
    if not chain.records:
        raise SystemExit(f"{results}: nothing tells how these were made; `make report STUDY={study.name}` first")
    if faults := chain.faults():
        raise SystemExit(
            f"{results / faults[0].path}: {faults[0].kind}, {faults[0].says}; make the results again first"
        )
    reference.mkdir(parents=True, exist_ok=True)
    write_csv(claimed(study, chain), reference / CLAIMS)
    hashes = hashed(chain)
    write_csv(hashes, reference / HASHES)
    write_text(f"{rounding()}\n", reference / ROUNDING)
    (reference / TABLES).mkdir(exist_ok=True)
    for old in (reference / TABLES).glob("*.csv"):
        old.unlink()
    for name in hashes.loc[hashes["kind"] == "table", "name"]:
        if by_draws(chain, name):
            with replacing(reference / name) as unfinished:
                shutil.copyfile(results / name, unfinished)


def rounds_alike(reference: Path) -> bool:
    """Whether this machine rounds as the one that a reference was made on; so it is taken to, where nothing is kept."""
    path = reference / ROUNDING
    return not path.is_file() or path.read_text(encoding="ascii").strip() == rounding()


def main(config: str, results: str, reference: str) -> None:
    """Keep what the study of that name says."""
    keep(find_study({"study": Path(results).name}, Path(config)), Path(results), Path(reference))


def kept(reference: Path, name: str) -> pd.DataFrame | None:
    """A table that is kept, or None if there is none.

    Raises
    ------
    DataError
        If a column is missing, has a text in the place of a number, or names something twice.
    """
    path = reference / name
    if not path.is_file():
        return None
    table = read_csv(path)
    if missing := [column for column in COLUMNS[name] if column not in table]:
        raise DataError(f"{path}: no column {missing[0]!r}; `make reference` writes it again from an accepted run.")
    for column in set(NUMBERS) & set(COLUMNS[name]):
        if not pd.api.types.is_numeric_dtype(table[column]):
            raise DataError(f"{path}: column {column!r} has something that is no number; take the repository's.")
    if "value" in COLUMNS[name] and not np.isfinite(table["value"]).all():
        raise DataError(f"{path}: column 'value' has something that is no number; take the repository's.")
    first = COLUMNS[name][0]
    if table[first].duplicated().any() or table[first].isna().any():
        raise DataError(f"{path}: column {first!r} must name each once; take the repository's.")
    return table


if __name__ == "__main__":
    main(*sys.argv[1:])
