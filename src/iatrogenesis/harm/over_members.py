"""Conclusions worked out in each member of the ensemble; members are simulated in blocks, blocks go to the cores."""

from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pandas as pd

from iatrogenesis.evidence.worlds import blocks, members_of
from iatrogenesis.harm.conclusions import Conclusion, concluded
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup


def over_members(
    setup: Setup,
    design: Design,
    worlds: Mapping[str, Scenario],
    conclusions: Mapping[str, Conclusion],
    values: Mapping[str, np.ndarray],
    cores: int,
) -> pd.DataFrame:
    """One row per conclusion and member: conclusion, label, member, value and its Monte Carlo error.

    Parameters
    ----------
    design
        Of one member, whose people are its own.
    values
        Values of the members by dotted path, shape (members,); a world ignores paths that it does not have.
    """
    job = partial(_block, setup, design, worlds, conclusions)
    with ProcessPoolExecutor(cores) as pool:
        rows = [row for part in pool.map(job, *zip(*blocks(values), strict=True)) for row in part]
    return pd.DataFrame(rows).sort_values("order", kind="stable", ignore_index=True).drop(columns="order")


def _block(
    setup: Setup,
    design: Design,
    worlds: Mapping[str, Scenario],
    conclusions: Mapping[str, Conclusion],
    values: dict[str, np.ndarray],
    first: int,
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for member, samples in enumerate(members_of(setup, design, worlds, values, first), start=first):
        for order, (name, (value, mcse)) in enumerate(concluded(samples, conclusions).items()):
            about: dict[str, object] = {"order": order, "conclusion": name, "label": conclusions[name].label}
            rows.append(about | {"member": member, "value": value, "mcse": mcse})
    return rows
