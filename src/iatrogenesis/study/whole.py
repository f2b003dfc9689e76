"""A study as a whole: its validated configuration, with the scenarios, instruments and evidence it names."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from iatrogenesis.core.claims import Claim
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.montecarlo import replicates_for
from iatrogenesis.core.sources import records
from iatrogenesis.core.tables import DataError
from iatrogenesis.core.yaml_text import ConfigError
from iatrogenesis.evidence.unknowns import Association, Feasible
from iatrogenesis.explorer.words import Words
from iatrogenesis.inference.data.nhs import read_service_years
from iatrogenesis.inference.models import COLLAPSED_MODELS, FACTS
from iatrogenesis.simulation_study.cells import Cell
from iatrogenesis.simulation_study.data_generation import Surroundings
from iatrogenesis.simulation_study.methods.answer import Settings
from iatrogenesis.simulation_study.people import RATED
from iatrogenesis.simulation_study.plan import Batch, advice_seconds, plan, truth_seconds, world_seconds
from iatrogenesis.simulation_study.policy_world import PolicyWorld
from iatrogenesis.simulation_study.reproduced import Reproduced
from iatrogenesis.simulation_study.statistical_world import StatisticalWorld
from iatrogenesis.simulation_study.worlds import changed
from iatrogenesis.study.configuration import StudyConfig
from iatrogenesis.study.datasets import HOSPITALS, KNOWN, SERVICES
from iatrogenesis.study.places import check_place
from iatrogenesis.study.sources import StudySources
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup


@dataclass(frozen=True)
class Study:
    """A configuration together with everything it names, all validated before any work starts.

    ``instruments`` holds those that the study uses, ``numbers`` those of the statistical cells of its simulation study,
    ``designed`` all its cells and ``cells`` those that the study asks for, ``policies`` the numbers of the ten years of
    policies, ``reproduced`` what published simulations found, ``words`` what the explorer says, ``associations`` the
    published associations that are causes in part, ``feasible`` what further studies could measure, ``claims`` what the
    report claims in numbers, ``sources`` the files that the configuration stands in.
    """

    config: StudyConfig
    catalogue: Mapping[str, Scenario]
    instruments: Instruments
    evidence: pd.DataFrame
    numbers: StatisticalWorld
    designed: Mapping[str, Cell]
    cells: Mapping[str, Cell]
    policies: PolicyWorld
    reproduced: Reproduced
    words: Words
    associations: Mapping[str, Association]
    feasible: Mapping[str, Feasible]
    claims: Mapping[str, Claim]
    sources: StudySources

    @property
    def name(self) -> str:
        """Name of the study and of its folder below ``results``."""
        return self.config.name

    @property
    def routine_care(self) -> str:
        """The scenario of routine care, which the others are compared with: the first one."""
        return self.config.scenarios[0]

    @property
    def setup(self) -> Setup:
        """What every simulation of the study shares."""
        return Setup(seed=self.config.seed, instruments=self.instruments, judgement=self.config.judgement)

    @property
    def published(self) -> dict[str, float]:
        """Published values by id of the evidence table, without those of which only the direction is published."""
        values = self.evidence.set_index("id")["value"].dropna()
        return {name: float(value) for name, value in values.items()}

    @property
    def published_deterioration(self) -> float:
        """Share of finished courses that reliably deteriorate, as published (evidence D01)."""
        return self.published["D01"]

    @property
    def judged_by(self) -> list[str]:
        """The questionnaires by which change is judged, as people call them."""
        return [self.instruments.by_name()[name].name for name in self.config.judgement.instruments]

    def service_counts(self, root: Path) -> str | None:
        """Path of the table of real service counts, or None where the study names none.

        Raises
        ------
        ConfigError
            If the table is not there, although it must be, is none, or is a link that leads out of the project.
        """
        field, path = "service_counts", self.config.service_counts
        if path is None:
            field, path = "service_counts_where_present", self.config.service_counts_where_present
            if path is None or not (root / path).exists():
                return None
        try:
            check_place(path, root)
            read_service_years(root / path)
        except (DataError, ValueError) as error:
            raise ConfigError(f"{field}: {error}") from None
        return path

    def notebooks(self, root: Path) -> list[str]:
        """Names of the notebooks that are run, of those in the project.

        Raises
        ------
        ConfigError
            If one is not there.
        """
        there = sorted(path.stem for path in (root / "notebooks").glob("[0-9]*.ipynb"))
        wanted = there if self.config.notebooks == "all" else list(self.config.notebooks)
        if unknown := sorted(set(wanted) - set(there)):
            raise self.sources.fault("notebooks", f"unknown notebook {unknown[0]!r}; known: {', '.join(there)}")
        return wanted

    def datasets(self, model: str, service_counts: str | None) -> list[str]:
        """Names of the data sets that a model is fitted to, by the kinds that its own file names."""
        kinds = FACTS[model]["DATASETS"]
        names = {"routine_care": [self.routine_care], "known": [KNOWN], "hospitals": [HOSPITALS], "services": []}
        if "services" in kinds and service_counts:
            names["services"] = [f"{SERVICES}{year}" for year in read_service_years(Path(service_counts)).years]
        return [name for kind in kinds for name in names[kind]]

    def fitted_twice(self, service_counts: str | None) -> list[tuple[str, str]]:
        """Data set and model of the fits that are done by both engines; of the years of real counts the latest."""
        years = [name for name in self.datasets("intercept_only", service_counts) if name.startswith(SERVICES)]
        wanted = self.config.engines.service_years
        left_out = years[: max(len(years) - wanted, 0)] if wanted is not None else []
        twice = self.config.engines.models or COLLAPSED_MODELS
        models = [model for model in self.config.fit.models if model in COLLAPSED_MODELS and model in twice]
        fits = [(dataset, model) for model in models for dataset in self.datasets(model, service_counts)]
        return [(dataset, model) for dataset, model in fits if dataset not in left_out]

    @property
    def given(self) -> dict[str, dict[str, dict[str, list]]]:
        """What is known beforehand about each data set, as small tables: reliability of ratings, reliable change."""
        traits = ("competence", "burnout", "fit")
        ratings = self.catalogue[self.routine_care].world.ratings
        reliability = {self.routine_care: [float(getattr(ratings, trait)) for trait in traits]}
        reliability[KNOWN] = [self.config.known_truth.reliability] * len(traits)
        rules = self.instruments.by_name()
        changes = {"instrument": list(rules), "reliable_change": [float(one.reliable_change) for one in rules.values()]}
        return {
            dataset: {"reliability": {"trait": list(traits), "reliability": values}, "instruments": changes}
            for dataset, values in reliability.items()
        }

    @property
    def batches(self) -> list[Batch]:
        """Every job of the simulation study."""
        settings = self.config.simulation_study
        return list(plan(list(self.cells.values()), settings.replicates_by_method))

    def first_alike(self, cell: Cell) -> str:
        """Name of the first cell with this one's scenario and size, of which the same is true in plausible worlds."""
        alike = (cell.scenario, cell.therapists, cell.clients, cell.clients_spread)
        return next(
            name
            for name, one in self.cells.items()
            if (one.scenario, one.therapists, one.clients, one.clients_spread) == alike
        )

    @property
    def true_in_worlds(self) -> list[str]:
        """Cells for which it is worked out what is true in plausible worlds: each stands for those alike."""
        return list(dict.fromkeys(self.first_alike(cell) for cell in self.cells.values() if cell.family == "B"))

    @property
    def costs(self) -> dict[str, float]:
        """About how many core seconds each larger job of the simulation study takes, by the file that it makes."""
        settings, grid, place = self.config.simulation_study, self.config.advice, "simulation_study"
        found = {
            f"{place}/{cell.cell}/truth.csv": truth_seconds(cell, settings.replicates, settings.true_clients)
            for cell in self.cells.values()
        }
        found |= {f"{place}/worlds/{name}.csv": world_seconds(settings.worlds) for name in self.true_in_worlds}
        sizes = (len(grid.therapists), len(grid.therapist_sd), len(grid.burnout), replicates_for(grid.coverage_mcse))
        found |= {f"{place}/advice/{clients}.csv": advice_seconds(*sizes) for clients in grid.clients}
        # One file stands for a batch: that of its last method, which is written last.
        return found | {
            f"{place}/{one.cell}/{one.methods[-1]}/{one.number}.estimates.parquet": one.seconds for one in self.batches
        }

    @property
    def reliability(self) -> dict[str, float]:
        """Of ratings by trait, as the literature gives it."""
        ratings = self.catalogue[self.routine_care].world.ratings
        return {name: float(getattr(ratings, name)) for name in RATED}

    def surroundings_of(self, *scenarios: str) -> Surroundings:
        """What all cells of the simulation study share, with some scenarios."""
        chosen = {name: self.catalogue[name] for name in scenarios}
        return Surroundings(
            setup=self.setup.apart("simulation study"),
            numbers=self.numbers,
            reliability=self.reliability,
            scenarios=chosen,
            own={name: changed(one, self.catalogue[self.routine_care]) for name, one in chosen.items()},
        )

    def surroundings(self, cell: Cell) -> Surroundings:
        """What a cell shares with the others; of the scenarios only its own."""
        return self.surroundings_of(*([] if cell.scenario is None else [cell.scenario]))

    def method_settings(self, cell: Cell) -> Settings:
        """What the methods of the simulation study share in a cell, whose priors may be wrong on purpose."""
        settings, priors = self.config.simulation_study, self.config.fit.priors
        intercept, spread = priors.intercept, priors.therapist_sd
        off = {
            "intercept": intercept.model_copy(update={"mean": intercept.mean + cell.prior_rate * intercept.sd}),
            "therapist_sd": spread.model_copy(update={"scale": cell.prior_scale * spread.scale}),
        }
        return Settings(
            priors=priors.model_copy(update=off),
            seed=self.setup.apart("methods").seed,
            sampler=settings.sampler,
            convergence=settings.convergence,
        )

    @property
    def what_if_worlds(self) -> dict[str, Scenario]:
        """The worlds of the what-ifs: routine care, routine care with rested therapists, and with limited caseloads."""
        routine_care, settings = self.catalogue[self.routine_care], self.config.what_if
        preventions = self.catalogue[settings.limited].preventions
        limited = routine_care.model_copy(update={"preventions": preventions})
        return {
            "routine_care": routine_care,
            "burnout_down": self.catalogue[settings.rested],
            "caseload_limit": limited,
        }

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
        """Dotted paths of routine care's assumed parameters."""
        found = records(self.catalogue[self.routine_care])
        return [path for path, record in found.items() if record.status == "assumed"]
