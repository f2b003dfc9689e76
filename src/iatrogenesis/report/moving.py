"""A picture that moves on a saved page: several in one place, of which the reader chooses the one that is seen.

Buttons and a style do it, no script: so it works in a file that was mailed, without a network, and by keyboard.
"""

import base64
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from markupsafe import escape
from matplotlib.figure import Figure

from iatrogenesis.figures.style import UNDATED

LOOK = Path(__file__).parent / "moving.css"
MOST = 9
"""As many pictures as the style has rules for."""


class Step(NamedTuple):
    """One picture: what its button says, what the picture shows in words, and the picture."""

    label: str
    words: str
    picture: Figure


@dataclass(frozen=True)
class Moving:
    """Pictures to step through; Jupyter shows it where it is the value of a cell or displayed.

    Parameters
    ----------
    title
        What the buttons change; no other on the page is called the same.
    steps
        From two to nine pictures of the same size.
    first
        Which of them is seen first, from 0.

    Raises
    ------
    ValueError
        If there are too few or too many pictures.
    """

    title: str
    steps: Sequence[Step]
    first: int = 0

    def __post_init__(self) -> None:
        if not 2 <= len(self.steps) <= MOST:
            raise ValueError(f"{self.title}: {len(self.steps)} pictures; from 2 to {MOST} can be stepped through")

    def _repr_html_(self) -> str:
        """Buttons, then pictures; the style is here for Jupyter, and a saved page has it in its head."""
        name = re.sub(r"\W+", "-", self.title.lower()).strip("-")
        buttons = "".join(
            f'<input type="radio" name="{name}" id="{name}-{place}"{" checked" * (place == self.first)}>'
            f'<label for="{name}-{place}">{escape(step.label)}</label>'
            for place, step in enumerate(self.steps)
        )
        pictures = "".join(
            f'<img alt="{escape(step.words)}" src="data:image/png;base64,{_encoded(step.picture)}">'
            for step in self.steps
        )
        style = f"<style>{LOOK.read_text(encoding='utf-8')}</style>"
        legend = f"<legend>{escape(self.title)}</legend>"
        return f'{style}<fieldset class="moving">{legend}{buttons}<div>{pictures}</div></fieldset>'


def _encoded(picture: Figure) -> str:
    file = io.BytesIO()
    picture.savefig(file, format="png", dpi=110, metadata=UNDATED["png"])
    return base64.b64encode(file.getvalue()).decode()
