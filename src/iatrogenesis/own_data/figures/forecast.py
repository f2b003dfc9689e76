"""What comes next? Predictive intervals of each unit's rate in the next period."""

from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, PALE, figure, key, styled
from iatrogenesis.own_data.figures.caterpillar import label_rows
from iatrogenesis.own_data.figures.frame import plain_text, rows_shown
from iatrogenesis.own_data.reporting.cells import numeric
from iatrogenesis.own_data.reporting.results import Results

QUANTILES = ("q025", "q25", "q50", "q75", "q975")


@styled()
@plain_text
def draw(results: Results) -> Figure | None:
    """Draw the table `forecast`: 50 and 95 % intervals and the median."""
    if not results.has("forecast", "unit_id", "period", *QUANTILES):
        return None
    rows = results.table("forecast").rename(columns={"unit_id": "therapist_id", "n": "clients"})
    rows = numeric(rows, *QUANTILES, "clients").dropna(subset=list(QUANTILES))
    if rows.empty:
        return None
    shown = rows_shown(rows, "q50")
    made, axes = figure(f"Forecast of {rows['period'].iloc[0]}", height=0.17 * len(shown.at) + 1.9)
    low, lower, middle, upper, high = (100 * shown.chosen[name] for name in QUANTILES)
    axes.hlines(shown.at, low, high, color=PALE, lw=3.5, label="95 % interval")
    axes.hlines(shown.at, lower, upper, color=BLUE, lw=3.5, alpha=0.6, label="50 % interval")
    axes.plot(middle, shown.at, "|", color="black", ms=7, ls="none", label="median")
    axes.set(xlabel="Deteriorated (% of finished courses)", ylim=(-1, shown.at[-1] + 1), xlim=(0, None))
    label_rows(axes, shown, results)
    key(made, columns=3)
    return made
