"""Settings that tell something, what each claims of the model, and the plan of a session that goes through them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

from iatrogenesis.core.sources import Finite, Strict
from iatrogenesis.explorer.measure import ALSO, FATES
from iatrogenesis.explorer.ranges import headlines
from iatrogenesis.explorer.settings import SLIDERS, Explorer, Setting

NAME = r"^[a-z][a-z0-9_]*$"
View = Literal["clients", "courses", "year", "twin", "vote", "numbers"]


class Claim(Strict):
    """What a story says of the model, as bounds of one number.

    Attributes
    ----------
    of
        ``worse``, ``net`` or ``worse_of_finished`` (per 1,000), another average, or a measure with its place
        (``burnout_50@52``).
    above, below
        Bounds.
    more_than, less_than
        Another story, in which the number is smaller or larger.
    """

    of: str
    above: Finite | None = None
    below: Finite | None = None
    more_than: str | None = None
    less_than: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if all(getattr(self, name) is None for name in ("above", "below", "more_than", "less_than")):
            raise ValueError("a claim needs a bound or another story")
        return self


class Story(Strict):
    """A setting that tells something; sliders that are not named stand as usual."""

    id: str = Field(pattern=NAME)
    sliders: dict[str, Finite] = Field(default_factory=dict)
    preventions: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = Field(min_length=1)

    def fits(self, explorer: Explorer) -> bool:
        """Whether a study's explorer has these positions and switches."""
        ends = explorer.ends.by_slider()
        reached = all(ends[name][0] <= at <= ends[name][-1] for name, at in self.sliders.items())
        return reached and set(self.preventions) <= set(explorer.preventions)

    def setting(self, usual: Sequence[float]) -> Setting:
        """The story as a setting; `usual` is where the other sliders stand."""
        return Setting(tuple(self.sliders.get(n, u) for n, u in zip(SLIDERS, usual, strict=True)), self.preventions)


class Stop(Strict):
    """A stop of the session: how long, which picture, which story, and which other one beside it."""

    id: str = Field(pattern=NAME)
    minutes: int = Field(gt=0)
    view: View
    story: str
    against: str | None = None
    guess: bool = False


def untrue(stories: Sequence[Story], measures: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """Claims that do not hold, in words.

    Parameters
    ----------
    measures
        What was measured of each story (`iatrogenesis.explorer.measure`), by its id; a claim about another story that
        is not there is passed over.
    """
    for story in stories:
        if story.id in measures:
            for claim in story.claims:
                yield from _untrue(story.id, claim, measures)


def _untrue(name: str, claim: Claim, measures: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    here = number(measures[name], claim.of)
    bounds = [(claim.above, 1, "above"), (claim.below, -1, "below")]
    for other, sign, word in ((claim.more_than, 1, "more than in"), (claim.less_than, -1, "less than in")):
        if other in measures:
            bounds.append((number(measures[other], claim.of), sign, f"{word} {other},"))
    for bound, sign, word in bounds:
        if bound is not None and sign * (here - bound) <= 0:
            yield f"{name}: {claim.of} is {here:.2f}, and not {word} {bound:.2f}"


def number(measures: Mapping[str, float], of: str) -> float:
    """The number that a claim is about, per 1,000 where it counts clients."""
    if of in ("worse", "net"):
        return headlines(measures)[of]
    if of == "worse_of_finished":
        return headlines(measures)["worse"] / (1 - measures["not_judged.0"])
    scale = 1000.0 if of in (*FATES, *ALSO) else 1.0
    return scale * measures[of if of in measures else f"{of}.0"]
