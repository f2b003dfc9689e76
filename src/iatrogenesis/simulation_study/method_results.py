"""What the report says about methods: by the full study where that is committed and is about the same cells.

A study of a reader's hour has too few data sets to rank methods: 76 leave five points of coverage open, and eleven of
power. The full study's tables stand in `results/reference/full`, with a fingerprint of all that its data sets follow
from. A study with the same fingerprint reports them, for its own cells; any other one reports its own.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from iatrogenesis.core.instruments import CRITICAL

TABLES = ("performance", "cells")
SHARE_APART, MOST_APART = 0.1, 5.0
"""Beyond these `apart` has found a difference: measures of the same data are correlated, so twice the usual share."""
PROTOCOL = "protocol.yaml"


def committed(folder: Path, fingerprint: str, cells: Iterable[str]) -> bool:
    """Whether the full study's tables are there, about the same cells, methods and numbers, and have these cells."""
    path = folder / PROTOCOL
    if not path.is_file() or not all((folder / f"{name}.csv").is_file() for name in TABLES):
        return False
    about = yaml.safe_load(path.read_text(encoding="utf-8"))
    done = {cell for part in about["parts"] for cell in part["cells"]}
    return about["fingerprint"] == fingerprint and set(cells) <= done


def shown(folder: Path, seed: int, cells: Iterable[str], fingerprint: Callable[[], str]) -> list[str]:
    """Paths of the full study's tables, if a study of this seed shows them; the full study itself shows its own.

    Parameters
    ----------
    fingerprint
        Works out the study's; every start of the workflow asks, and nothing is worked out where nothing is committed.
    """
    path = folder / PROTOCOL
    if not path.is_file() or yaml.safe_load(path.read_text(encoding="utf-8"))["seed"] == seed:
        return []
    there = committed(folder, fingerprint(), cells)
    return [f"{folder.as_posix()}/{name}.csv" for name in TABLES] if there else []


def of_cells(table: pd.DataFrame, cells: list[str], study: str) -> pd.DataFrame:
    """Rows about some cells, in their order, with the study that they come from.

    Raises
    ------
    ValueError
        If a cell is not there.
    """
    if lost := [cell for cell in cells if cell not in set(table["cell"])]:
        raise ValueError(f"the full study has no cell {lost[0]!r}; bring results/reference/full up to date")
    place = {cell: at for at, cell in enumerate(cells)}
    own = table[table["cell"].isin(cells)]
    order = own["cell"].map(place).argsort(kind="stable")
    return own.iloc[order].reset_index(drop=True).assign(study=study)


def agreement(own: pd.DataFrame, full: pd.DataFrame) -> pd.DataFrame:
    """A study's own measures beside the full one's: cell, method, estimand, measure, both values, and z.

    The two have other seeds, so |z| exceeds 1.96 in at most about one measure of 20 where nothing has changed. A few
    data sets tell their own Monte Carlo error badly: none is seen where all or no intervals cover, and one data set can
    make it a hundredfold. So the error of their value is the larger of theirs and of what the full study's data sets
    would leave in as few.
    """
    keys = ["cell", "method", "estimand", "measure"]
    both = own.merge(full, on=keys, suffixes=("", "_full"))
    as_few = both["mcse_full"] * (both["replicates_full"] / both["replicates"]) ** 0.5
    error = (np.fmax(both["mcse"], as_few) ** 2 + both["mcse_full"] ** 2) ** 0.5
    both = both.assign(z=(both["value"] - both["value_full"]) / error)
    return both.loc[error > 0, [*keys, "value", "mcse", "value_full", "mcse_full", "z"]].reset_index(drop=True)


def apart(beside: pd.DataFrame) -> tuple[float, float]:
    """Share of measures whose |z| exceeds 1.96, and the largest |z|, of a table by `agreement`."""
    z = beside["z"].abs()
    return float((z > CRITICAL).mean()), float(z.max())
