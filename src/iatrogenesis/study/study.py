"""Find a study, and read it with all that it names, validated before any work starts."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from iatrogenesis.core.claims import Claims
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.sources import bibliography
from iatrogenesis.core.yaml_text import ConfigError, check_within, quoted, read_yaml, shown
from iatrogenesis.evidence.population import read_population
from iatrogenesis.evidence.published import read_evidence
from iatrogenesis.evidence.unknowns import Associations, FeasibleStudies
from iatrogenesis.explorer.words import read_words
from iatrogenesis.simulation_study.cells import read_cells
from iatrogenesis.simulation_study.policy_world import PolicyWorld
from iatrogenesis.simulation_study.reproduced import Reproduced
from iatrogenesis.simulation_study.statistical_world import StatisticalWorld
from iatrogenesis.study.configuration import StudyConfig
from iatrogenesis.study.named import cells_of, check_scenarios, recorded
from iatrogenesis.study.places import is_there
from iatrogenesis.study.results_folder import taken
from iatrogenesis.study.sources import StudySources, read_study, study_names
from iatrogenesis.study.whole import Study
from iatrogenesis.world.scenarios import load_catalogue, merged


def find_study(chosen: Mapping[str, Any], folder: Path, files: Sequence[Path] = ()) -> Study:
    """The study that a workflow was asked for.

    Parameters
    ----------
    chosen
        Snakemake's ``config``: either ``study`` (a name in ``folder``, or a path) and nothing else, or the content of
        a study given with ``--configfile``, whole or by what differs. Nothing: the default study.
    files
        The files that ``--configfile`` named. They are read again, because Snakemake evaluates code in them.

    Raises
    ------
    ConfigError
        If the study cannot be found or is faulty.
    """
    written: dict[str, Any] = {}
    for file in files:
        written = merged(written, read_yaml(file))
    if not chosen:
        return load_study(folder / "default.yaml", folder)
    if "study" not in chosen:
        place = " and ".join([*map(shown, files), *(["--config"] if chosen != written else [])])
        whole = files[0] if len(files) == 1 and chosen == written else chosen
        sources = read_study(whole, folder, place)
        return study_of(sources.validated(), sources, whole, folder)
    if extra := sorted(str(field) for field in chosen if field != "study"):
        raise ConfigError(
            f"--config: unknown field {extra[0]!r}; only study=NAME is allowed, all else belongs in its file"
        )
    name = str(chosen["study"])
    known, is_path = study_names(folder), name.endswith((".yaml", ".yml"))
    path = Path(name) if is_path else folder / f"{name}.yaml"
    if not is_there(path) or (not is_path and name not in known):
        told = f"{quoted(name)}: no such study; known: {', '.join(known)}, or give the path of a YAML file"
        raise ConfigError(f"--config study={told}")
    return load_study(path, folder)


def load_study(source: Path | Mapping[str, Any], folder: Path, place: str = "config") -> Study:
    """Validate a study and all that it names.

    Parameters
    ----------
    source
        A YAML file, or its content as a mapping; either may say only how it differs from the study it is based on.
    folder
        The ``config`` folder, with studies to build on, scenarios, instruments, evidence and references.
    place
        What errors call a content that was given as a mapping.

    Raises
    ------
    ConfigError
        Naming file, field and what is allowed.
    """
    sources = read_study(source, folder, place)
    config = sources.validated()
    if isinstance(source, Path) and config.name != source.stem:
        raise sources.fault("name", f"must equal the file's name, {source.stem!r} (found {config.name!r})")
    return study_of(config, sources, source, folder)


def study_of(config: StudyConfig, sources: StudySources, source: Path | Mapping[str, Any], folder: Path) -> Study:
    """Return the study of a file, or of its content, with all that it names."""
    if fault := taken(config.name, source if isinstance(source, Path) else None, folder):
        raise sources.fault("name", fault)
    references = folder / "references.bib"
    for table in (references, folder / "study_design.csv", folder / "evidence.csv", folder / "population.csv"):
        check_within(table, folder)
    try:
        keys = frozenset(bibliography(references))
    except FileNotFoundError:
        raise ConfigError(f"{references}: no such file; it lists every source that a number cites") from None
    except ValueError as error:
        raise ConfigError(str(error)) from None
    catalogue = load_catalogue(folder / "scenarios", references)
    check_scenarios(config, catalogue, sources)
    instruments = recorded(Instruments, folder / "instruments.yaml", keys)
    policies = recorded(PolicyWorld, folder / "policies.yaml", keys)
    reproduced = recorded(Reproduced, folder / "reproductions.yaml", keys)
    words = read_words(folder)
    if silent := [name for name in config.explorer.preventions if name not in words.switches]:
        raise sources.fault("explorer.preventions", f"{silent[0]!r} has no words in {folder / 'words'}")
    for name in config.judgement.instruments:
        if name not in instruments.by_name():
            known = ", ".join(instruments.by_name())
            raise sources.fault("judgement.instruments", f"unknown instrument {name!r}; known: {known}")
    used = instruments.only(config.judgement.instruments)
    numbers = recorded(StatisticalWorld, folder / "statistical_world.yaml", keys)
    designed = read_cells(folder / "study_design.csv", numbers)
    cells = cells_of(config, catalogue, designed, folder / "study_design.csv", sources)
    evidence = read_evidence(folder / "evidence.csv", keys)
    read_population(folder / "population.csv", keys)  # refused here, before the first job
    named = recorded(Associations, folder / "associations.yaml", keys).root
    feasible = recorded(FeasibleStudies, folder / "feasible.yaml", keys).root
    claims = recorded(Claims, folder / "claims.yaml", keys).of(config.scenarios[0])
    of_study = (numbers, designed, cells, policies, reproduced)
    return Study(config, catalogue, used, evidence, *of_study, words, named, feasible, claims, sources)
