"""Settings side by side, as a picture for paper and notebooks: a mark for each of 1,000 clients, and their courses."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import t

from iatrogenesis.core.montecarlo import jackknife_error
from iatrogenesis.explorer.charts import CLIENTS, COLUMNS, FATE_COLOURS, ROWS
from iatrogenesis.explorer.measure import FATES, SESSIONS
from iatrogenesis.figures.style import PALE, figure, styled

MARKERS = {"improved": "o", "unchanged": "s", "worse_anyway": "D", "worse_because": "^", "not_judged": "P"}
SHORT = {
    "improved": "better",
    "unchanged": "no reliable change",
    "worse_anyway": "worse anyway",
    "worse_because": "worse because of therapy",
    "not_judged": "came once",
}


def interval(measures: Mapping[str, float], name: str) -> tuple[float, float, float]:
    """A share per 1,000 clients with the ends of its 95 % Monte Carlo interval (jackknife over services)."""
    value, half = _with_error(_parts(measures, name))
    return value, max(0.0, value - half), value + half


def net(measures: Mapping[str, float]) -> tuple[float, float, float]:
    """Net harm per 1,000 clients: how many more get worse than in the reference world, with a 95 % interval."""
    value, half = _with_error(_parts(measures, "worse_because") - _parts(measures, "spared"))
    return value, value - half, value + half


def fewer(one: Mapping[str, float], other: Mapping[str, float]) -> tuple[float, float, float]:
    """How many fewer of 1,000 clients get worse in the second of two settings, for whatever reason.

    With a 95 % interval; the same clients are in both, so that chance cancels.
    """
    first, second = (_parts(m, "worse_because") + _parts(m, "worse_anyway") for m in (one, other))
    value, half = _with_error(first - second)
    return value, value - half, value + half


def _parts(measures: Mapping[str, float], name: str) -> np.ndarray:
    """A number per 1,000 clients: over all services, and with each left out."""
    return 1000 * np.array([value for column, value in measures.items() if column.startswith(f"{name}.")])


def _with_error(parts: np.ndarray) -> tuple[float, float]:
    return float(parts[0]), float(t.ppf(0.975, len(parts) - 2) * jackknife_error(parts[1:]))


@styled()
def draw(settings: Mapping[str, Mapping[str, float]], highest: float | None = None) -> Figure:
    """Draw measures (as `iatrogenesis.explorer.measure` gives them) by title, one column each.

    Severity is drawn up to `highest`; without it, as high as these settings need.
    """
    layout = {"nrows": 3, "ncols": len(settings), "height_ratios": (1.2, 0.65, 1.5), "squeeze": False}
    made, axes = figure("What becomes of 1,000 clients", height=6.0, width=3.6 * len(settings), **layout)
    highest = highest or max(m[f"unlucky@{SESSIONS}"] for m in settings.values())
    for place, (title, measures) in enumerate(settings.items()):
        marks, words, courses = axes[:, place]
        _clients(marks, words, measures)
        marks.set_title(title, fontsize=10, loc="left")
        _courses(courses, measures)
        courses.set(ylim=(0, 1.1 * highest), xlabel="Session", ylabel="" if place else "Severity (points, as PHQ-9)")
    return made


def _clients(axis: Axes, words: Axes, measures: Mapping[str, float]) -> None:
    shares = np.array([1000 * measures[f"{fate}.0"] for fate in FATES])
    ends = np.rint(np.cumsum(shares)).astype(int)
    marks = np.arange(ROWS * COLUMNS)
    for fate, first, last in zip(FATES, [0, *ends[:-1]], ends, strict=True):
        some = marks[first:last]
        _, low, high = interval(measures, fate)
        label = f"{last - first} {SHORT[fate]} ({low:.0f} to {high:.0f})"
        axis.plot(
            some // ROWS, some % ROWS, MARKERS[fate], ms=2.4, mew=0, color=FATE_COLOURS[fate], ls="none", label=label
        )
    axis.set(xlim=(-1, COLUMNS), ylim=(ROWS, -1))
    axis.axis("off")
    words.axis("off")
    key = words.legend(
        *axis.get_legend_handles_labels(), loc="upper left", markerscale=2.2, handletextpad=0.2, borderpad=0
    )
    key.set_in_layout(False)  # long words must not narrow the pictures


def _courses(axis: Axes, measures: Mapping[str, float]) -> None:
    session = np.arange(1, SESSIONS + 1)

    def series(name: str) -> list[float]:
        return [measures[f"{name}@{k}"] for k in session]

    axis.fill_between(session, series("severity_10"), series("severity_90"), color=PALE, alpha=0.6, lw=0)
    axis.fill_between(session, series("severity_25"), series("severity_75"), color=PALE, lw=0)
    for name, (label, colour, (dash, gap)) in CLIENTS.items():
        axis.plot(session, series(name), color=colour, lw=2, ls=(0, (dash, gap)) if gap else "-")
        axis.annotate(
            label, (SESSIONS, measures[f"{name}@{SESSIONS}"]), xytext=(3, 0), textcoords="offset points", va="center"
        )
    axis.set(xlim=(1, SESSIONS), xticks=[1, 4, 8, 12, 16])
