"""The design table: which worlds the methods are tried in, one row each, with the reason.

The first row of a family is its reference and complete; in the others an empty field is as in the reference. So a row
shows what it changes.
"""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator

from iatrogenesis.core.given import read_given
from iatrogenesis.core.sources import Finite, Strict
from iatrogenesis.core.validated import explain
from iatrogenesis.core.yaml_text import ConfigError
from iatrogenesis.simulation_study.methods import NAMES, SLOW
from iatrogenesis.simulation_study.statistical_world import WORDS, StatisticalWorld

Share = Field(0.0, ge=0, lt=1)
TEXT = ("cell", "family", "reading", "scenario", "also", "reason")


def given[T](value: T | None) -> T:
    """Return a number that all cells of a family have: reading the design refuses a cell that lacks one."""
    if value is None:
        raise ValueError("a cell lacks a number that its family needs: read cells with the study design")
    return value


class Cell(Strict):
    """One design cell.

    Attributes
    ----------
    family
        A: statistical (`iatrogenesis.simulation_study.logit_normal`), B: mechanistic (`iatrogenesis.world.engine`).
    reading
        What the row is there for: reference, one at a time, interaction.
    clients, clients_spread, lists_by_harm
        Mean of the therapists' numbers of clients, and SD of their logarithms. A: correlation of those numbers with the
        harm that the therapist does.
    therapist_sd, shape, rate, burnout
        A: SD of therapists' log odds beyond competence, burnout and fit, and the form of their distribution;
        deterioration rate; log odds ratio per SD. Low, median and high are those of the plausible worlds.
    services
        A: number of services, which then differ too.
    competence, fit
        A: log odds ratios per SD; empty: as in the world.
    reliability, told
        A: of all ratings; empty: as in the world. What the methods are told of it; empty: the same.
    severity, deprivation, unmeasured
        A: correlation of what first scores, deprivation, or a cause that nothing measures, say about the clients' risk
        with their therapist's harm: clients of greater risk come to therapists who do more harm. B, severity: points of
        severity per SD of burnout.
    cause
        A: log odds per SD of that unmeasured cause, where it acts; empty: as in the world.
    curved
        A: log odds per SD of the squared first PHQ-9, which no analysis has.
    between
        A: share of the variance of first scores that lies between therapists, whatever harm they do.
    referred
        A: whether some clients change their therapist.
    dropout
        A: log odds ratio of a missing last score among those who deteriorate, half as much more per SD of burnout.
    prior_rate, prior_scale
        How many of its SDs the prior of the intercept is off; factor of the scale of the prior of the therapist SD.
    scenario, course
        B: the world; points per session of the natural course per SD of the therapist's burnout.
    also
        Which of the dear methods run here.
    """

    cell: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    family: Literal["A", "B"]
    reading: Literal["reference", "one at a time", "interaction"]
    therapists: int = Field(ge=2, le=10_000)
    clients: float = Field(ge=2, le=100_000)
    clients_spread: float = Field(ge=0, le=2)
    lists_by_harm: float = Share
    therapist_sd: Finite | None = Field(None, ge=0)
    shape: Literal["normal", "skewed", "heavy_tailed", "two_classes"] = "normal"
    services: int = Field(1, ge=1)
    rate: float | None = Field(None, gt=0, lt=0.5)
    burnout: Finite | None = None
    competence: Finite | None = None
    fit: Finite | None = None
    reliability: float | None = Field(None, gt=0, le=1)
    told: float | None = Field(None, gt=0, le=1)
    severity: Finite = 0.0
    deprivation: float = Share
    unmeasured: float = Share
    cause: Finite | None = None
    curved: Finite = 0.0
    between: float = Share
    referred: bool = False
    dropout: Finite = 0.0
    prior_rate: Finite = 0.0
    prior_scale: float = Field(1.0, gt=0, le=1e9)
    scenario: str | None = None
    course: Finite = 0.0
    also: tuple[str, ...] = ()
    reason: str = Field(min_length=1)

    @field_validator("also")
    @classmethod
    def _slow_methods(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [name for name in value if name not in SLOW]:
            raise ValueError(f"{unknown[0]!r} is not among {', '.join(SLOW)}")
        return value

    @property
    def total(self) -> int:
        """About how many clients a data set has."""
        return round(self.therapists * self.clients)

    def runs(self, methods: tuple[str, ...]) -> tuple[str, ...]:
        """Which of these methods run here."""
        return tuple(name for name in methods if name not in SLOW or name in self.also)


ONLY_A = (
    "therapist_sd", "rate", "burnout", "competence", "fit", "reliability", "told", "lists_by_harm", "shape",
    "services", "deprivation", "unmeasured", "cause", "curved", "between", "referred", "dropout",
)  # fmt: skip
NEEDED = {"A": ("therapist_sd", "rate", "burnout"), "B": ("scenario",)}
FOREIGN = {"A": ("scenario", "course"), "B": ONLY_A}


def read_cells(path: Path, world: StatisticalWorld) -> dict[str, Cell]:
    """Read the design table.

    Parameters
    ----------
    world
        What low, median and high mean.

    Raises
    ------
    ConfigError
        Naming file, row and column: a missing or unknown column, a value that cannot be, a duplicate, a family that
        does not begin with its reference.
    """
    table = read_given(path, dtype="str")
    known = list(Cell.model_fields)
    if wrong := sorted(set(table.columns) ^ set(known)):
        raise ConfigError(f"{path}: column {wrong[0]!r} is unknown or missing; the columns are {', '.join(known)}")
    found: dict[str, Cell] = {}
    references: dict[str, dict[str, str]] = {}
    for number, row in enumerate(table.to_dict("records"), start=2):
        cell = _cell(row, references, world, f"{path}, line {number}")
        if cell.cell in found:
            raise ConfigError(f"{path}, line {number}: duplicate cell {cell.cell!r}; give each its own name")
        found[cell.cell] = cell
    if not found:
        raise ConfigError(f"{path}: no rows; a study needs at least one cell")
    return found


def _cell(row: dict[str, str], references: dict[str, dict[str, str]], world: StatisticalWorld, place: str) -> Cell:
    family = row["family"].strip()
    if row["reading"] == "reference":
        if family in references:
            raise ConfigError(f"{place}: family {family!r} has a reference already")
        references[family] = row
    elif family not in references:
        raise ConfigError(f"{place}: family {family!r} must begin with its reference (reading: reference)")
    if strange := [name for name in FOREIGN.get(family, ()) if row[name].strip()]:
        raise ConfigError(f"{place}: {strange[0]}: not used in family {family}; leave it empty")
    own = ("cell", "family", "reading", "also", "reason")
    whole = {name: row[name].strip() or ("" if name in own else references[family][name].strip()) for name in row}
    content: dict[str, Any] = {name: value for name, value in whole.items() if value != "" and name != "also"}
    content["also"] = tuple(whole["also"].split())
    for name in [name for name, value in content.items() if value in WORDS]:
        try:
            content[name] = world.number(name, content[name])
        except ValueError as error:
            raise ConfigError(f"{place}: {error}") from None
    if missing := [name for name in NEEDED.get(family, ()) if name not in content]:
        raise ConfigError(f"{place}: {missing[0]}: is needed in family {family}")
    try:
        # text to numbers as YAML would give them; pydantic checks the rest
        return Cell.model_validate(content, strict=False)
    except ValidationError as error:
        raise explain(place, error) from None


def fast(methods: tuple[str, ...] = NAMES) -> tuple[str, ...]:
    """Methods that run in every cell."""
    return tuple(name for name in methods if name not in SLOW)
