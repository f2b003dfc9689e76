"""Conclusions worked out in each member of the ensemble."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd

from iatrogenesis.evidence.worlds import Asked, Values, spread
from iatrogenesis.harm.conclusions import Conclusion, concluded
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.judged import Sample
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup


def over_members(
    setup: Setup,
    design: Design,
    worlds: Mapping[str, Scenario],
    conclusions: Mapping[str, Conclusion],
    values: Values,
    cores: int,
) -> pd.DataFrame:
    """One row per conclusion and member: conclusion, label, member, value and its Monte Carlo error.

    Parameters
    ----------
    design
        Of one member, whose people are its own.
    """
    found = spread(Asked(setup, design, worlds, partial(_with_errors, conclusions)), values, cores=cores)
    member = np.arange(found.shape[1])
    parts = [
        pd.DataFrame({"conclusion": name, "label": one.label, "member": member, "value": value, "mcse": mcse})
        for (name, one), value, mcse in zip(conclusions.items(), found[::2], found[1::2], strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


def _with_errors(conclusions: Mapping[str, Conclusion], samples: dict[str, Sample]) -> np.ndarray:
    """Value and error of each conclusion in turn, shape (2 * conclusions,)."""
    return np.array(list(concluded(samples, conclusions).values())).ravel()
