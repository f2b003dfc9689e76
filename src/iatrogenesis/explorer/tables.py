"""Tables of the simulated settings, and of the accuracy of interpolation between them."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from iatrogenesis.core.montecarlo import jackknife_error
from iatrogenesis.explorer.measure import ALSO, FATES, WORK
from iatrogenesis.explorer.settings import SLIDERS, Setting
from iatrogenesis.explorer.surface import Surface

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


def simulated(settings: Sequence[tuple[str, Setting]], measures: pd.DataFrame) -> pd.DataFrame:
    """One row per simulated setting."""
    rows = measures.to_dict(orient="records")
    return pd.DataFrame(
        {"kind": kind, **described(setting), **averages(row)}
        for (kind, setting), row in zip(settings, rows, strict=True)
    )


def checked(surface: Surface, settings: Iterable[Setting], measures: pd.DataFrame) -> pd.DataFrame:
    """One row per setting and outcome: as simulated, as the page says, and how far apart.

    ``off`` is page less simulation, in the outcome's unit; ``off_share`` the same as a logarithm of the ratio, empty
    where either is zero. Both hold the simulation's own error (``mcse``) besides that of the page.
    """
    rows = []
    for setting, row in zip(settings, measures.to_dict(orient="records"), strict=True):
        real, said = averages(row), averages(surface.at(setting))
        for name in AVERAGES:
            both = real[name] > 0 and said[name] > 0
            rows.append(
                {
                    **described(setting),
                    "outcome": name,
                    "simulated": real[name],
                    "mcse": real[f"{name}_mcse"],
                    "page": said[name],
                    "off": said[name] - real[name],
                    "off_share": float(np.log(said[name] / real[name])) if both else np.nan,
                }
            )
    return pd.DataFrame(rows)


def accuracy(check: pd.DataFrame) -> pd.DataFrame:
    """By outcome: root mean square and worst of both distances, shape (outcomes, 4)."""
    groups = check.groupby("outcome")[["off", "off_share"]]
    typical, worst = (
        groups.agg(lambda column: np.sqrt(np.mean(column**2))),
        groups.agg(lambda column: column.abs().max()),
    )
    found = typical.add_prefix("typical_").join(worst.add_prefix("worst_"))
    return found.loc[[name for name in AVERAGES if name in found.index]]
