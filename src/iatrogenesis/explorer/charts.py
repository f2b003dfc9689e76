"""The pages' pictures, as Vega-Lite; the page fills in their data while sliders move.

Each takes a table of the name in `altair.NamedData`. Scales do not move with the data, so that two settings compare.
Colours are the page's own, so that charts are dark where it is; titles of axes are names of words, which the page says
in its language.
"""

import altair as alt

from iatrogenesis.figures.style import DARK, GREEN, ORANGE

FATE_COLOURS = {
    "improved": "#56b4e9",
    "unchanged": "#c4c4c4",
    "worse_anyway": "#e69f00",
    "worse_because": "#8c2d04",
    "not_judged": "#767676",
}
CLIENTS = {
    "unlucky": ("gets worse", ORANGE, [1, 0]),
    "typical": ("typical", DARK, [6, 3]),
    "lucky": ("gets better", GREEN, [2, 3]),
}
ROWS, COLUMNS = 20, 50

FONT = "system-ui, -apple-system, 'Segoe UI', sans-serif"
INK, QUIET, EDGE, BAND, WARN, GOOD = (f"var(--{name})" for name in ("ink", "quiet", "edge", "band", "warn", "good"))
TEXT = {"labelColor": INK, "titleColor": INK, "labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal"}
LOOK = {
    "background": "transparent",
    "font": FONT,
    "view": {"stroke": None},
    "axis": {**TEXT, "grid": False, "labelFlush": False, "domainColor": QUIET, "tickColor": QUIET},
    "text": {"fontSize": 13, "color": INK},
    "padding": 6,
}
LINES = {"unlucky": (WARN, [1, 0]), "typical": (INK, [6, 3]), "lucky": (GOOD, [2, 3])}


def finished(chart: alt.Chart | alt.LayerChart | alt.FacetChart, height: int) -> dict:
    """As wide as its place on the page, in the page's look."""
    return chart.properties(width="container", height=height).configure(**LOOK).to_dict()


def _x(field: str, title: str, ends: tuple[float, float], values: list[int]) -> alt.X:
    scale = alt.Scale(domain=ends, nice=False)
    return alt.X(f"{field}:Q", title=title, scale=scale, axis=alt.Axis(values=values))


def courses(highest: float) -> dict:
    """Severity by session: how clients spread, and three kinds of them.

    Parameters
    ----------
    highest
        End of the scale, in points.
    """
    last = 16
    x = _x("session", "t:axis_session", (1, last + 3.5), [1, 4, 8, 12, 16])
    scale = alt.Scale(domain=[0, highest], nice=False)
    fan = alt.Chart(alt.NamedData("fan")).encode(x=x)
    wide = fan.mark_area(color=BAND, opacity=0.55).encode(
        y=alt.Y("p10:Q", title="t:axis_severity", scale=scale), y2="p90:Q"
    )
    narrow = fan.mark_area(color=BAND).encode(y=alt.Y("p25:Q", scale=scale), y2="p75:Q")
    colour, dash = _kinds(LINES)
    lines = alt.Chart(alt.NamedData("courses")).encode(x=x, y=alt.Y("severity:Q", scale=scale), color=colour)
    names = lines.mark_text(align="left", dx=5).encode(text="label:N").transform_filter(f"datum.session == {last}")
    drawn = lines.encode(strokeDash=dash).mark_line(strokeWidth=2.5)
    return finished(wide + narrow + drawn + names, 300)


def _kinds(lines: dict[str, tuple[str, list[int]]]) -> tuple[alt.Color, alt.StrokeDash]:
    """Colour and dashes by the field ``who``."""
    who = list(lines)
    colours, dashes = ([line[part] for line in lines.values()] for part in (0, 1))
    return (
        alt.Color("who:N", legend=None, scale=alt.Scale(domain=who, range=colours)),
        alt.StrokeDash("who:N", legend=None, scale=alt.Scale(domain=who, range=dashes)),
    )


def burnout(lowest: float, highest: float) -> dict:
    """Burnout over a year: how therapists spread, and one of them."""
    x = _x("week", "t:axis_week", (0, 52), [0, 13, 26, 39, 52])
    y = {"title": "t:axis_burnout", "scale": alt.Scale(domain=[lowest, highest], nice=False)}
    fan = alt.Chart(alt.NamedData("therapists")).encode(x=x)
    spread = fan.mark_area(color=BAND).encode(y=alt.Y("p10:Q", **y), y2="p90:Q")
    middle = fan.mark_line(color=QUIET, strokeDash=[6, 3]).encode(y=alt.Y("p50:Q", **y))
    one = alt.Chart(alt.NamedData("one")).mark_line(color=EDGE, strokeWidth=2.5).encode(x=x, y=alt.Y("burnout:Q", **y))
    zero = alt.Chart(alt.Data(values=[{"y": 0}])).mark_rule(color=QUIET, strokeWidth=0.7).encode(y=alt.Y("y:Q", **y))
    return finished(spread + zero + middle + one, 190)


def places(most: float) -> dict:
    """Clients that the average therapist sees at a time, and how many of them are off track."""
    x = _x("week", "t:axis_week", (0, 52), [0, 13, 26, 39, 52])
    y = {"title": "t:axis_places", "scale": alt.Scale(domain=[0, most], nice=False)}
    months = alt.Chart(alt.NamedData("places")).encode(x=x)
    every = months.mark_area(interpolate="step-after", color=BAND).encode(y=alt.Y("places:Q", **y))
    off = months.mark_area(interpolate="step-after", color=WARN).encode(y=alt.Y("off_track:Q", **y))
    return finished(every + off, 150)


def followed(title: str, low: float, high: float) -> dict:
    """One client and the twin by week of therapy, with what happens to them; tables `line` and `events`.

    Parameters
    ----------
    title
        Name of the words for the vertical axis.
    low, high
        Ends of the vertical axis.
    """
    weeks = alt.param(name="weeks", value=12)  # of the course that is shown; the page says how many
    scale = alt.Scale(domain=[0.5, alt.ExprRef("weeks * 1.12 + 0.5")], nice=False)
    axis = alt.Axis(tickMinStep=1, format="d")
    x = alt.X("week:Q", title="t:axis_week_of_therapy", scale=scale, axis=axis)
    y = alt.Y("value:Q", title=title, scale=alt.Scale(domain=[low, high], nice=False))
    colour, dash = _kinds({"client": (WARN, [1, 0]), "twin": (EDGE, [6, 3])})
    lines = alt.Chart(alt.NamedData("line")).encode(x=x, y=y, color=colour)
    line = lines.encode(strokeDash=dash).mark_line(strokeWidth=3, point={"size": 45, "filled": True})
    names = [
        lines.mark_text(align="left", dx=9, dy=dy, fontWeight="bold")
        .encode(text="label:N")
        .transform_filter(f"datum.last && datum.who == '{name}'")
        for name, dy in (("client", -9), ("twin", 9))
    ]
    happened = alt.Chart(alt.NamedData("events")).encode(x=x)
    rings = happened.mark_point(filled=False, size=260, strokeWidth=2.5, color=INK).encode(y=y, shape=_shapes())
    noticed = happened.mark_rule(color=INK, strokeWidth=2, strokeDash=[2, 3])
    return finished(
        alt.layer(
            line,
            noticed.transform_filter("datum.what == 'noticed'"),
            rings.transform_filter("datum.what != 'noticed'"),
            *names,
        ).add_params(weeks),
        190,
    )


def _shapes() -> alt.Shape:
    shapes = {"rupture": "cross", "repaired": "circle", "crisis": "triangle-up"}
    return alt.Shape("what:N", legend=None, scale=alt.Scale(domain=list(shapes), range=list(shapes.values())))
