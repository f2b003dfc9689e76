"""How much do real services differ, year by year?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, PALE, SMALL, figure, styled

PLACE = 11
TABLES = {"effects": "tables/therapist_effects.csv"}
NEEDS = "service counts"
ALT = (
    "Standard deviation between services in England by year, with 95 % intervals, on a band that marks the range "
    "found earlier in the same counts by another method."
)
CAPTION = (
    "Standard deviation of deterioration between services (log odds) by the intercept-only model, fitted to the counts "
    "of NHS Talking Therapies of each year: posterior mean and 95 % interval. Pale band: the range of the yearly "
    "values found in the same counts by a method of moments (DerSimonian and Laird). The unit is the service, not the "
    "therapist, and case mix is not taken into account. Counts are rounded to five by the publisher."
)
FOUND_BEFORE = (0.15, 0.26)  # evidence T22: NHS England counts, 128 to 158 services a year


@styled()
def draw(effects: pd.DataFrame) -> Figure:
    """Draw from the therapist effects table; data sets are named ``nhs-<year>``."""
    chosen = effects["dataset"].str.startswith("nhs-") & (effects["estimand"] == "therapist_sd")
    rows = effects[chosen].sort_values("dataset", ignore_index=True)
    at = np.arange(len(rows))
    made, axes = figure(_title(rows["estimate"]), height=2.5)
    axes.axhspan(*FOUND_BEFORE, color=PALE, lw=0)
    axes.annotate(
        "found before, by another method",
        (0, FOUND_BEFORE[0]),
        xytext=(0, -9),
        textcoords="offset points",
        fontsize=SMALL,
    )
    axes.vlines(at, rows["low"], rows["high"], color=DARK, lw=1.2)
    axes.plot(at, rows["estimate"], "o", color=BLUE, ms=4.5)
    axes.set_xticks(at, [_year(name, place) for place, name in enumerate(rows["dataset"])])
    axes.set(ylabel="SD between services (log odds)", ylim=(0, None), xlim=(-0.6, len(rows) - 0.4))
    return made


def _year(name: str, place: int) -> str:
    """A year as short as can be, the first in full."""
    first, last = name.removeprefix("nhs-").split("-")
    return f"{first}\n-{last}" if place == 0 else f"{first[2:]}\n-{last}"


def _title(found: pd.Series) -> str:
    if found.empty:
        return "How much do real services differ?"
    return f"Real services differ in every year: SD {found.min():.2f} to {found.max():.2f} (log odds)"
