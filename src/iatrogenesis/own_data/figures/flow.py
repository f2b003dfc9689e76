"""Data flow as a CONSORT diagram: what went on at the left, what was left out and why at the right."""

from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.style import DARK, GREY, SMALL, figure, styled
from iatrogenesis.own_data.figures.frame import plain_text
from iatrogenesis.own_data.reporting.consort import Step, steps
from iatrogenesis.own_data.reporting.results import Results

LEFT, RIGHT = 0.22, 0.5  # of the width: where the boxes of what went on stand, and where the others begin
LETTERS = 42  # of a line in a box
LINE, GAP = 0.155, 0.22  # inches: of a line, and around the lines of a box
EDGE = 0.045  # inches from the lines of a box to its frame


@styled()
@plain_text
def draw(results: Results) -> Figure | None:
    """Draw one box a step, with the numbers of the table `flow`."""
    found = steps(results)
    if not found:
        return None
    heights = [_lines(step) * LINE + GAP for step in found]
    made, axes = figure("Data flow", height=sum(heights) + 0.45)
    axes.set(xlim=(0, 1), ylim=(-sum(heights), 0))
    axes.set_axis_off()
    top, reached = 0.0, None
    for step, height in zip(found, heights, strict=True):
        middle, half = top - height / 2, _lines(step) * LINE / 2 + EDGE
        if step.excluded:
            _box(axes, RIGHT, middle, step, GREY, "left")
            _arrow(axes, (LEFT, middle), (RIGHT - 0.02, middle))
        else:
            _box(axes, LEFT, middle, step, DARK, "center")
            if reached is not None:
                _arrow(axes, (LEFT, reached), (LEFT, middle + half))
            reached = middle - half
        top -= height
    return made


def _text(step: Step) -> str:
    return "\n".join(fill(line, LETTERS) for line in (step.title, *step.numbers))


def _lines(step: Step) -> int:
    return _text(step).count("\n") + 1


def _box(axes: Axes, across: float, middle: float, step: Step, colour: str, aligned: str) -> None:
    style = {"boxstyle": "square,pad=0.4", "fc": "white", "ec": colour, "lw": 1}
    text = {"ha": aligned, "va": "center", "fontsize": SMALL, "linespacing": 1.25, "zorder": 3}
    axes.text(across, middle, _text(step), bbox=style, **text)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": GREY, "lw": 1, "shrinkA": 0, "shrinkB": 0})
