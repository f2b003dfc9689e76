"""Tables of simulated settings."""

from collections.abc import Mapping, Sequence

import pandas as pd

from iatrogenesis.core.montecarlo import jackknife_error
from iatrogenesis.explorer.measure import ALSO, FATES, WORK
from iatrogenesis.explorer.settings import SLIDERS, Setting

AVERAGES = (*FATES, *ALSO, *WORK)
PER_THOUSAND = (*FATES, *ALSO)


def described(setting: Setting) -> dict[str, object]:
    """Sliders and preventions as columns."""
    return {**dict(zip(SLIDERS, setting.sliders, strict=True)), "preventions": "+".join(setting.preventions)}


def averages(measures: Mapping[str, float]) -> dict[str, float]:
    """Every average with its Monte Carlo standard error; shares per 1,000 clients."""
    found = {}
    for name in AVERAGES:
        scale = 1000.0 if name in PER_THOUSAND else 1.0
        without = [value for column, value in measures.items() if column.startswith(f"{name}.")][1:]
        found |= {name: scale * measures[f"{name}.0"], f"{name}_mcse": scale * jackknife_error(without)}
    return found


def simulated(settings: Sequence[tuple[str, Setting]], measures: Sequence[Mapping[str, float]]) -> pd.DataFrame:
    """One row per simulated setting."""
    return pd.DataFrame(
        {"kind": kind, **described(setting), **averages(row)}
        for (kind, setting), row in zip(settings, measures, strict=True)
    )
