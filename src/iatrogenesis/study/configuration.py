"""The configuration of a study: one class per section, named after the rule that reads it."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from iatrogenesis.core.definitions import Judgement
from iatrogenesis.core.montecarlo import replicates_for
from iatrogenesis.core.sources import EachOnce, Strict, each_once
from iatrogenesis.explorer.settings import Explorer, corners
from iatrogenesis.inference.answers.questions import WhatIf
from iatrogenesis.inference.checks.convergence import Convergence
from iatrogenesis.inference.engines.sampler import Sampler
from iatrogenesis.inference.models import COLLAPSED_MODELS, MODELS, sections
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.simulation_study.grid import Advice
from iatrogenesis.simulation_study.logit_normal import Coefficients
from iatrogenesis.simulation_study.methods import NAMES as METHODS
from iatrogenesis.simulation_study.methods import SLOW
from iatrogenesis.study.places import check_path
from iatrogenesis.study.repeated import Attribution, Calibrate, Conclusions, OverMembers, Preventions
from iatrogenesis.world.cohort import Design

# Names of what has a file: spelled out in the schemas, so that editors offer them.
ModelName = Literal[*MODELS]  # pyrefly: ignore[invalid-literal]: the files there are
MethodName = Literal[*METHODS]  # pyrefly: ignore[invalid-literal]


class KnownTruth(Strict):
    """A data set drawn from the therapist model itself, so that every truth is exact."""

    therapists: int = Field(ge=2, le=100_000)
    clients_per_therapist: int = Field(ge=1, le=100_000)
    intercept: float = Field(ge=-20, le=20)
    therapist_sd: float = Field(ge=0, le=10)
    coefficients: Coefficients
    reliability: float = Field(default=1.0, gt=0, le=1)


class Fit(Strict):
    """What is fitted, and how: by the collapsed engine where it covers the model, or all by the sampler.

    `samplers` are the settings of models that need others than `sampler`.
    """

    models: Annotated[tuple[ModelName, ...], EachOnce] = Field(min_length=1)
    engine: Literal["collapsed", "nuts"] = "collapsed"
    priors: Priors
    sampler: Sampler
    samplers: dict[ModelName, Sampler] = Field(default_factory=dict)
    convergence: Convergence

    def sampler_of(self, model: str) -> Sampler:
        """Return the settings of the sampler for one model."""
        return self.samplers.get(model, self.sampler)

    @model_validator(mode="after")
    def _priors_for_all(self) -> Self:
        for model in self.models:
            for section in sections(model):
                if getattr(self.priors, section) is None:
                    raise ValueError(f"priors: {section} is missing; the model {model} cannot be fitted without")
        return self


class SimulationBasedCalibration(Strict):
    """Simulation-based calibration: how many simulations of each model by each engine, 0 for none, and of what size."""

    collapsed: int = Field(ge=0, le=100_000)
    nuts: int = Field(ge=0, le=100_000)
    design: Design
    sampler: Sampler

    def simulations(self, models: Sequence[str]) -> dict[tuple[str, str], int]:
        """Number of simulations by model and engine, for each engine that fits the model."""
        asked = {("collapsed", model): self.collapsed for model in models if model in COLLAPSED_MODELS}
        asked |= {("nuts", model): self.nuts for model in models}
        return {(model, engine): number for (engine, model), number in asked.items() if number}


class Engines(Strict):
    """What is fitted once more by the other engine: all models that both cover, or some; some years of real counts."""

    models: Annotated[tuple[Literal[*COLLAPSED_MODELS], ...], EachOnce] | None = None  # pyrefly: ignore[invalid-literal]
    service_years: int | None = Field(None, ge=0, le=1000)


class Reproductions(Strict):
    """Published simulations done again."""

    replicates: int = Field(200, ge=10, le=1_000_000)


class SimulationStudy(Strict):
    """Which cells of the design table, by which methods, how exactly; see `iatrogenesis.simulation_study`.

    Attributes
    ----------
    cells
        Names in `config/study_design.csv`, or `all`.
    coverage_mcse
        Monte Carlo standard error that the coverage of a 95 % interval is to have; the number of replicates follows.
    sampled_coverage_mcse
        The same for methods that sample, which take seconds a data set; as the others where it is not given.
    worlds
        Family B: how many plausible worlds its data sets are made in.
    true_clients
        Family B: about how many clients of each therapist are simulated for the therapist's true rate.
    sampler, convergence
        For the models that the collapsed engine does not cover. A replicate's Monte Carlo error is small beside what
        differs between replicates with far fewer draws than a published fit needs, so the criteria are wider.
    """

    cells: Literal["all"] | tuple[str, ...] = Field(min_length=1)
    methods: Annotated[tuple[MethodName, ...], EachOnce] = Field(min_length=1)
    coverage_mcse: float = Field(ge=0.002, le=0.2)
    sampled_coverage_mcse: float | None = Field(None, ge=0.002, le=0.2)
    worlds: int = Field(ge=2, le=100_000)
    true_clients: int = Field(ge=50, le=1_000_000)
    sampler: Sampler
    convergence: Convergence

    @property
    def replicates(self) -> int:
        """Data sets of each cell."""
        return replicates_for(self.coverage_mcse)

    @property
    def replicates_by_method(self) -> dict[str, int]:
        """How many of them, the first ones, each method is asked about."""
        sampled = replicates_for(self.sampled_coverage_mcse or self.coverage_mcse)
        return {name: sampled if name in SLOW else self.replicates for name in self.methods}

    @model_validator(mode="after")
    def _sampled_are_some(self) -> Self:
        if self.sampled_coverage_mcse is not None and self.sampled_coverage_mcse < self.coverage_mcse:
            raise ValueError("sampled_coverage_mcse: methods that sample are asked about at most as many data sets")
        return self


class Policies(Strict):
    """What a service could do about therapists with bad results, over ten years.

    Attributes
    ----------
    replicates
        Services at the centre of the plausible worlds.
    services
        Services in each plausible world; few, because the many worlds tell the range.
    """

    replicates: int = Field(ge=2, le=1_000_000)
    services: int = Field(ge=2, le=100_000)


class StudyConfig(Strict):
    """One study. The sections are named after the rules that read them.

    `core_minutes` is what everything but the simulation study costs about; it is only announced. `notebooks` are those
    that are run and shown beside the report. `service_counts` is a table of real counts, which must be there;
    `service_counts_where_present` one that is used where it is there, and not missed elsewhere.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=60)
    seed: int = Field(ge=0, lt=2**63)
    core_minutes: float = Field(0, ge=0, le=1e7)
    judgement: Judgement
    scenarios: tuple[str, ...] = Field(min_length=1)
    reference: str = "reference"
    untreated: str = "untreated"
    monitoring: str = "with_monitoring"
    simulate: Design
    known_truth: KnownTruth
    count_twins: Design
    evidence: Design
    evidence_years: Design
    true_effects: Design
    true_rates: Design
    calibrate: Calibrate
    attribution: Attribution
    preventions: Preventions
    conclusions: Conclusions
    second_episodes: OverMembers
    what_if_ranges: OverMembers
    fit: Fit
    engines: Engines = Engines()
    sbc: SimulationBasedCalibration
    what_if: WhatIf
    reproductions: Reproductions = Reproductions()
    simulation_study: SimulationStudy
    advice: Advice
    policies: Policies
    explorer: Explorer
    notebooks: Literal["all"] | tuple[Annotated[str, Field(pattern="^[0-9a-z_]+$")], ...] = "all"
    service_counts: str | None = None
    service_counts_where_present: str | None = None

    @field_validator("service_counts", "service_counts_where_present")
    @classmethod
    def _in_place(cls, value: str | None) -> str | None:
        return None if value is None else check_path(value)

    @field_validator("notebooks")
    @classmethod
    def _each_notebook_once(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        return value if isinstance(value, str) else each_once(value)

    def named_scenarios(self) -> dict[str, tuple[str, ...]]:
        """Every scenario that is named somewhere, by the field that names it."""
        return {
            "scenarios": self.scenarios,
            "reference": (self.reference,),
            "untreated": (self.untreated,),
            "monitoring": (self.monitoring,),
            "attribution.full": (self.attribution.full,),
            "preventions.against": (self.preventions.against,),
            "preventions.scenarios": self.preventions.scenarios,
            "conclusions.prevented": (self.conclusions.prevented,),
            "explorer.world": (self.explorer.world,),
            "explorer.prevented": (self.explorer.prevented,),
            "what_if.rested": (self.what_if.rested,),
            "what_if.limited": (self.what_if.limited,),
        }

    def repeated(self) -> dict[str, tuple[int, Design]]:
        """How often each size is simulated that is simulated again and again, by the field that says how often."""
        return {
            "attribution.pairs": (self.attribution.pairs, self.attribution.design),
            "conclusions.members": (self.conclusions.members, self.conclusions.design),
            "conclusions.each": (self.conclusions.each, self.conclusions.design),
            "second_episodes.members": (self.second_episodes.members, self.second_episodes.design),
            "what_if_ranges.members": (self.what_if_ranges.members, self.what_if_ranges.design),
            "calibrate.members": (self.calibrate.members * self.calibrate.steps, self.calibrate.design),
            "explorer.design": (len(list(corners(self.explorer))), self.explorer.design),
            "explorer.members": (self.explorer.members, self.explorer.member_design),
        }

    @model_validator(mode="after")
    def _affordable(self) -> Self:
        for field, (times, design) in self.repeated().items():
            design.check_cost(field, times)
        return self

    @model_validator(mode="after")
    def _base_first(self) -> Self:
        if len(set(self.scenarios)) != len(self.scenarios):
            raise ValueError("scenarios: duplicate name; name each one once")
        if self.reference in self.scenarios or self.untreated in self.scenarios:
            raise ValueError("scenarios: the reference and the untreated world are always run; leave them out here")
        return self


class StudyFile(StudyConfig):
    """The file of a study; with ``based_on`` only what differs from that study in the config folder."""

    based_on: str | None = None
