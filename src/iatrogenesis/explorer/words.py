"""What the page says in plain words: labels of sliders and switches, what they rest on, and settings as stories."""

from collections.abc import Mapping
from typing import Self

from pydantic import Field, model_validator

from iatrogenesis.core.sources import Finite, Strict
from iatrogenesis.explorer.settings import SLIDERS, Explorer
from iatrogenesis.world.preventions import KINDS as PREVENTIONS


class SliderWords(Strict):
    """One slider.

    Attributes
    ----------
    step
        Between two positions, in the slider's unit.
    unit
        After the number.
    low, high
        What its ends stand for.
    means, rests
        What it is, and which assumptions it rests on.
    """

    label: str
    unit: str
    step: float = Field(gt=0)
    low: str
    high: str
    means: str
    rests: str


class SwitchWords(Strict):
    """One prevention: what it is called, and what is done."""

    label: str
    does: str


class Story(Strict):
    """A setting that tells something; sliders that are not named stand as usual."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    story: str
    sliders: dict[str, Finite] = Field(default_factory=dict)
    preventions: tuple[str, ...] = ()

    def fits(self, explorer: Explorer) -> bool:
        """Whether a study's explorer has these positions and switches."""
        levels = explorer.levels.by_slider()
        reached = all(levels[name][0] <= at <= levels[name][-1] for name, at in self.sliders.items())
        return reached and set(self.preventions) <= set(explorer.preventions)


class Words(Strict):
    """All words of the explorer that depend on sliders, switches and stories; the file is ``config/explorer.yaml``."""

    sliders: dict[str, SliderWords]
    preventions: dict[str, SwitchWords]
    stories: tuple[Story, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for name in SLIDERS:
            if name not in self.sliders:
                raise ValueError(f"sliders: {name!r} has no words")
        _known("sliders", self.sliders, SLIDERS)
        _known("preventions", self.preventions, PREVENTIONS)  # those without a switch need no words
        ids = [story.id for story in self.stories]
        if len(set(ids)) != len(ids):
            raise ValueError("stories: duplicate id; give each story its own")
        for story in self.stories:
            for part, known in (("sliders", SLIDERS), ("preventions", PREVENTIONS)):
                if unknown := set(getattr(story, part)) - set(known):
                    raise ValueError(
                        f"stories: {story.id}: {part}: unknown {min(unknown)!r}; known: {', '.join(known)}"
                    )
        return self


def _known(section: str, found: Mapping[str, object], known: Mapping[str, object] | tuple[str, ...]) -> None:
    for name in found:
        if name not in known:
            raise ValueError(f"{section}: unknown {name!r}; known: {', '.join(known)}")
