"""The measurements as a picture."""

import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DOUBLE, GREY, figure, styled

NAMES = {
    "three_routes": "three routes of harm",
    "routine_care": "routine care, sixteen routes",
    "all_preventions": "and every prevention",
    "floor of all_preventions": "its random numbers only",
    "mesa": "three routes of harm in Mesa",
}


@styled()
def draw(table: pd.DataFrame) -> Figure:
    """Time per client-session above, memory by number of clients below."""
    speeds = table[table["ns_median"].notna()].set_index("what").loc[list(NAMES)[::-1]]
    made, (above, below) = figure("How fast is the simulator, and how large?", 5.0, DOUBLE, nrows=2)
    colours = [GREY if name.startswith(("floor", "mesa")) else BLUE for name in speeds.index]
    above.barh([NAMES[name] for name in speeds.index], speeds["ns_median"], color=colours)
    for row, value in enumerate(speeds["ns_median"]):
        above.annotate(f"{value:,.0f}", (value, row), xytext=(4, 0), textcoords="offset points", va="center")
    above.set(xscale="log", xlim=(10, 10 * speeds["ns_median"].max()))
    above.set_xlabel("ns per client-session and core (median)")
    streamed = table[table["peak_mb"].notna()]
    below.plot(streamed["clients"], streamed["peak_mb"], "o-", color=BLUE)
    for row in streamed.itertuples():
        below.annotate(f"{row.seconds:,.0f} s", (row.clients, row.peak_mb), xytext=(0, 7), textcoords="offset points")
    below.set(xscale="log", xlabel="Clients in one streamed file", ylabel="Peak memory (MB)")
    below.set_ylim(0, 1.4 * streamed["peak_mb"].max())
    return made
