"""Which numbers another lock, compiler or machine moves, and by how many Monte Carlo standard errors.

    python -m iatrogenesis.verification.drift tiny elsewhere/results drift.csv

holds results that were made elsewhere against what is kept of the last accepted run: its claims, and tables that are
simulated. `workflow/bootstrap/drift` makes them with a new lock, before that is accepted.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from iatrogenesis.core.files import read_csv, write_csv
from iatrogenesis.core.tables import DataError
from iatrogenesis.study.study import Study, find_study
from iatrogenesis.verification.chain import Chain
from iatrogenesis.verification.reference import CLAIMS, HASHES, claimed, kept
from iatrogenesis.verification.verdicts import CHANGED, NOT, REPRODUCED, UNKNOWN, by_name, claim_verdict, errors_allowed

COLUMNS = ["where", "number", "reference", "now", "difference", "mcse", "errors", "verdict"]
SIMULATED = {"value": "mcse", "simulated": "mcse", "truth": "truth_mcse", "true_rate": "true_rate_mcse"}
"""Columns of simulated numbers in tables that are kept, and of their errors."""
TOLERANCE = 1e-6
"""Relative difference that still counts as the same number: the last digits of logarithms."""
SHOWN = 25


def drift(study: Study, results: Path, reference: Path) -> pd.DataFrame:
    """Each number that is kept of the accepted run, beside the one found now; those farthest off come first.

    Parameters
    ----------
    study
        As configured.
    results
        Folder of its results, as made elsewhere.
    reference
        Folder of what is kept.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`. ``mcse`` is that of the difference, if both runs were independent; ``errors`` is how many of
        them the number moved.

    Raises
    ------
    DataError
        If nothing is kept, or a table cannot be read.
    """
    if not (reference / CLAIMS).is_file():
        raise DataError(f"{reference / CLAIMS}: nothing is kept of study {study.name}; `make reference` keeps it")
    rows = [*_claims(study, results, reference)]
    for path in sorted(reference.glob("*.csv")):
        if path.name not in (CLAIMS, HASHES):
            rows += _table(path, results / "tables" / path.name)
    table = pd.DataFrame(rows, columns=COLUMNS)
    order = table.assign(worst=table["verdict"].eq(NOT), far=table["errors"].abs().fillna(0.0))
    order = order.sort_values(["worst", "far"], ascending=False, kind="stable")
    return order[COLUMNS].reset_index(drop=True)


def _claims(study: Study, results: Path, reference: Path) -> Iterator[dict]:
    table = kept(reference, CLAIMS)
    before = {} if table is None else by_name(table, "claim")
    now = by_name(claimed(study, Chain(results)), "claim")
    allowed = errors_allowed(sum(claim.kind == "posterior" for claim in study.claims.values()))
    for name, then in before.items():
        found = now.get(name)
        if found is None or name not in study.claims:
            yield _row("claim", name, then["value"], np.nan, np.nan) | {"verdict": NOT}
            continue
        verdict = claim_verdict(study.claims[name], found, then, allowed).verdict
        mcse = float(np.hypot(float(found["mcse"] or np.nan), float(then["mcse"] or np.nan)))
        yield _row("claim", name, then["value"], found["value"], mcse) | {"verdict": verdict}
    for name in now.keys() - before.keys():
        yield _row("claim", name, np.nan, now[name]["value"], np.nan) | {"verdict": UNKNOWN}


def _table(kept: Path, found: Path) -> Iterator[dict]:
    """Numbers of one table, by what its rows are called: the texts before the number."""
    before, now = read_csv(kept), read_csv(found)
    column = next((name for name in SIMULATED if name in before), None)
    if column is None:
        raise DataError(f"{kept}: none of the columns {', '.join(SIMULATED)} is there")
    leading = list(before.columns[: before.columns.get_loc(column)])
    keys = [name for name in leading if not pd.api.types.is_numeric_dtype(before[name]) and name != "label"]
    then, found_now = _keyed(before, keys, column), _keyed(now, keys, column)
    for key, (value, error) in then.items():
        new, new_error = found_now.get(key, (np.nan, np.nan))
        row = _row(kept.name, key, value, new, float(np.hypot(error, new_error)))
        same = np.isclose(new, value, rtol=TOLERANCE, atol=0.0, equal_nan=True)
        yield row | {"verdict": REPRODUCED if same else NOT}


def _keyed(table: pd.DataFrame, keys: list[str], column: str) -> dict[str, tuple[float, float]]:
    names = table[keys].astype(str).agg(", ".join, axis=1)
    errors = table.get(SIMULATED[column], pd.Series(np.nan, table.index))
    return dict(zip(names, zip(table[column].astype(float), errors.astype(float), strict=True), strict=True))


def _row(where: str, number: str, reference: float, now: float, mcse: float) -> dict:
    difference = now - reference
    errors = difference / mcse if mcse > 0 else np.nan
    return {
        "where": where,
        "number": number,
        "reference": reference,
        "now": now,
        "difference": difference,
        "mcse": mcse,
        "errors": errors if difference else 0.0,
    }


def code_of(table: pd.DataFrame) -> int:
    """0: nothing moved but by Monte Carlo error; 1: something did; 2: something cannot be compared."""
    verdicts = set(table["verdict"])
    return 1 if NOT in verdicts else 2 if verdicts & {CHANGED, UNKNOWN} else 0


def tell(table: pd.DataFrame) -> None:
    """Print what moved, and how many numbers have which verdict."""
    moved = table[table["verdict"] != REPRODUCED]
    for row in moved.head(SHOWN).itertuples():
        errors = "no error known" if np.isnan(row.errors) else f"{row.errors:+.2f} MCSE"
        print(f"{row.where} {row.number}: {row.reference:.6g} -> {row.now:.6g} ({errors}), {row.verdict}")
    if len(moved) > SHOWN:
        print(f"and {len(moved) - SHOWN} more")
    for verdict, number in Counter(table["verdict"]).items():
        print(f"{number} numbers: {verdict}")


def main(chosen: str, results: str, target: str) -> int:
    """Write the table, say what moved, and return `code_of` it."""
    study = find_study({"study": chosen}, Path("config"))
    try:
        table = drift(study, Path(results) / study.name, Path("results", "reference", study.name))
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    write_csv(table, target)
    tell(table)
    print(f"All of them: {target}")
    return code_of(table)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
