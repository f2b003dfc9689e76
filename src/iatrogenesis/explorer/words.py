"""What the page offers and says: steps of sliders, stories and a session, and their words in every language."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError, model_validator

from iatrogenesis.core.lines import Title
from iatrogenesis.core.sources import Strict
from iatrogenesis.core.validated import explain, validated
from iatrogenesis.core.yaml_text import Place, read_document
from iatrogenesis.explorer.settings import SLIDERS
from iatrogenesis.explorer.stories import Stop, Story
from iatrogenesis.world.preventions import KINDS as PREVENTIONS

FIRST = "en"
"""The language in which the page opens, and whose names the others must have."""
PLACEHOLDER = re.compile(r"\{(\w+)\}")


class SliderSteps(Strict):
    """One slider: the step between two positions, in its unit, and whether it is a deviation in SD from the average."""

    step: float = Field(gt=0)
    deviation: bool = False


class SliderWords(Strict):
    """One slider in one language.

    Attributes
    ----------
    says
        A position ``{x}`` in words; `special` ones by their number.
    low, high
        What its ends stand for.
    means, rests
        What it is, and which assumptions it rests on.
    """

    label: Title
    says: str
    special: dict[str, str] = Field(default_factory=dict)
    low: str
    high: str
    means: str
    rests: str


class SwitchWords(Strict):
    """One prevention: what it is called, and what is done."""

    label: Title
    does: str


class StoryWords(Strict):
    """One story, and what to ask a group about it."""

    title: Title
    story: str
    ask: str


class StopWords(Strict):
    """One stop of the session, with notes for whoever speaks."""

    title: Title
    notes: tuple[str, ...] = Field(min_length=1)


class Language(Strict):
    """All that the page says in one language; ``locale`` says how numbers are written."""

    name: Title
    locale: str
    sliders: dict[str, SliderWords]
    preventions: dict[str, SwitchWords]
    stories: dict[str, StoryWords]
    tour: dict[str, StopWords]
    page: dict[str, str]

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text with its path."""
        yield from _texts(self.model_dump(exclude={"name", "locale"}), "")


class Words(Strict):
    """What the page offers (``config/explorer.yaml``) and says (``config/words``, by language)."""

    sliders: dict[str, SliderSteps]
    needs: dict[str, str]
    vote: tuple[str, ...]
    stories: tuple[Story, ...] = Field(min_length=1)
    tour: tuple[Stop, ...] = Field(min_length=1)
    languages: dict[str, Language]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        _same("sliders", self.sliders, SLIDERS)
        ids = {"stories": [story.id for story in self.stories], "tour": [stop.id for stop in self.tour]}
        for section, found in ids.items():
            if len(set(found)) != len(found):
                raise ValueError(f"{section}: duplicate id; give each its own")
        others = [claim for story in self.stories for claim in story.claims]
        told = [name for claim in others for name in (claim.more_than, claim.less_than)]
        told += [name for stop in self.tour for name in (stop.story, stop.against)]
        _known("stories", filter(None, told), ids["stories"])
        for story in self.stories:
            _known(f"stories: {story.id}: sliders", story.sliders, SLIDERS)
            _known(f"stories: {story.id}: preventions", story.preventions, PREVENTIONS)
        _known("needs", (*self.needs, *self.needs.values()), PREVENTIONS)
        _known("vote", self.vote, PREVENTIONS)
        self._said(ids)
        return self

    @property
    def switches(self) -> frozenset[str]:
        """Preventions that have words."""
        return frozenset(self.languages[FIRST].preventions)

    def _said(self, ids: Mapping[str, list[str]]) -> None:
        """Every language says the same things."""
        if FIRST not in self.languages:
            raise ValueError(f"languages: {FIRST}.yaml is missing in config/words")
        first = dict(self.languages[FIRST].texts())
        for language, words in self.languages.items():
            _same(f"{language}: sliders", words.sliders, SLIDERS)
            _known(f"{language}: preventions", words.preventions, PREVENTIONS)  # those without a switch need no words
            for section, wanted in ids.items():
                _same(f"{language}: {section}", getattr(words, section), wanted)
            _same(f"{language}: page", words.page, self.languages[FIRST].page)
            _same(f"{language}: preventions", words.preventions, self.languages[FIRST].preventions)
            for place, text in words.texts():
                if place in first and set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(first[place])):
                    raise ValueError(f"{language}: {place}: takes other {{names}} than in {FIRST}.yaml")


def read_words(folder: Path) -> Words:
    """Read what the page offers and says from the ``config`` folder.

    Raises
    ------
    ConfigError
        One line per fault: file, field, what was found, what is allowed.
    """
    offered = read_document(folder / "explorer.yaml", within=folder)
    paths = sorted((folder / "words").glob("*.yaml"))
    files = {path.stem: read_document(path, within=folder / "words") for path in paths}

    def place(field: Place, missing: bool) -> str:
        """Name the file of a language by its own places, any other by those of the offer."""
        if field[:1] == ("languages",) and len(field) > 1:
            return files[str(field[1])].at(field[2:], missing)
        return offered.at(field, missing)

    languages = {name: file.content for name, file in files.items()}
    try:
        return validated(Words, offered.content | {"languages": languages})
    except ValidationError as error:
        raise explain(place, error) from None


def _texts(node: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield place.removeprefix("."), node
    elif isinstance(node, Mapping):
        for name, part in node.items():
            yield from _texts(part, f"{place}.{name}")
    elif isinstance(node, (tuple, list)):
        for number, part in enumerate(node):
            yield from _texts(part, f"{place}.{number}")


def _known(section: str, found: Iterable[str], known: Iterable[str]) -> None:
    for name in found:
        if name not in set(known):
            raise ValueError(f"{section}: unknown {name!r}; known: {', '.join(known)}")


def _same(section: str, found: Iterable[str], wanted: Iterable[str]) -> None:
    for name in wanted:
        if name not in set(found):
            raise ValueError(f"{section}: {name!r} has no words")
    _known(section, found, wanted)
