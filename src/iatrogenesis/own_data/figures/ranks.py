"""Which ranks each therapist may have: one therapist at a time, and all of them at once."""

from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, GREY, PALE, figure, key, styled
from iatrogenesis.own_data.figures.caterpillar import label_rows
from iatrogenesis.own_data.figures.frame import plain_text, rows_shown
from iatrogenesis.own_data.reporting.cells import numeric, true
from iatrogenesis.own_data.reporting.results import Results

COLUMNS = ("rank", "rank_low", "rank_high", "rank_low_simultaneous", "rank_high_simultaneous")


@styled()
@plain_text
def draw(results: Results) -> Figure | None:
    """Draw the rank sets, in the order of the ranks."""
    every = numeric(results.people, *COLUMNS, "clients").dropna(subset=["rank"])
    if every.empty:
        return None
    shown = rows_shown(every, "rank")
    rows, at = shown.chosen, shown.at
    made, axes = figure("Which ranks are possible?", height=0.17 * len(at) + 1.9)
    if rows["rank_low_simultaneous"].notna().any():
        ends = rows["rank_low_simultaneous"], rows["rank_high_simultaneous"]
        axes.hlines(at, *ends, color=GREY, lw=0.9, label="95 % set, all at once")
    axes.hlines(at, rows["rank_low"], rows["rank_high"], color=PALE, lw=4, label="95 % set, each alone")
    axes.plot(rows["rank"], at, "o", color=BLUE, ms=4, label="rank")
    ranked = true(results.people["named"]).sum() if "named" in results.people else 0
    number = max(int(ranked), len(every))  # those whose ranks small numbers leave out are ranked, too
    axes.set(xlabel=f"Rank among {number} {results.units} (1: lowest rate)", ylim=(-1, at[-1] + 1))
    axes.set_xlim(0, number + 1)
    label_rows(axes, shown, results)
    key(made, columns=3)
    return made
