"""Each unit's raw and modelled rate in the last period, by name where there are enough courses."""

from matplotlib.figure import Figure

from iatrogenesis.figures.caterpillar import rates
from iatrogenesis.figures.style import figure, key, styled
from iatrogenesis.own_data.figures.caterpillar import label_rows
from iatrogenesis.own_data.figures.frame import plain_text, rows_shown
from iatrogenesis.own_data.reporting.cells import numeric
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.units import last_period


@styled()
@plain_text
def draw(results: Results) -> Figure | None:
    """Draw the rows of the last period."""
    rows = last_period(results).rename(columns={"unit_id": "therapist_id", "n": "clients"})
    rows = numeric(rows, "raw_rate", "rate", "rate_low", "rate_high", "clients").dropna(subset=["rate"])
    if rows.empty:
        return None
    shown = rows_shown(rows, "rate")
    made, axes = figure(f"Rates of units in {rows['period'].iloc[0]}", height=0.17 * len(shown.at) + 1.9)
    rates(axes, shown.chosen, shown.at)
    axes.set(xlabel="Deteriorated (% of finished courses)", ylim=(-1, shown.at[-1] + 1), xlim=(0, None))
    label_rows(axes, shown, results)
    key(made)
    return made
