"""Which raw rates lie outside what chance would do, alone and with the spread that all share?"""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.funnel import name_points
from iatrogenesis.figures.style import BLUE, DARK, GREY, ORANGE, PALE, figure, key, styled
from iatrogenesis.own_data.figures.frame import plain_text
from iatrogenesis.own_data.reporting.cells import numeric
from iatrogenesis.own_data.reporting.results import Results

MOST_NAMES = 15  # of those farthest outside
BEYOND = ("above", "below")
EXACT = (("low_95", "high_95", "--", "95 % limits, exact"), ("low_998", "high_998", ":", "99.8 % limits, exact"))
SHARED = ("low_95_additive", "high_95_additive")


@styled()
@plain_text
def draw(results: Results) -> Figure | None:
    """Draw rates against numbers of courses, with the limits of the table `funnel`."""
    rows = numeric(results.people, "clients", "raw_rate")
    rows = rows.dropna(subset=["clients", "raw_rate"])
    if rows.empty:
        return None
    made, axes = figure("Which raw rates lie outside what chance would do?", height=4.2)
    _limits(axes, results)
    counts = numeric(rows, "deteriorated")
    if counts["deteriorated"].notna().all():
        overall = 100 * counts["deteriorated"].sum() / rows["clients"].sum()
        axes.axhline(overall, color=DARK, lw=1, label="overall rate")
    outside = rows["beyond_exact"].isin(BEYOND) if "beyond_exact" in rows else rows["raw_rate"] < 0
    inside = {"marker": "o", "color": BLUE, "label": "within"}
    past = {"marker": "^", "color": ORANGE, "label": "outside, case mix allowed for"}
    for part, look in ((rows[~outside], inside), (rows[outside], past)):
        if len(part):
            axes.plot(part["clients"], 100 * part["raw_rate"], ls="none", ms=5, alpha=0.85, clip_on=False, **look)
    axes.set(xlabel="Finished courses", ylabel="Deteriorated (%)", xlim=(0, 1.1 * rows["clients"].max()))
    axes.set_ylim(0, 100 * max(1.2 * rows["raw_rate"].max(), 0.05))
    ends = numeric(rows[outside], "p_high", "p_low")[["p_high", "p_low"]].min(axis=1)
    beyond = rows.loc[ends.sort_values(kind="stable").index[:MOST_NAMES]]
    named = beyond.assign(therapist_id=[results.names.short(one) for one in beyond["therapist_id"]])
    name_points(axes, named[named["therapist_id"] != ""], rows)
    key(made)
    return made


def _limits(axes: Axes, results: Results) -> None:
    table = results.table("funnel")
    if "clients" not in table:
        return
    ends = [end for pair in (*EXACT, SHARED) for end in pair[:2]]
    limits = numeric(table, "clients", *ends).sort_values("clients")
    if limits[SHARED[0]].notna().any():
        shared = [100 * limits[end] for end in SHARED]
        axes.fill_between(limits["clients"], *shared, color=PALE, alpha=0.55, lw=0, label="95 %, overdispersion too")
    for low, high, line, label in EXACT:
        for end, text in ((low, label), (high, None)):
            axes.plot(limits["clients"], 100 * limits[end], line, color=GREY, lw=1.2, label=text)
