"""The settings of an analysis of own data: one YAML file beside the data, one class per section.

``iatrogenesis init`` writes such a file from a look at the data. Paths are relative to it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, field_validator, model_validator

from iatrogenesis.core.definitions import FIRST_JUDGED_SESSION
from iatrogenesis.core.sources import Finite, Strict

RESERVED = ("reference", "tiny", "default", "full")
"""Folders of `results/` that belong to the project's own studies."""
RATINGS = ("competence", "burnout", "fit", "alliance")
LEAST_THERAPISTS = 5
TABLES = ("clients", "sessions", "counts", "referrals", "contacts", "activities", "scores", "workforce")
NAME = r"^[a-z][a-z0-9_]{0,39}$"


def _own_name(name: str) -> str:
    if name in RESERVED:
        raise ValueError(f"{name!r} is one of the project's own studies; choose another name")
    return name


WORDS = {"yes": True, "no": False, "on": True, "off": False}
YesNo = Annotated[
    bool, BeforeValidator(lambda found: WORDS.get(found.lower(), found) if isinstance(found, str) else found)
]
"""As people write it, too."""
StudyName = Annotated[str, StringConstraints(pattern=NAME), AfterValidator(_own_name)]
Key = Annotated[str, StringConstraints(pattern=NAME)]
Sheet = str | int


class NhsTables(Strict):
    """Tables of the NHS Talking Therapies data set, version 2.1, one file each."""

    referrals: Path
    contacts: Path
    activities: Path
    scores: tuple[Path, ...] = Field(default=(), description="IDS606 and IDS607; without them the referrals' scores")
    workforce: Path | None = None


class Files(Strict):
    """Where the data are, and how they are written. What is not said is found out by looking."""

    clients: Path | None = Field(None, description="one row per course of treatment")
    sessions: Path | None = Field(None, description="one row per session; alone, or beside clients")
    counts: Path | None = Field(None, description="one row per unit (and period): how many, how many deteriorated")
    nhs: NhsTables | None = None
    sheet: Sheet | Mapping[str, Sheet] = Field(
        0,
        description="of spreadsheets: name, or number from 0; of one, or by table (clients, sessions, referrals, ...)",
    )
    encoding: str | None = None
    separator: str | None = None
    decimal: Literal[".", ","] | None = None
    day_first: YesNo | None = Field(None, description="of dates such as 03/04/2024")
    missing: tuple[str, ...] = Field((), description="codes for missing, such as 99, -9")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [bool(self.clients or self.sessions), bool(self.counts), bool(self.nhs)]
        if sum(kinds) != 1:
            raise ValueError("name clients or sessions (or both), or counts, or nhs: exactly one of the three")
        return self

    @field_validator("sheet", mode="before")
    @classmethod
    def _sheets(cls, found: object) -> object:
        each = found.values() if isinstance(found, Mapping) else [found]
        if not each or not all(isinstance(one, Sheet) and not isinstance(one, bool) for one in each):
            raise ValueError("must be a sheet's name, its number from 0, or such a one for each table")
        return found

    @model_validator(mode="after")
    def _sheets_of_tables(self) -> Self:
        if isinstance(self.sheet, Mapping) and (unknown := [name for name in self.sheet if name not in self.tables]):
            raise ValueError(f"sheet.{unknown[0]}: data names no {unknown[0]} (it names: {', '.join(self.tables)})")
        return self

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that are named."""
        whole = self if self.nhs is None else self.nhs
        return tuple(name for name in TABLES if getattr(whole, name, None))

    def of(self, table: str) -> Self:
        """Return the same with the sheet of one table; the first sheet where none is named for it."""
        if not isinstance(self.sheet, Mapping):
            return self
        return self.model_copy(update={"sheet": self.sheet.get(table, 0)})


class Columns(Strict):
    """What the columns are called in the files. Only client and therapist (or unit) are compulsory."""

    client: str | None = None
    course: str | None = Field(None, description="id of the course, where clients have several")
    therapist: str | None = None
    service: str | None = None
    period: str | None = Field(None, description="such as the year; made from `ended` where not given")
    started: str | None = Field(None, description="date of the first session")
    ended: str | None = Field(None, description="date of the last session")
    n_sessions: str | None = Field(None, description="sessions attended")
    completed: str | None = Field(None, description="whether the course ended as planned")
    deteriorated: str | None = Field(None, description="only where no scores are given")
    first: Mapping[Key, str] = Field(default_factory=dict, description="first score by instrument")
    last: Mapping[Key, str] = Field(default_factory=dict, description="last score by instrument")
    ratings: Mapping[Literal[*RATINGS], str] = Field(default_factory=dict)  # pyrefly: ignore[invalid-literal]
    age: str | None = Field(None, description="in years, or in bands")
    deprivation: str | None = None
    covariates: Mapping[Key, str] = Field(default_factory=dict, description="other case mix by a short name")
    session: str | None = Field(None, description="sessions: number of the session")
    date: str | None = Field(None, description="sessions: its date")
    attended: str | None = Field(None, description="sessions: whether the client came")
    scores: Mapping[Key, str] = Field(default_factory=dict, description="sessions: score by instrument")
    unit: str | None = Field(None, description="counts: therapist or service")
    n: str | None = Field(None, description="counts: finished courses")
    events: str | None = Field(None, description="counts: deteriorated")


class OwnInstrument(Strict):
    """A questionnaire that `config/instruments.yaml` does not have; higher is worse unless said."""

    name: str
    minimum: Finite
    maximum: Finite
    reliable_change: Finite | None = Field(None, gt=0, description="else 1.96 sqrt(2) SD sqrt(1 - reliability)")
    reliability: float | None = Field(None, gt=0, lt=1)
    sd: Finite | None = Field(None, gt=0, description="at intake in the population; else that of these clients")
    caseness: Finite | None = None
    higher_is: Literal["worse", "better"] = "worse"
    replaces: YesNo = Field(False, description="true: instead of the one that is known by the same name")

    @model_validator(mode="after")
    def _has_rule(self) -> Self:
        if self.minimum >= self.maximum:
            raise ValueError(f"{self.name}: minimum {self.minimum:g} is not below maximum {self.maximum:g}")
        if self.reliable_change is None and self.reliability is None:
            raise ValueError(f"{self.name}: give reliable_change, or reliability")
        if self.reliable_change is not None and self.reliable_change > self.maximum - self.minimum:
            raise ValueError(f"{self.name}: nobody can change by reliable_change {self.reliable_change:g}")
        if self.caseness is not None and not self.minimum <= self.caseness <= self.maximum:
            raise ValueError(
                f"{self.name}: caseness {self.caseness:g} is not between {self.minimum:g} and {self.maximum:g}"
            )
        return self


class Outcome(Strict):
    """Deterioration: reliably worse on one instrument at least, and improved on none."""

    instruments: tuple[Key, ...] = Field((), description="by which change is judged; all that have scores, if empty")
    finished_sessions: int = Field(FIRST_JUDGED_SESSION, ge=2, le=20)
    highest_rate: float = Field(
        0.3, gt=0, lt=1, description="a higher rate of deterioration is refused, as a slip of coding; raise it if true"
    )


class Privacy(Strict):
    """What must not be seen."""

    anonymise: YesNo = False
    key: Path | None = Field(None, description="file with the codes, outside of results/")
    small_numbers: Literal["none", "nhs"] = Field("none", description="nhs: counts below 5 left out, others to 5")
    least_named: int = Field(10, ge=1, description="therapists with fewer finished courses are not named")


class Analysis(Strict):
    """How it is analysed."""

    seed: int = Field(20260101, ge=0, lt=2**53)
    attribution: Literal["most_contacts", "last", "membership"] = "most_contacts"
    models: tuple[str, ...] = Field((), description="all that the columns allow, if empty")
    false_discovery_rate: float = Field(0.1, gt=0, lt=1)
    check_by_sampler: YesNo = Field(False, description="fit the case-mix model by NUTS, too")
    priors: Mapping[str, Mapping[str, object]] = Field(default_factory=dict, description="instead of the usual ones")
    rating_reliability: Mapping[Literal[*RATINGS], Annotated[float, Field(gt=0, le=1)]] = Field(  # pyrefly: ignore[invalid-literal]
        default_factory=dict, description="squared correlation of a rating with what it rates, above 0 to 1"
    )


class CouldHaveShown(Strict):
    """The plasmode study on own clients; 0 for none."""

    replicates: int = Field(40, ge=0, le=5000)


class Surveillance(Strict):
    """Bernoulli CUSUM over courses in order of their end; needs dates."""

    odds_ratio: float = Field(2.0, gt=1, description="deterioration to be found")
    false_alarms: float = Field(0.05, gt=0, lt=1, description="chance of an alarm in all the data, per unit, without")


class OwnData(Strict):
    """All of it."""

    name: StudyName
    title: str | None = Field(None, max_length=200)
    data: Files
    columns: Columns
    instruments: Mapping[Key, OwnInstrument] = Field(default_factory=dict)
    outcome: Outcome = Outcome()
    privacy: Privacy = Privacy()
    analysis: Analysis = Analysis()
    could_have_shown: CouldHaveShown = CouldHaveShown()
    surveillance: Surveillance = Surveillance()
