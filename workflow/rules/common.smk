"""The study, validated before any job starts, and the few names that all rules share.

REQUIRED INPUTS:
    config/<study>.yaml, the studies it is based on, and all that they name
"""

import os
import re
import sys
from pathlib import Path

# The checkout that these rules lie in. Where Snakemake fetches them from a repository's host there is none: then the
# installed package has the library and its configuration.
CHECKOUT = Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).parents[1]
if (CHECKOUT / "src").is_dir():
    sys.path.insert(0, str(CHECKOUT / "src"))
    # For scripts, too: another checkout, or another version, may be what is installed.
    os.environ.update(PYTHONPATH=os.pathsep.join([sys.path[0], os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep))

import iatrogenesis
from iatrogenesis.core.resources import config_folder
from iatrogenesis.simulation_study.plan import announce
from iatrogenesis.simulation_study.method_results import shown
from iatrogenesis.simulation_study.methods import FACTS as METHOD_FACTS, GROUPS
from iatrogenesis.figures import CHAPTERS, FACTS as FIGURE_FACTS
from iatrogenesis.inference.models import COLLAPSED_MODELS, FACTS as MODEL_FACTS, OUTCOME_MODELS
from iatrogenesis.report.figure_words import words_of
from iatrogenesis.report.provenance import git_commit
from iatrogenesis.core.yaml_text import ConfigError
from iatrogenesis.study.committed_calibration import shown as calibration_shown
from iatrogenesis.study.dependencies import Library
from iatrogenesis.study.protocol import fingerprint
from iatrogenesis.study.results_folder import check_folder
from iatrogenesis.study.study import find_study

IN_CHECKOUT = (CHECKOUT / "src").is_dir()
ROOT = CHECKOUT if IN_CHECKOUT else config_folder().parent
PACKAGE = CHECKOUT / "src" / "iatrogenesis" if IN_CHECKOUT else Path(iatrogenesis.__file__).parent
# A workflow that was deployed, as by snakedeploy, has a configuration of its own to be changed.
CONFIG_FOLDER = next(path for path in (Path.cwd() / "config", ROOT / "config") if (path / "scenarios").is_dir())

try:
    STUDY = find_study(config, CONFIG_FOLDER, [Path(name) for name in workflow.configfiles])
except ConfigError as error:
    raise WorkflowError(f"The configuration cannot be used:\n{error}") from None

CONFIG = STUDY.config
SETUP = STUDY.setup.model_dump(mode="json")
SIMULATIONS = CONFIG.sbc.simulations(CONFIG.fit.models)
LIBRARY = Library(PACKAGE, cache=Path(".snakemake/iatrogenesis/imports.json"))


# Where results go: a workflow that uses this one as a module may say `pathvars: results=...`.
RESULTS = workflow.pathvars.apply("<results>")

try:
    check_folder(STUDY.name, Path(RESULTS))
    SERVICE_COUNTS = STUDY.service_counts(ROOT)
    NOTEBOOKS = STUDY.notebooks(ROOT)
except ConfigError as error:
    raise WorkflowError(f"The configuration cannot be used:\n{error}") from None


def result(path):
    """A file of this study's results."""
    return f"{RESULTS}/{STUDY.name}/{path}"


def source(path):
    """A file of the project as input, wherever the work is done; never in a remote storage, where results may be."""
    whole = CONFIG_FOLDER.parent / path if path.startswith("config/") else ROOT / path
    return local(str(whole.relative_to(Path.cwd()) if whole.is_relative_to(Path.cwd()) else whole))


SERVICE_COUNTS = SERVICE_COUNTS and source(SERVICE_COUNTS)


# The simulation study: its cells as plain data, its batches by cell, group of methods and number, and the answers of
# each method by cell, method and number. Their files are targets themselves, so that a lost one is made again although
# what was made from it is there.
BATCHES = {(batch.cell, batch.group, str(batch.number)): batch for batch in STUDY.batches}
ANSWERS = [
    (cell, method, str(batch.number))
    for cell in STUDY.cells
    for method in CONFIG.simulation_study.methods
    for batch in STUDY.batches
    if batch.cell == cell and method in batch.methods
]
BATCH_FILES = {
    kind: [result(f"simulation_study/{'/'.join(key)}.{kind}.parquet") for key in ANSWERS]
    for kind in ("estimates", "therapists")
}


def plain(section):
    """A section of the configuration as plain data: what `params` compares to decide about re-running."""
    return section.model_dump(mode="json")


def scenario(name):
    """A scenario, merged, as plain data."""
    return plain(STUDY.catalogue[name])


def scenario_of(wildcards):
    """The scenario a job is about."""
    return scenario(wildcards.scenario)


def cell_of(wildcards):
    """The cell of the simulation study that a job is about."""
    return plain(STUDY.cells[wildcards.cell])


def surroundings_of(wildcards):
    """What that cell shares with the others: only its own scenario, so that another one's change runs nothing here."""
    return plain(STUDY.surroundings(STUDY.cells[wildcards.cell]))


def in_worlds(wildcards):
    """The plausible worlds in which a cell's data sets are made, if it is one of family B."""
    return {"numbers": result("simulation_study/worlds.json")} if STUDY.cells[wildcards.cell].family == "B" else {}


def truth_in_worlds(wildcards):
    """Those worlds, and what is true of the cell's scenario and size in them: alike cells share a file."""
    worlds = in_worlds(wildcards)
    alike = STUDY.first_alike(STUDY.cells[wildcards.cell])
    return worlds | ({"truth": result(f"simulation_study/worlds/{alike}.csv")} if worlds else {})


def settings_of(wildcards):
    """What the methods are given in a cell, whose priors may be wrong on purpose."""
    return plain(STUDY.method_settings(STUDY.cells[wildcards.cell]))


def replicates_of_batch(group):
    """First replicate of a batch of a group of methods, and the one after its last, by the job's wildcards."""

    def replicates(wildcards):
        found = BATCHES[wildcards.cell, group, wildcards.batch].replicates
        return [found.start, found.stop]

    return replicates


def shared_out(things, most):
    """Lists of at most so many, about equally long: a job each, because starting one takes seconds."""
    things = list(things)
    jobs = -(-len(things) // most)
    return [things[job::jobs] for job in range(jobs)]


def together(models, engine):
    """Models by job, as an engine fits them: what is sampled is compiled first, and has a job of its own."""
    collapsed = [model for model in models if engine == "collapsed" and model in COLLAPSED_MODELS]
    sampled = {model: [model] for model in models if model not in collapsed}
    return {"collapsed": collapsed} | sampled if collapsed else sampled


def library(script, chosen=None):
    """The files of the library that a script reaches, as its input: Snakemake does not see imported code by itself.

    `chosen` names, by package, the modules that the script asks it for; see `iatrogenesis.study.dependencies`.
    """
    file = f"../../scripts/{script}" if script.endswith(".ipynb") else f"../../scripts/{script}.py"
    path = CHECKOUT / "workflow" / "rules" / file
    found = LIBRARY.closure(path if path.is_file() else Path(workflow.source_path(file)), chosen)
    return [source(str(file)) for file in found]


def made_here():
    """Rule of each file of this study's results that has no wildcard but the study's name, of the rules so far."""
    pairs = [(str(path), each) for each in workflow.modifier.rules for path in each.output]
    # In a storage, and in a module with a prefix, a path goes on before the folder of results.
    named = {re.sub(r"\{study[^}]*\}", STUDY.name, path).rpartition(result(""))[2]: each for path, each in pairs}
    return {path: named[path] for path in sorted(named) if "{" not in path}


def made_by(paths):
    """Rule and script of each of some files of this study's results."""
    found = made_here()
    return {path: [found[path].name, found[path].script.removeprefix("../../")] for path in sorted(paths)}


def code_of_methods(names):
    """The files of the library that some methods reach, and no other method's."""
    models = [METHOD_FACTS[name]["MODEL"] for name in names if "MODEL" in METHOD_FACTS[name]]
    return library("simulation_study/study_batch", {"simulation_study.methods": names, "inference.models": models})


def code_of_notebook(wildcards):
    """The files of the library that a notebook reaches, and those that run and render it."""
    return library("report/notebook") + library(f"../notebooks/{wildcards.notebook}.ipynb")


wildcard_constraints:
    study=re.escape(STUDY.name),
    scenario="|".join(map(re.escape, STUDY.catalogue)),
    dataset="[A-Za-z0-9_-]+",
    cell="[a-z][a-z0-9_]*",
    method="[a-z][a-z0-9_]*",
    batch="[0-9]+",
    part="[0-9]+",
    notebook="[0-9a-z_]+",
