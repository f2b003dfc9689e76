"""What should be done about therapists with bad results?"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, DOUBLE, GREY, SMALL, figure, heading, key, rows, rows_again, styled
from iatrogenesis.simulation_study.names import POLICIES

PLACE = 18
TABLES = {"policies": "tables/policies.csv"}
CHAPTER = "Simulation study"
ALT = (
    "Three panels with one row per policy: deteriorations averted per 1,000 clients seen in ten years; the false "
    "discovery rate, the proportion of those removed or supported who are not harmful; and clients not seen, per "
    "1,000. Each has a dot for the median over plausible worlds, a thick bar for the 50 % range and a thin one for the "
    "90 % range."
)
CAPTION = (
    "Ten years of a service whose rate, spread, burnout and caseloads are those of a plausible world, with a case mix "
    "that differs between places. Left: deteriorations averted per 1,000 clients seen. Middle: false discovery rate, "
    "the proportion of those removed or supported whose rate at the time, burnout's part included, does not exceed "
    "{ratio} the service's mean; few therapists are harmful, so that it is high for any rule that chooses a fixed "
    "share, and support of the burned-out looks for a cause rather than for harm. Right: clients not seen, because a "
    "place is empty until a successor has been found, or because of the limit. Dot: median over plausible worlds; "
    "thick bar: 50 % range; thin bar: 90 % range. Monte Carlo error is not drawn; the table has it. What removal costs "
    "the removed, their training, and the clients whose therapy is cut is not counted."
)
PANELS = {"Averted": "per 1,000 clients", "Chosen but not harmful": "%", "Not seen": "per 1,000 clients"}


@styled()
def draw(policies: pd.DataFrame) -> Figure:
    """Draw from the table of policies."""
    by = {key: row for key, row in policies.set_index(["policy", "measure"]).iterrows()}
    title = _title(by)
    made, axes = figure(title, 0.19 * len(POLICIES) + 1.2, DOUBLE, ncols=3, sharey=True)
    for place, name in enumerate(POLICIES):
        _range(axes[0], by[name, "averted"], place)
        if (name, "fdr") in by:
            _range(axes[1], by[name, "fdr"], place)
        else:
            axes[1].annotate("nobody is chosen", (3, place), va="center", fontsize=SMALL)
        if (name, "not_seen") in by:
            _range(axes[2], by[name, "not_seen"], place)
        else:
            axes[2].plot(0, place, "o", color=GREY, ms=3)
    axes[0].axvline(0, color=DARK, lw=0.6)
    rows(axes[0], POLICIES.values())
    for axis, (title, unit) in zip(axes, PANELS.items(), strict=True):
        rows_again(axis)
        heading(axis, title)
        axis.set_xlabel(unit)
    axes[1].set_xlim(0, 100)
    key(made, handles=axes[0].get_legend_handles_labels()[0][:3], columns=3)
    return made


def _title(by: dict) -> str:
    averted = {name: float(by[name, "averted"]["median"]) for name in POLICIES}
    best = max(averted, key=lambda name: averted[name])
    words = f"“{POLICIES[best].capitalize()}” averts most, {averted[best]:.0f} of 1,000 clients"
    if (best, "fdr") not in by:
        return words
    return f"{words}, but {by[best, 'fdr']['median']:.0f} % of those chosen are not harmful"


def _range(axis: Axes, row: pd.Series, place: int) -> None:
    axis.hlines(place, row["low_90"], row["high_90"], color=DARK, lw=0.9, label="90 % range")
    axis.hlines(place, row["low_50"], row["high_50"], color=BLUE, lw=3.5, alpha=0.75, label="50 % range")
    axis.plot(row["median"], place, "o", color="white", mec=DARK, ms=4.2, label="median")
