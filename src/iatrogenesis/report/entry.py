"""One number of the report, with its uncertainty, unit and the table it comes from."""

import numpy as np
import pandas as pd

Number = dict[str, float | int | str]
CONFIGURED = "as in the configuration"  # the unit of numbers that are chosen, not found: printed as they are


def number(value, source: str, unit: str, low=None, high=None, mcse=None) -> Number:
    """One entry: value, unit, source, and low, high and mcse where they are known.

    Raises
    ------
    ValueError
        If the value is not finite.
    """
    if not np.isfinite(value):
        raise ValueError(f"{source}: a number of the report is missing or infinite ({unit})")
    entry: Number = {"value": value, "source": source, "unit": unit}
    for name, extra in (("low", low), ("high", high), ("mcse", mcse)):
        if extra is not None and pd.notna(extra):
            entry[name] = float(extra)
    return entry
