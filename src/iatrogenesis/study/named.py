"""What a study names must be there, and fit: its scenarios, the cells of its simulation study, its files of numbers."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from iatrogenesis.core.definitions import REFERENCE
from iatrogenesis.core.former_names import CELLS, SCENARIOS, hint
from iatrogenesis.core.sources import records
from iatrogenesis.core.validated import of_document
from iatrogenesis.core.yaml_text import ConfigError, quoted, read_document, shown
from iatrogenesis.explorer.settings import check_worlds
from iatrogenesis.simulation_study.cells import Cell
from iatrogenesis.study.configuration import StudyConfig
from iatrogenesis.study.sources import StudySources
from iatrogenesis.world.scenarios import Scenario


def check_scenarios(config: StudyConfig, catalogue: Mapping[str, Scenario], sources: StudySources) -> None:
    """Refuse scenarios that are not there, or are not of the kind that a section needs."""
    for section, names in config.named_scenarios().items():
        for name in names:
            if name not in catalogue:
                known = ", ".join(sorted(catalogue))
                raise sources.fault(section, f"unknown scenario {name!r}{hint(SCENARIOS, name)}; known: {known}")
    if any(getattr(catalogue[config.reference], field) != value for field, value in REFERENCE.items()):
        raise sources.fault("reference", f"{config.reference!r} must have no mechanisms and no preventions")
    if not catalogue[config.attribution.full].mechanisms:
        raise sources.fault("attribution.full", f"{config.attribution.full!r} has no mechanisms to attribute to")
    for name in config.preventions.scenarios:
        if catalogue[name].reading != "central":
            raise sources.fault("preventions.scenarios", f"{name!r} is a reading itself; name the central one")
    if [found.kind for found in catalogue[config.what_if.limited].preventions] != ["caseload_limit"]:
        raise sources.fault("what_if.limited", "the one prevention there must be caseload_limit")
    try:
        check_worlds(config.explorer, catalogue[config.explorer.world], catalogue[config.explorer.prevented])
    except ValueError as error:
        field, _, message = str(error).partition(": ")
        raise sources.fault(field, message) from None


def cells_of(
    config: StudyConfig,
    catalogue: Mapping[str, Scenario],
    known: Mapping[str, Cell],
    path: Path,
    sources: StudySources,
) -> dict[str, Cell]:
    """Return the cells that the study asks for, in the order of their table, whose scenarios are all there."""
    for cell in known.values():
        if cell.scenario is not None and cell.scenario not in catalogue:
            told = f"unknown scenario {cell.scenario!r}{hint(SCENARIOS, cell.scenario)}"
            raise ConfigError(f"{shown(path)}: cell {cell.cell!r}: {told}")
    chosen = list(known) if config.simulation_study.cells == "all" else config.simulation_study.cells
    for name in chosen:
        if name not in known:
            told = f"unknown cell {name!r}{hint(CELLS, name)}; known: {', '.join(known)}"
            raise sources.fault("simulation_study.cells", told)
    if len(set(chosen)) != len(chosen):
        raise sources.fault("simulation_study.cells", "duplicate cell; name each one once")
    return {name: known[name] for name in known if name in chosen}


def recorded[Model: BaseModel](kind: type[Model], path: Path, keys: frozenset[str]) -> Model:
    """A file of numbers with their records, whose sources are all in the bibliography."""
    file = read_document(path, within=path.parent)
    found = of_document(kind, file)
    for field, record in records(found).items():
        if record.cite is not None and record.cite not in keys:
            raise file.fault(f"{field}.cite", f"no source {quoted(record.cite)} in the bibliography; add it there")
    return found
