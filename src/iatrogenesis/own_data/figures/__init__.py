"""Pictures of an analysis of own data, from its tables: a module each, with a function ``draw`` that may say none."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from iatrogenesis.core.registry import member
from iatrogenesis.own_data.prepared import About
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.settings import OwnData

NAMES = (
    *("overview", "flow", "services", "estimates", "allocation", "funnel", "caterpillar", "ranks", "cusum", "periods"),
    *("sensitivity", "could", "forecast"),
)
"""In the order of the report."""
FORMS = ("svg", "png")


def draw_all(tables: Mapping[str, pd.DataFrame], about: About, settings: OwnData, folder: Path) -> list[Path]:
    """Draw every picture that the tables allow; the same tables give the same bytes.

    Parameters
    ----------
    tables
        Result tables by name; any may be absent, and then its picture is.
    folder
        Exists; gets ``<name>.svg`` and ``<name>.png``, and loses those of pictures that are not drawn any more.

    Returns
    -------
    list of pathlib.Path
        What was written, in the order of the report.
    """
    from iatrogenesis.figures.style import save

    results = Results(tables, about, settings)
    written: list[Path] = []
    for name in NAMES:
        paths = [folder / f"{name}.{form}" for form in FORMS]
        made = member("iatrogenesis.own_data.figures", name).draw(results)
        if made is None:
            for path in paths:
                path.unlink(missing_ok=True)
            continue
        save(made, *paths)
        written += paths
    return written
