"""A study: one validated configuration file, with the scenarios, instruments and evidence it names.

Run as a module (``python -m iatrogenesis.study workflow/schemas``) it writes the JSON schemas for editors.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

import pandas as pd
from pydantic import Field, ValidationError, field_validator, model_validator

from iatrogenesis.ademp.advice import Advice
from iatrogenesis.ademp.cells import Cell, read_cells
from iatrogenesis.ademp.plan import Batch, advice_seconds, plan, replicates_for, truth_seconds
from iatrogenesis.ademp.worlds import Surroundings
from iatrogenesis.data.nhs import read_service_years
from iatrogenesis.engines.sampler import Sampler
from iatrogenesis.evaluate.evidence import read_evidence
from iatrogenesis.evaluate.gate import Gate
from iatrogenesis.evaluate.policies import PolicyWorld
from iatrogenesis.explorer.settings import Explorer, check_worlds
from iatrogenesis.explorer.words import Words
from iatrogenesis.instruments import Instruments, Judgement
from iatrogenesis.methods.answer import Settings
from iatrogenesis.models import OUTCOME_MODELS
from iatrogenesis.models.priors import Priors
from iatrogenesis.scenarios import ConfigError, Scenario, ScenarioFile, explain, load_catalogue, read_yaml
from iatrogenesis.simulate.cohort import Design
from iatrogenesis.simulate.logit_normal import Coefficients
from iatrogenesis.simulate.setup import Setup
from iatrogenesis.sources import Finite, Strict, bibliography_keys, records

ModelName = Literal[
    "null", "casemix", "therapist", "interaction", "measurement", "service", "ordinal", "growth", "dropout"
]
HOSPITALS, KNOWN, SERVICES = "hospitals", "known", "nhs-"  # data sets besides the scenarios
MethodName = Literal["raw", "logistic", "firth", "gee", "glmm", "null", "casemix", "therapist", "measurement", "growth"]
OWN_PRIORS = {"measurement": "measurement", "service": "service_sd", "ordinal": "outcome_shares", "growth": "growth"}
OWN_PRIORS |= {"dropout": "hazard"}
NOT_STUDIES = ("instruments", "codebook", "policies", "explorer")  # other YAML files of the config folder


class KnownTruth(Strict):
    """A data set drawn from the therapist model itself, so that every truth is exact."""

    therapists: int = Field(ge=2)
    clients_per_therapist: int = Field(ge=1)
    intercept: Finite
    therapist_sd: Finite = Field(ge=0)
    coefficients: Coefficients
    reliability: float = Field(default=1.0, gt=0, le=1)


class Fit(Strict):
    """What is fitted, and how: by the collapsed engine where it covers the model, or all by the sampler."""

    models: tuple[ModelName, ...] = Field(min_length=1)
    engine: Literal["collapsed", "nuts"] = "collapsed"
    priors: Priors
    sampler: Sampler
    gate: Gate

    @model_validator(mode="after")
    def _priors_for_all(self) -> Self:
        for model, section in OWN_PRIORS.items():
            if model in self.models and getattr(self.priors, section) is None:
                raise ValueError(f"priors: {section} is missing; the model {model} cannot be fitted without")
        return self


class Calibration(Strict):
    """Simulation-based calibration: how many simulations of each model by each engine, 0 for none, and of what size."""

    collapsed: int = Field(ge=0)
    nuts: int = Field(ge=0)
    design: Design
    sampler: Sampler

    def simulations(self, models: Sequence[str]) -> dict[tuple[str, str], int]:
        """Number of simulations by model and engine, for each engine that fits the model."""
        asked = {("collapsed", model): self.collapsed for model in models if model in OUTCOME_MODELS}
        asked |= {("nuts", model): self.nuts for model in models}
        return {(model, engine): number for (engine, model), number in asked.items() if number}


class WhatIf(Strict):
    """Questions put to fitted models and to the simulated world, with clients allotted by chance and otherwise.

    `severity_by_burnout` and `course_by_burnout`: see `iatrogenesis.simulate.cohort.Design`.
    """

    design: Design
    rested: str
    limited: str
    severity_by_burnout: Finite
    course_by_burnout: Finite

    def designs(self) -> dict[str, Design]:
        """Design by allocation: by chance, by what is seen, by what is not."""
        return {
            "chance": self.design,
            "severity": self.design.model_copy(update={"severity_by_burnout": self.severity_by_burnout}),
            "course": self.design.model_copy(update={"course_by_burnout": self.course_by_burnout}),
        }


class Reproductions(Strict):
    """Published simulations done again."""

    replicates: int = Field(200, ge=10)


class SimulationStudy(Strict):
    """Which cells of the design table, by which methods, how exactly; see `iatrogenesis.ademp`.

    Attributes
    ----------
    cells
        Names in `config/study_design.csv`, or `all`.
    coverage_mcse
        Monte Carlo standard error that the coverage of a 95 % interval is to have; the number of replicates follows.
    true_clients
        Family B: each therapist's clients in the long run.
    sampler, gate
        For the models that the collapsed engine does not cover. A replicate's Monte Carlo error is small beside what
        differs between replicates with far fewer draws than a published fit needs, so the gate is wider.
    """

    cells: Literal["all"] | tuple[str, ...] = Field(min_length=1)
    methods: tuple[MethodName, ...] = Field(min_length=1)
    coverage_mcse: float = Field(gt=0.001, le=0.2)
    true_clients: int = Field(ge=50)
    sampler: Sampler
    gate: Gate

    @property
    def replicates(self) -> int:
        """Data sets of each cell."""
        return replicates_for(self.coverage_mcse)


class Policies(Strict):
    """What a service could do about therapists with bad results, over ten years."""

    replicates: int = Field(ge=2)


class Attribution(Strict):
    """What each mechanism of a world with every harm causes; the design is that of each pair of orders."""

    full: str
    pairs: int = Field(ge=2)
    design: Design


class Preventions(Strict):
    """What preventions avert in a world; each scenario is that world with preventions."""

    against: str
    scenarios: tuple[str, ...] = Field(min_length=1)
    design: Design


class Assumptions(Strict):
    """What assumed numbers do to some conclusions (`iatrogenesis.evaluate.assumed`): so many draws of all at once."""

    conclusions: tuple[Literal["routine", "routes", "averted"], ...] = Field(min_length=1)
    full: str
    prevented: str
    draws: int = Field(ge=10)
    design: Design


class StudyConfig(Strict):
    """One study. The sections are named after the rules that read them.

    `core_minutes` is what everything but the simulation study costs about; it is only announced.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")
    seed: int = Field(ge=0, lt=2**63)
    core_minutes: float = Field(0, ge=0)
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
    calibrate: Design
    attribution: Attribution
    preventions: Preventions
    assumptions: Assumptions
    fit: Fit
    sbc: Calibration
    what_if: WhatIf
    reproductions: Reproductions = Reproductions()
    simulation_study: SimulationStudy
    advice: Advice
    policies: Policies
    explorer: Explorer
    service_counts: str | None = None

    @field_validator("service_counts")
    @classmethod
    def _relative(cls, value: str | None) -> str | None:
        if value is not None and Path(value).is_absolute():
            raise ValueError("give the path relative to the project, so that others can use the file too")
        return value

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
            "assumptions.full": (self.assumptions.full,),
            "assumptions.prevented": (self.assumptions.prevented,),
            "explorer.world": (self.explorer.world,),
            "explorer.prevented": (self.explorer.prevented,),
            "what_if.rested": (self.what_if.rested,),
            "what_if.limited": (self.what_if.limited,),
        }

    @model_validator(mode="after")
    def _base_first(self) -> Self:
        if len(set(self.scenarios)) != len(self.scenarios):
            raise ValueError("scenarios: each may be named once")
        if self.reference in self.scenarios or self.untreated in self.scenarios:
            raise ValueError("scenarios: the reference and the untreated world are always run; leave them out here")
        return self


@dataclass(frozen=True)
class Study:
    """A configuration together with everything it names, all validated before any work starts.

    ``instruments`` holds those that the study uses, ``cells`` the cells of its simulation study, ``policies``
    the numbers of the ten years of policies, ``words`` what the explorer says.
    """

    config: StudyConfig
    catalogue: Mapping[str, Scenario]
    instruments: Instruments
    evidence: pd.DataFrame
    cells: Mapping[str, Cell]
    policies: PolicyWorld
    words: Words

    @property
    def name(self) -> str:
        """Name of the study and of its folder below ``results``."""
        return self.config.name

    @property
    def base(self) -> str:
        """The scenario that the others are compared with: the first one."""
        return self.config.scenarios[0]

    @property
    def setup(self) -> Setup:
        """What every simulation of the study shares."""
        return Setup(seed=self.config.seed, instruments=self.instruments, judgement=self.config.judgement)

    def service_counts(self, root: Path) -> str | None:
        """Path of the table of real service counts, or None where the study names none or it is not there."""
        path = self.config.service_counts
        return path if path is not None and (root / path).is_file() else None

    def datasets(self, model: str, service_counts: str | None) -> list[str]:
        """Names of the data sets that a model is fitted to."""
        if model in ("therapist", "interaction", "measurement"):
            return [self.base, KNOWN]
        if model != "null":
            return [self.base]
        years = read_service_years(Path(service_counts)).years if service_counts else {}
        return [self.base, KNOWN, HOSPITALS, *(f"{SERVICES}{year}" for year in years)]

    @property
    def given(self) -> dict[str, dict[str, dict[str, list]]]:
        """What is known beforehand about each data set, as small tables: reliability of ratings, reliable change."""
        traits = ("competence", "burnout", "fit")
        ratings = self.catalogue[self.base].world.ratings
        reliability = {self.base: [float(getattr(ratings, trait)) for trait in traits]}
        reliability[KNOWN] = [self.config.known_truth.reliability] * len(traits)
        rules = self.instruments.by_name()
        changes = {
            "instrument": list(rules),
            "reliable_change": [float(rule.reliable_change) for rule in rules.values()],
        }
        return {
            dataset: {"reliability": {"trait": list(traits), "reliability": values}, "instruments": changes}
            for dataset, values in reliability.items()
        }

    @property
    def batches(self) -> list[Batch]:
        """Every job of the simulation study."""
        settings = self.config.simulation_study
        return list(plan(list(self.cells.values()), settings.methods, settings.replicates))

    @property
    def costs(self) -> dict[str, float]:
        """About how many core seconds each larger job of the simulation study takes, by the file that it makes."""
        settings, grid, place = self.config.simulation_study, self.config.advice, "simulation_study"
        found = {
            f"{place}/{cell.cell}/truth.csv": truth_seconds(cell, settings.replicates, settings.true_clients)
            for cell in self.cells.values()
        }
        sizes = (len(grid.therapists), len(grid.therapist_sd), len(grid.burnout), replicates_for(grid.coverage_mcse))
        found |= {f"{place}/advice/{clients}.csv": advice_seconds(*sizes) for clients in grid.clients}
        return found | {
            f"{place}/{one.cell}/{one.method}/{one.number}.estimates.parquet": one.seconds for one in self.batches
        }

    def surroundings(self, cell: Cell) -> Surroundings:
        """What a cell shares with the others; of the scenarios only its own."""
        scenarios = {} if cell.scenario is None else {cell.scenario: self.catalogue[cell.scenario]}
        setup = self.setup.apart("simulation study")
        return Surroundings(setup=setup, coefficients=self.config.known_truth.coefficients, scenarios=scenarios)

    @property
    def method_settings(self) -> Settings:
        """What the methods of the simulation study share."""
        settings = self.config.simulation_study
        return Settings(
            priors=self.config.fit.priors,
            seed=self.setup.apart("methods").seed,
            sampler=settings.sampler,
            gate=settings.gate,
        )

    @property
    def what_if_worlds(self) -> dict[str, Scenario]:
        """The worlds of the what-ifs: routine care, routine care with rested therapists, and with limited caseloads."""
        base, settings = self.catalogue[self.base], self.config.what_if
        preventions = self.catalogue[settings.limited].preventions
        limited = base.model_copy(update={"preventions": preventions})
        return {"base": base, "burnout_down": self.catalogue[settings.rested], "caseload_limit": limited}

    @property
    def averting(self) -> dict[str, str | None]:
        """By switch of the explorer, the scenario in the table of preventions that has it and no other, or None.

        And under "together", the one that has all of them.
        """
        kinds = self.config.explorer.preventions
        return {kind: self._with_only({kind}) for kind in kinds} | {"together": self._with_only(set(kinds))}

    def _with_only(self, kinds: set[str]) -> str | None:
        table = self.config.preventions
        if table.against == self.config.explorer.world:
            for name in table.scenarios:
                if {found.kind for found in self.catalogue[name].preventions} == kinds:
                    return name
        return None

    @cached_property
    def assumed(self) -> list[str]:
        """Dotted paths of the base scenario's assumed parameters."""
        found = records(self.catalogue[self.base])
        return [path for path, record in found.items() if record.status == "assumed"]


def find_study(chosen: Mapping[str, Any], folder: Path, files: Sequence[Path] = ()) -> Study:
    """The study that a workflow was asked for.

    Parameters
    ----------
    chosen
        Snakemake's ``config``: either ``study`` (a name in ``folder``, or a path) and nothing else, or the whole
        content of a study given with ``--configfile``. Nothing: the default study.
    files
        The files that ``--configfile`` named. They are read again, because Snakemake evaluates code in them.

    Raises
    ------
    ConfigError
        If the study cannot be found or is faulty.
    """
    for file in files:
        read_yaml(file)
    if "study" not in chosen:
        return load_study(chosen or folder / "default.yaml", folder)
    if extra := sorted(set(chosen) - {"study"}):
        raise ConfigError(
            f"--config: unknown field {extra[0]!r}; only study=NAME is allowed, all else stands in its file"
        )
    name = str(chosen["study"])
    path = Path(name) if name.endswith((".yaml", ".yml")) else folder / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.yaml") if file.stem not in NOT_STUDIES))
        raise ConfigError(f"--config study={name}: no such study; known: {known}, or give the path of a YAML file")
    return load_study(path, folder)


def load_study(source: Path | Mapping[str, Any], folder: Path) -> Study:
    """Validate a study and all that it names.

    Parameters
    ----------
    source
        A YAML file, or its content as a mapping.
    folder
        The ``config`` folder, with scenarios, instruments, evidence and references.

    Raises
    ------
    ConfigError
        Naming file, field and what is allowed.
    """
    place = source if isinstance(source, Path) else "config"
    content = read_yaml(source) if isinstance(source, Path) else dict(source)
    try:
        config = StudyConfig.model_validate(content)
    except ValidationError as error:
        raise explain(place, error) from None
    if isinstance(source, Path) and config.name != source.stem:
        raise ConfigError(f"{source}: name: must equal the file's name, {source.stem!r} (found {config.name!r})")
    references = folder / "references.bib"
    keys = bibliography_keys(references)
    catalogue = load_catalogue(folder / "scenarios", references)
    for section, names in config.named_scenarios().items():
        for name in names:
            if name not in catalogue:
                known = ", ".join(sorted(catalogue))
                raise ConfigError(f"{place}: {section}: unknown scenario {name!r}; known: {known}")
    if not catalogue[config.attribution.full].mechanisms:
        raise ConfigError(f"{place}: attribution.full: {config.attribution.full!r} has no mechanisms to attribute to")
    for name in config.preventions.scenarios:
        if catalogue[name].reading != "base":
            raise ConfigError(f"{place}: preventions.scenarios: {name!r} is a reading itself; name the base one")
    if [found.kind for found in catalogue[config.what_if.limited].preventions] != ["caseload_limit"]:
        raise ConfigError(f"{place}: what_if.limited: the one prevention there must be caseload_limit")
    try:
        check_worlds(config.explorer, catalogue[config.explorer.world], catalogue[config.explorer.prevented])
    except ValueError as error:
        raise ConfigError(f"{place}: {error}") from None
    instruments = _recorded(Instruments, folder / "instruments.yaml", keys)
    policies = _recorded(PolicyWorld, folder / "policies.yaml", keys)
    words = _recorded(Words, folder / "explorer.yaml", keys)
    for name in config.judgement.instruments:
        if name not in instruments.by_name():
            known = ", ".join(instruments.by_name())
            raise ConfigError(f"{place}: judgement.instruments: unknown instrument {name!r}; known: {known}")
    used = instruments.only(config.judgement.instruments)
    cells = _cells(config, catalogue, folder / "study_design.csv", place)
    evidence = read_evidence(folder / "evidence.csv", keys)
    return Study(config, catalogue, used, evidence, cells, policies, words)


def _cells(config: StudyConfig, catalogue: Mapping[str, Scenario], path: Path, place: Path | str) -> dict[str, Cell]:
    known = read_cells(path)
    for cell in known.values():
        if cell.scenario is not None and cell.scenario not in catalogue:
            raise ConfigError(f"{path}: cell {cell.cell!r}: unknown scenario {cell.scenario!r}")
    chosen = list(known) if config.simulation_study.cells == "all" else config.simulation_study.cells
    for name in chosen:
        if name not in known:
            raise ConfigError(f"{place}: simulation_study.cells: unknown cell {name!r}; known: {', '.join(known)}")
    if len(set(chosen)) != len(chosen):
        raise ConfigError(f"{place}: simulation_study.cells: each may be named once")
    return {name: known[name] for name in known if name in chosen}


def _recorded[Model: Strict](kind: type[Model], path: Path, keys: frozenset[str]) -> Model:
    """A file of numbers with their records, whose sources are all in the bibliography."""
    try:
        found = kind.model_validate(read_yaml(path))
    except ValidationError as error:
        raise explain(path, error) from None
    for field, record in records(found).items():
        if record.cite is not None and record.cite not in keys:
            raise ConfigError(f"{path}: {field}.cite: no source {record.cite!r} in the bibliography; add it there")
    return found


SCHEMAS = {"study": StudyConfig, "scenario": ScenarioFile, "instruments": Instruments}


def schema_text(model: type[Strict]) -> str:
    """JSON schema of a configuration class, as it stands in ``workflow/schemas``."""
    return json.dumps(model.model_json_schema(), indent=2) + "\n"


def main(folder: str) -> None:
    """Write every schema into ``folder``."""
    for name, model in SCHEMAS.items():
        Path(folder, f"{name}.schema.json").write_text(schema_text(model), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
