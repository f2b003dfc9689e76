"""A study's run as a Workflow Run RO-Crate: who made which file by which script from what, in the field's vocabulary.

It follows the Provenance Run Crate profile 0.5, which builds on RO-Crate 1.1.
The workflow is a `HowTo` with a step per rule; each job is an action of the rule's script with the files it read and
wrote, as its record says; the run as a whole is an action of the workflow.
"""

import mimetypes
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from rocrate.model import ComputationalWorkflow, ContextEntity, File
from rocrate.model.entity import Entity
from rocrate.rocrate import ROCrate

from iatrogenesis.report.run_record import moment
from iatrogenesis.verification.records import FOLDER, Record, read_records, sha256

PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/ro/wfrun/provenance/0.5": "Provenance Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
METADATA = "ro-crate-metadata.json"
COMPLETED = "http://schema.org/CompletedActionStatus"
BIOSCHEMAS = "https://bioschemas.org/profiles/{}/1.0-RELEASE"
FORMATS = {
    ".nc": "application/netcdf",
    ".parquet": "application/vnd.apache.parquet",
    ".yaml": "application/yaml",
    ".smk": "text/x-python",
}
Jobs = Mapping[Path, Record]
"""Records by the place of their log."""


def jobs_of(results: Path) -> dict[Path, Record]:
    """Records of a study's jobs by place; not those that come after the crate, which are of an earlier run.

    Raises
    ------
    ValueError
        If there are none: then nothing is known about who made what.
    """
    folder = results / FOLDER
    places = [path.relative_to(folder).with_suffix("") for path in sorted(folder.rglob("*.json"))]
    if not places:
        raise ValueError(f"{folder}: no job left a record; make the results anew, by `make report ARGS=--forceall`")
    found = dict(zip(places, read_records(results), strict=True))
    return {place: record for place, record in found.items() if METADATA not in record.read}


def metadata_of_run(
    results: Path,
    run: Mapping,
    jobs: Jobs,
    times: Mapping[Path, tuple[float, float]],
    workflow: Sequence[str],
    citation: Mapping,
) -> dict[str, Any]:
    """Return the content of ``ro-crate-metadata.json`` for a finished study.

    Parameters
    ----------
    results
        Folder of the study; identifiers are paths below it.
    run
        The record of the run, ``run.yaml``.
    jobs, times
        Records of jobs, and when they ran, in seconds since 1970, by place; the latter where it is known.
    workflow
        Files of the workflow below the results, the main one first.
    citation
        CITATION.cff as read.
    """
    crate = ROCrate(version="1.1")
    _describe(crate, run, citation)
    main = _workflow(crate, results, run, workflow)
    written = {path for record in jobs.values() for path in record.written}
    files = _files(crate, results, written | {path for record in jobs.values() for path in record.read}, jobs)
    tools, steps = _tools(crate, run, jobs), _steps(crate, jobs)
    for rule, step in steps.items():
        step["workExample"] = tools[rule]
    _tell(main, hasPart=list(dict.fromkeys(tools.values())), step=list(steps.values()))
    actions = [_job(crate, place, record, tools, files, times.get(place)) for place, record in jobs.items()]
    controls = [_control(crate, action, steps[one.rule]) for action, one in zip(actions, jobs.values(), strict=True)]
    whole = _run(crate, run, main, [files[path] for path in sorted(written)])
    engine = _package(crate, "snakemake", run["versions"]["snakemake"])
    organised = _add(crate, "#organised", "OrganizeAction", name="Scheduling of the jobs", instrument=engine)
    _tell(organised, object=controls, result=whole)
    crate.root_dataset["mentions"] = [whole, *actions]
    return crate.metadata.generate()


def _add(crate: ROCrate, name: str, kind: str, /, **properties: Any) -> ContextEntity:
    return crate.add(ContextEntity(crate, name, properties={"@type": kind, **properties}))


def _tell(entity: Entity, /, **properties: Any) -> None:
    for name, value in properties.items():
        entity[name] = value


def _package(crate: ROCrate, name: str, version: str) -> ContextEntity:
    """A Python package, by its package URL."""
    return _add(crate, f"pkg:pypi/{name}@{version}", "SoftwareApplication", name=name, softwareVersion=version)


def _describe(crate: ROCrate, run: Mapping, citation: Mapping) -> None:
    """Title, authors, licence, date and profiles of the crate."""
    crate.name = f"{citation['title']} Results of study {run['study']}"
    crate.description = " ".join(citation["abstract"].split())
    crate.datePublished = datetime.fromisoformat(run["wall_time"]["ended"])
    spdx = f"https://spdx.org/licenses/{citation['license']}"
    crate.license = _add(crate, spdx, "CreativeWork", name=citation["license"], url=spdx)
    crate.root_dataset["author"] = [_author(crate, number, one) for number, one in enumerate(citation["authors"])]
    crate.root_dataset["conformsTo"] = [
        _add(crate, address, "CreativeWork", name=name, version=address.rsplit("/", 1)[1])
        for address, name in PROFILES.items()
    ]


def _author(crate: ROCrate, number: int, author: Mapping) -> ContextEntity:
    """A person, or what CITATION.cff calls an entity: it has a name of its own."""
    name = author.get("orcid", f"#author-{number}")
    if "name" in author:
        return _add(crate, name, "Organization", name=author["name"])
    given, family = author.get("given-names", ""), author["family-names"]
    return _add(crate, name, "Person", name=f"{given} {family}".strip(), givenName=given, familyName=family)


def _workflow(crate: ROCrate, results: Path, run: Mapping, paths: Sequence[str]) -> ComputationalWorkflow:
    """The Snakefile as main entity, the rules that it includes, and the parameters of the run."""
    for path in paths[1:]:
        crate.add(File(crate, dest_path=path, properties=_content(results / path)))
    main = crate.add_workflow(
        dest_path=paths[0],
        main=True,
        lang="snakemake",
        lang_version=run["versions"]["snakemake"],
        properties={"@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"]},
    )
    profile = _add(crate, BIOSCHEMAS.format("ComputationalWorkflow"), "CreativeWork", name="ComputationalWorkflow")
    _tell(main, name="The workflow", version=run["commit"], conformsTo=profile, **_content(results / paths[0]))
    main["input"] = [
        _parameter(crate, "study", "Text", run["study"]),
        _parameter(crate, "seed", "Integer", run["seed"]),
    ]
    return main


def _parameter(crate: ROCrate, name: str, kind: str, value: object) -> ContextEntity:
    formal = _add(crate, f"#parameter/{name}", "FormalParameter", name=name, additionalType=kind)
    formal["conformsTo"] = {"@id": BIOSCHEMAS.format("FormalParameter")}
    formal["workExample"] = _add(crate, f"#value/{name}", "PropertyValue", name=name, value=value, exampleOfWork=formal)
    return formal


def _files(crate: ROCrate, results: Path, paths: Iterable[str], jobs: Jobs) -> dict[str, Entity]:
    """Results as files of the crate; what was deleted after use, and inputs from outside, as what they were."""
    known = {path: value for record in jobs.values() for path, value in {**record.read, **record.written}.items()}
    found: dict[str, Entity] = {}
    for path in sorted(paths):
        if (results / path).is_file():
            content = _content(results / path) | {"sha256": known[path]}
            found[path] = crate.add(File(crate, dest_path=path, properties=content))
        else:
            words = f"{path}, deleted after use"
            found[path] = _add(crate, f"#deleted/{path}", "CreativeWork", name=words, sha256=known[path])
    for path, value in sorted({item for record in jobs.values() for item in record.given.items()}):
        name = f"#given/{value[:12]}/{path.lstrip('/')}"
        found[_given(path, value)] = _add(crate, name, "CreativeWork", name=path, sha256=value)
    return found


def _given(path: str, value: str) -> str:
    """How an input from outside is kept among files: the same path may have had another content for another job."""
    return f"{value} {path}"


def _content(path: Path) -> dict[str, object]:
    guessed = FORMATS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"
    return {"encodingFormat": guessed, "contentSize": str(path.stat().st_size), "sha256": sha256(path)}


def _tools(crate: ROCrate, run: Mapping, jobs: Jobs) -> dict[str, ContextEntity]:
    """The script of each rule, with the packages that it was run with."""
    packages = [_package(crate, name, version) for name, version in run["versions"].items() if name != "snakemake"]
    found, made = {}, {}
    for record in jobs.values():
        script = next(path for path in sorted(record.code) if "scripts" in PurePosixPath(path).parts)
        if script not in made:
            name = f"#{script.lstrip('/')}"
            made[script] = _add(crate, name, "SoftwareSourceCode", name=script, version=run["commit"])
            _tell(made[script], sha256=record.code[script], programmingLanguage="Python", softwareRequirements=packages)
        found[record.rule] = made[script]
    return found


def _steps(crate: ROCrate, jobs: Jobs) -> dict[str, ContextEntity]:
    rules = sorted({record.rule for record in jobs.values()})
    return {rule: _add(crate, f"#step/{rule}", "HowToStep", name=rule) for rule in rules}


def _job(
    crate: ROCrate,
    place: Path,
    record: Record,
    tools: Mapping[str, ContextEntity],
    files: Mapping[str, Entity],
    time: tuple[float, float] | None,
) -> ContextEntity:
    """One job, as an action of its script."""
    action = _add(crate, f"#job/{place.as_posix()}", "CreateAction", name=place.as_posix())
    given = [files[_given(path, value)] for path, value in sorted(record.given.items())]
    _tell(
        action,
        description=f"A job of the rule {record.rule}",
        instrument=tools[record.rule],
        object=[*(files[path] for path in sorted(record.read)), *given],
        result=[files[path] for path in sorted(record.written)],
        actionStatus=COMPLETED,
    )
    if time:
        _tell(action, startTime=moment(time[0]), endTime=moment(time[1]))
    return action


def _control(crate: ROCrate, action: ContextEntity, step: ContextEntity) -> ContextEntity:
    name = action.id.replace("#job/", "#control/", 1)
    return _add(crate, name, "ControlAction", name=f"Step of {action['name']}", instrument=step, object=action)


def _run(crate: ROCrate, run: Mapping, main: ComputationalWorkflow, results: Sequence[Entity]) -> ContextEntity:
    """The run as a whole."""
    action = _add(crate, "#run", "CreateAction", name=f"The run of study {run['study']}", instrument=main)
    _tell(
        action,
        description="; ".join(_told(run)),
        object=[crate.get("#value/study"), crate.get("#value/seed")],
        result=list(results),
        startTime=run["wall_time"]["started"],
        endTime=run["wall_time"]["ended"],
        actionStatus=COMPLETED,
    )
    return action


def _told(run: Mapping) -> list[str]:
    changed, lock = run["changed_since_commit"], run["requirements_lock_sha256"]
    state = "whether files had been changed is not known" if changed is None else f"{len(changed)} files changed since"
    platform = "{system} {machine}, Python {python}".format(**run["platform"])
    return [f"Commit {run['commit']}, {state}", platform, f"SHA-256 of requirements.lock {lock or 'not known'}"]
