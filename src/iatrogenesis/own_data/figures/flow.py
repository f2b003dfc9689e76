"""Data flow as a CONSORT diagram: what went on at the left, what was left out and why at the right."""

from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.style import DARK, GREY, figure, styled
from iatrogenesis.own_data.figures.frame import plain_text
from iatrogenesis.own_data.reporting.consort import Step, steps
from iatrogenesis.own_data.reporting.results import Results

LEFT, RIGHT = 0.24, 0.76  # centres of the boxes, as a share of the width
LETTERS = 34  # of a line in a box
LINE = 0.2  # inches


@styled()
@plain_text
def draw(results: Results) -> Figure | None:
    """Draw one box a step, with the numbers of the table `flow`."""
    found = steps(results)
    if not found:
        return None
    heights = [_lines(step) * LINE + 0.3 for step in found]
    made, axes = figure("Data flow", height=sum(heights) + 0.5)
    axes.set(xlim=(0, 1), ylim=(-sum(heights), 0))
    axes.set_axis_off()
    top, before = 0.0, None
    for step, height in zip(found, heights, strict=True):
        middle = top - height / 2
        if step.excluded:
            _box(axes, RIGHT, middle, step, GREY)
        else:
            _box(axes, LEFT, middle, step, DARK)
            if before is not None:
                _arrow(axes, (LEFT, before), (LEFT, top - 0.06))
            before = top - height + 0.06
        top -= height
    top = 0.0
    for step, height in zip(found, heights, strict=True):
        if step.excluded:
            _arrow(axes, (LEFT, top - height / 2), (RIGHT - 0.235, top - height / 2))
        top -= height
    return made


def _text(step: Step) -> str:
    return "\n".join(fill(line, LETTERS) for line in (step.title, step.numbers))


def _lines(step: Step) -> int:
    return _text(step).count("\n") + 1


def _box(axes: Axes, across: float, middle: float, step: Step, colour: str) -> None:
    style = {"boxstyle": "square,pad=0.35", "fc": "white", "ec": colour, "lw": 1}
    axes.text(across, middle, _text(step), ha="center", va="center", fontsize=7.5, bbox=style, zorder=3)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": GREY, "lw": 1, "shrinkA": 0, "shrinkB": 0})
