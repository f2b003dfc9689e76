"""The explorer's pictures, as Vega-Lite; the page fills in their data while sliders move.

Each takes a table of the name in `altair.NamedData`. Scales do not move with the data, so that two settings compare.
"""

import altair as alt

from iatrogenesis.figures.style import BLUE, DARK, GREEN, GREY, ORANGE, PALE

FATE_COLOURS = {
    "improved": "#56b4e9",
    "unchanged": "#c4c4c4",
    "worse_anyway": "#e69f00",
    "worse_because": "#8c2d04",
    "not_judged": "#767676",
}
FATE_SHAPES = {
    "improved": "circle",
    "unchanged": "square",
    "worse_anyway": "diamond",
    "worse_because": "triangle-up",
    "not_judged": "cross",
}
CLIENTS = {
    "unlucky": ("gets worse", ORANGE, [1, 0]),
    "typical": ("typical", DARK, [6, 3]),
    "lucky": ("gets better", GREEN, [2, 3]),
}
ROWS, COLUMNS = 20, 50

FONT = "system-ui, -apple-system, 'Segoe UI', sans-serif"
LOOK = {
    "background": "#fff",
    "font": FONT,
    "view": {"stroke": None},
    "axis": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "grid": False, "labelFlush": False},
    "text": {"fontSize": 12},
    "padding": 6,
}


def finished(chart: alt.Chart | alt.LayerChart | alt.FacetChart, height: int) -> dict:
    """As wide as its place on the page, in the explorer's look."""
    return chart.properties(width="container", height=height).configure(**LOOK).to_dict()


def clients() -> dict:
    """A mark for each of 1,000 clients; table `clients` with x, y and fate."""
    fates = list(FATE_COLOURS)
    chart = (
        alt.Chart(alt.NamedData("clients"))
        .mark_point(filled=True, opacity=1, size=30)
        .encode(
            x=alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.6, COLUMNS - 0.4], nice=False)),
            y=alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[ROWS - 0.4, -0.6], nice=False)),
            color=alt.Color("fate:N", legend=None, scale=alt.Scale(domain=fates, range=list(FATE_COLOURS.values()))),
            shape=alt.Shape("fate:N", legend=None, scale=alt.Scale(domain=fates, range=list(FATE_SHAPES.values()))),
        )
    )
    return finished(chart, 190)


def courses(highest: float) -> dict:
    """Severity by session: how clients spread, and three kinds of them.

    Parameters
    ----------
    highest
        End of the scale, in points.
    """
    last = 16
    x = alt.X(
        "session:Q",
        title="session",
        scale=alt.Scale(domain=[1, last + 3.5], nice=False),
        axis=alt.Axis(values=[1, 4, 8, 12, 16]),
    )
    scale = alt.Scale(domain=[0, highest], nice=False)
    fan = alt.Chart(alt.NamedData("fan")).encode(x=x)
    title = "severity (points, as PHQ-9)"
    wide = fan.mark_area(color=PALE, opacity=0.6).encode(y=alt.Y("p10:Q", title=title, scale=scale), y2="p90:Q")
    narrow = fan.mark_area(color=PALE).encode(y=alt.Y("p25:Q", scale=scale), y2="p75:Q")
    who = list(CLIENTS)
    colour = alt.Color("who:N", legend=None, scale=alt.Scale(domain=who, range=[CLIENTS[name][1] for name in who]))
    lines = alt.Chart(alt.NamedData("courses")).encode(x=x, y=alt.Y("severity:Q", scale=scale), color=colour)
    dashes = alt.Scale(domain=who, range=[CLIENTS[name][2] for name in who])
    drawn = lines.mark_line(strokeWidth=2.5).encode(strokeDash=alt.StrokeDash("who:N", legend=None, scale=dashes))
    names = lines.mark_text(align="left", dx=5).encode(text="label:N").transform_filter(f"datum.session == {last}")
    return finished(wide + narrow + drawn + names, 230)


def burnout(lowest: float, highest: float) -> dict:
    """Burnout over a year: how therapists spread, and one of them."""
    x = alt.X(
        "week:Q",
        title="week",
        scale=alt.Scale(domain=[0, 52], nice=False),
        axis=alt.Axis(values=[0, 13, 26, 39, 52]),
    )
    y = {"title": "burnout (SD, 0 = average)", "scale": alt.Scale(domain=[lowest, highest], nice=False)}
    fan = alt.Chart(alt.NamedData("therapists")).encode(x=x)
    spread = fan.mark_area(color=PALE).encode(y=alt.Y("p10:Q", **y), y2="p90:Q")
    middle = fan.mark_line(color=GREY, strokeDash=[6, 3]).encode(y=alt.Y("p50:Q", **y))
    one = alt.Chart(alt.NamedData("one")).mark_line(color=BLUE, strokeWidth=2).encode(x=x, y=alt.Y("burnout:Q", **y))
    zero = alt.Chart(alt.Data(values=[{"y": 0}])).mark_rule(color=GREY, strokeWidth=0.7).encode(y=alt.Y("y:Q", **y))
    return finished(spread + zero + middle + one, 170)


def places(most: float) -> dict:
    """Clients that the average therapist sees at a time, and how many of them are off track."""
    x = alt.X(
        "week:Q",
        title="week",
        scale=alt.Scale(domain=[0, 52], nice=False),
        axis=alt.Axis(values=[0, 13, 26, 39, 52]),
    )
    y = {"title": "clients at a time", "scale": alt.Scale(domain=[0, most], nice=False)}
    months = alt.Chart(alt.NamedData("places")).encode(x=x)
    every = months.mark_area(interpolate="step-after", color=PALE).encode(y=alt.Y("places:Q", **y))
    off = months.mark_area(interpolate="step-after", color=ORANGE).encode(y=alt.Y("off_track:Q", **y))
    return finished(every + off, 120)
