"""Faulty studies and catalogues, each of its own kind: refused with file, field and what to do, one line each."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from iatrogenesis.core.yaml_text import ConfigError
from iatrogenesis.study.study import load_study
from tests.conftest import CONFIG, ROOT

LATIN = "Größe\n".encode("latin-1")
DESIGN = "{therapists: 24, services: 4, clients_per_therapist: 40"
# What a study says, beside its name and base; and what is said of it.
STUDIES = {
    "seed: yes": "line 3: seed: .*valid integer",
    "seed: 1.0": "line 3: seed: .*valid integer",
    'seed: "24"': "line 3: seed: .*valid integer",
    "seed: true": "line 3: seed: .*valid integer",
    "seed: -1": "line 3: seed: .*greater than or equal to 0",
    "seed: 9223372036854775808": "line 3: seed: .*less than 9223372036854775808",
    "seed:": "line 3: seed: .*found None",
    "seed: 1\nseed: 2": "line 4: 'seed' is there twice, in lines 3 and 4",
    "seed: 010": "line 3: 010 begins with a 0, which some read as octal",
    "seed: [1]": "line 3: seed: .*valid integer",
    "sede: 1": "line 3: sede: unknown field",
    "core_minutes: .inf": "line 3: .inf is not a finite number",
    "core_minutes: 1e300": "line 3: core_minutes: .*less than or equal to",
    "known_truth: {intercept: 1.0e+300}": r"line 3: known_truth\.intercept: .*less than or equal to 20",
    "known_truth: {intercept: -21}": r"line 3: known_truth\.intercept: .*greater than or equal to -20",
    "known_truth: {therapist_sd: -0.1}": r"line 3: known_truth\.therapist_sd: .*greater than or equal to 0",
    "known_truth: {reliability: 0}": r"line 3: known_truth\.reliability: .*greater than 0",
    "known_truth: {therapists: 1000000000}": r"line 3: known_truth\.therapists: .*less than or equal to",
    "known_truth: {coefficients: {burnout: 1e9}}": r"known_truth\.coefficients\.burnout: .*less than or equal to 20",
    f"simulate: {DESIGN}, replicates: 0}}": r"line 3: simulate\.replicates: .*greater than or equal to 1",
    "simulate: {therapists: 24.0}": r"line 3: simulate\.therapists: .*valid integer",
    "simulate: {therapists: 3, services: 4}": "line 3: simulate: 4 services need at least as many therapists",
    "count_twins: {replicates: 1000000, therapists: 1000000}": r"line 3: count_twins\.replicates: .*core hours",
    "simulate: {clients_log_sd: 5}": r"line 3: simulate\.clients_log_sd: .*less than or equal to 2",
    "simulate: {clients_by_workload: 3}": r"line 3: simulate\.clients_by_workload: .*less than or equal to 1",
    "simulate: 24": "line 3: simulate: .*object",
    "explorer: {design: {replicates: 1000000, therapists: 1000000}}": r"explorer\.design\.replicates: .*core hours",
    "explorer: {preventions: [hope]}": r"line 3: explorer\.preventions: .*hope",
    "explorer: {ends: {burnout: [1, 0]}}": r"explorer\.ends\.burnout: a slider begins below its end",
    "explorer: {ends: {burnout: [0, 1.0e+9]}}": r"explorer\.ends\.burnout\.1: .*less than or equal to 5",
    "explorer: {ends: {vulnerability: [1, 1.0e+8]}}": r"ends\.vulnerability\.1: .*less than or equal to 20",
    "explorer: {ends: {caseload: [15, 1000]}}": r"explorer\.ends\.caseload\.1: .*less than or equal to 100",
    "explorer: {ends: {fit: [0, 0.5, 1]}}": r"explorer\.ends\.fit: .*at most 2",
    "explorer: {world: nowhere}": r"line 3: explorer\.world: unknown scenario 'nowhere'",
    "attribution: {pairs: 1000000}": r"line 3: attribution\.pairs: .*less than or equal to",
    "attribution: {full: reference}": r"line 3: attribution\.full: 'reference' has no mechanisms",
    "conclusions: {members: 5}": r"line 3: conclusions\.members: .*greater than or equal to 10",
    "policies: {replicates: 10000000}": r"line 3: policies\.replicates: .*less than or equal to",
    "sbc: {nuts: 1000000}": r"line 3: sbc\.nuts: .*less than or equal to",
    "fit: {models: []}": r"line 3: fit\.models: .*at least 1",
    "fit: {models: [casemix, casemix]}": r"line 3: fit\.models: 'casemix' is there twice; name each one once",
    "engines: {models: [therapist, therapist]}": r"line 3: engines\.models: 'therapist' is there twice",
    "fit: {models: [casemix, magic]}": r"line 3: fit\.models\.1: .*found 'magic'",
    "fit: {engine: gpu}": r"line 3: fit\.engine: .*'collapsed' or 'nuts'",
    "fit: {sampler: {draws: 1000000000}}": r"line 3: fit\.sampler\.draws: .*less than or equal to",
    "fit: {sampler: {chains: 1}}": r"line 3: fit\.sampler\.chains: .*greater than or equal to 2",
    "fit: {priors: {intercept: {mean: 1.0e+300}}}": r"line 3: fit\.priors\.intercept\.mean: .*less than or equal",
    "fit: {priors: {intercept: {sd: 0}}}": r"line 3: fit\.priors\.intercept\.sd: .*greater than 0",
    "fit: {priors: {intercept: {reason: why}}}": r"line 3: fit\.priors\.intercept\.reason: .*at least 10",
    "fit: {convergence: {max_rhat: 1}}": r"line 3: fit\.convergence\.max_rhat: .*greater than 1",
    "scenarios: ['.+']": r"line 3: scenarios: unknown scenario '\.\+'",
    "scenarios: ['routine_care|rested']": r"line 3: scenarios: unknown scenario 'routine_care\|rested'",
    "scenarios: routine_care": "line 3: scenarios: .*array",
    "simulation_study: {cells: [base]}": "unknown cell 'base'; it is called 'reference_cell' now; known: ",
    "scenarios: [base]": "line 3: scenarios: unknown scenario 'base'; it is called 'routine_care' now; known: ",
    "scenarios: []": "line 3: scenarios: .*at least 1",
    "scenarios: [routine_care, routine_care]": "line 3: scenarios: duplicate name",
    "scenarios: [../../etc/passwd]": "line 3: scenarios: unknown scenario",
    "notebooks: [../../x]": r"line 3: notebooks\.0: .*should match pattern",
    "judgement: {instruments: []}": r"line 3: judgement\.instruments: .*at least 1",
    "judgement: {instruments: [phq8]}": r"line 3: judgement\.instruments: unknown instrument 'phq8'",
    "simulation_study: {cells: [nowhere]}": r"line 3: simulation_study\.cells: unknown cell 'nowhere'",
    "simulation_study: {coverage_mcse: 0}": r"simulation_study\.coverage_mcse: .*greater than or equal to 0\.002",
    "simulation_study: {coverage_mcse: 0.00101}": r"simulation_study\.coverage_mcse: .*greater than or equal to 0\.002",
    "advice: {coverage_mcse: 0.00101}": r"line 3: advice\.coverage_mcse: .*greater than or equal to 0\.002",
    "simulation_study: {methods: [raw, funnel, raw]}": r"line 3: simulation_study\.methods: 'raw' is there twice",
    "what_if: {severity_by_burnout: 1e6}": r"line 3: what_if\.severity_by_burnout: .*less than or equal to 27",
    "simulation_study: {methods: [magic]}": r"line 3: simulation_study\.methods\.0: .*found 'magic'",
    "advice: {therapists: [10]}": r"line 3: advice\.therapists: .*at least 2",
    "advice: {therapists: [10, 10]}": r"line 3: advice\.therapists: 10 is there twice",
    "preventions: {scenarios: [with_repair, with_repair]}": r"preventions\.scenarios: 'with_repair' is there twice",
    "judgement: {instruments: [phq9, phq9]}": r"line 3: judgement\.instruments: 'phq9' is there twice",
    "notebooks: [01_first_look, 01_first_look]": "line 3: notebooks: '01_first_look' is there twice",
    "notebooks: [99_nowhere]": "line 3: notebooks: unknown notebook '99_nowhere'; known: 01_first_look",
    "advice: {clients: [10, 10000000]}": r"line 3: advice\.clients\.1: .*less than or equal to",
    "reproductions: {replicates: 1e2}": r"line 3: reproductions\.replicates: .*valid integer",
    "service_counts: /etc/passwd": "line 3: service_counts: give the path relative to the project",
    "service_counts: ../../../../etc/passwd": "line 3: service_counts: this leads out of the project; put the file in",
    "service_counts: a/../../b.csv": "line 3: service_counts: this leads out of the project",
    "service_counts: ../shared/../b.csv": "line 3: service_counts: this leads out of the project",
    "service_counts_where_present: ../../x.csv": "line 3: service_counts_where_present: this leads out of the project",
    "service_counts: '{x}.csv'": "line 3: service_counts: a path with { or } is a pattern to Snakemake",
    "service_counts: ''": "line 3: service_counts: give the path of a file",
    "service_counts: 3": "line 3: service_counts: .*valid string",
    "based_on: tiny": "line 3: 'based_on' is there twice",
    "a: &a [x]\nb: *a": "line 3: an anchor",
    "seed: !!python/object/apply:os.system ['true']": "line 3: Tags .*not allowed",
    "__use_yte__: true": "line 3: '__use_yte__' would run code",
    "\tseed: 1": "line 3: there is a tab",
    "seed: 1: 2": "line 3: .*must stand in quotes",
    "'seed\x1b[2J': 1": "not valid YAML",
    '"seed\\e[2J\\n": 1': r"line 3: 'seed\\x1b\[2J\\n': unknown field",
}


def kinds(table: dict) -> list:
    return [
        pytest.param(*(one if isinstance(one, tuple) else (what, one)), id=what[:60],
                     marks=pytest.mark.trial(kind="refused", what=what[:90].replace("{", "{{").replace("}", "}}")))
        for what, one in table.items()
    ]  # fmt: skip


def said_of(study: Path, config: Path) -> str:
    with pytest.raises(ConfigError) as error:
        whole = load_study(study, config)
        whole.service_counts(ROOT)
        whole.notebooks(ROOT)
    said = str(error.value)
    assert len(said.splitlines()) == 1 and len(said) < 2000 and said.isprintable(), said
    return said


@pytest.mark.parametrize(("text", "words"), kinds(STUDIES))
def test_a_faulty_study_says_in_one_line_where_and_why(tmp_path, text, words):
    path = tmp_path / "mine.yaml"
    path.write_text(f"name: mine\nbased_on: tiny\n{text}\n", encoding="utf-8")
    said = said_of(path, CONFIG)
    assert said.startswith(f"{path}: ") and re.search(words, said), said


def changed(*keys: str, value: object) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        node = content
        for key in keys[:-1]:
            node = node[key]
        node[keys[-1]] = value
        path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")

    return change


def with_bytes(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(path.read_bytes() + content)


def only(lines: int) -> Callable[[Path], object]:
    return lambda path: path.write_text("".join(path.read_text().splitlines(keepends=True)[:lines]))


def copied(name: str, content: str | None = None) -> Callable[[Path], object]:
    """Another scenario beside this one."""
    return lambda path: path.with_name(f"{name}.yaml").write_text(content or path.read_text().replace("rested", name))


def link(target: str) -> Callable[[Path], object]:
    def change(path: Path) -> None:
        path.unlink()
        path.symlink_to(target)

    return change


# A file of config/, what is done to it, and what is said.
RESTED, BASE = "scenarios/rested.yaml", "scenarios/routine_care.yaml"
CATALOGUES = {
    "a scenario whose id is a|b": (RESTED, copied("a|b"), r"a\|b\.yaml: line 1: id: .*should match pattern"),
    "a scenario whose id is .+": (RESTED, copied(".+"), r"\.\+\.yaml: line 1: id: .*should match pattern"),
    "a scenario with another id": (RESTED, changed("id", value="tired"), r"line \d: id: must equal the file's name"),
    "a scenario without a title": (RESTED, changed("title", value=""), "title: .*at least 1"),
    "a title that is a number": (RESTED, changed("title", value=3), "title: .*valid string"),
    "a title of a book's length": (RESTED, changed("title", value="x" * 201), "title: .*at most 200"),
    "a scenario based on itself": (RESTED, changed("based_on", value="rested"), "based_on: 'rested' is not a scenario"),
    "a scenario based on a list": (
        RESTED,
        changed("based_on", value=["routine_care"]),
        r"based_on: \['routine_care'\] is not",
    ),
    "a scenario that is empty": (RESTED, only(0), "the file is empty"),
    "a scenario that is a list": (RESTED, lambda path: path.write_text("- a\n"), "not a list"),
    "a scenario in Latin-1": (RESTED, with_bytes(b"# " + LATIN), r"line \d+ is not UTF-8"),
    "a scenario of a megabyte": (RESTED, with_bytes(b"#" + b"x" * 1_000_000), "too many for settings"),
    "a scenario that is a link to /etc/passwd": (RESTED, link("/etc/passwd"), "a link that leads out of"),
    "a scenario that is a dangling link": (RESTED, link("nowhere.yaml"), "no such file"),
    "a mean of 1e300": (BASE, changed("world", "burnout", "mean", "value", value=1e300), "mean.*less than or equal to"),
    "a mean in quotes": (BASE, changed("world", "burnout", "mean", "value", value="0"), "mean.*valid number"),
    "a status of its own": (BASE, changed("world", "burnout", "mean", "status", value="known"), r"mean.*'reported'"),
    "an unknown mechanism": (BASE, changed("mechanisms", value=["magic"]), r"line \d+: mechanisms: unknown 'magic'"),
    "a route in Latin-1": ("mechanisms/burnout.yaml", with_bytes(LATIN), r"burnout\.yaml: line \d+ is not UTF-8"),
    "a route twice": ("mechanisms/burnout.yaml", with_bytes(b"\nkind: burnout\n"), "'kind' is there twice"),
    "a route without its kind": ("mechanisms/burnout.yaml", lambda path: path.write_text("a: 1\n"), "kind: must equal"),
    "no bibliography": ("references.bib", Path.unlink, r"references\.bib: no such file"),
    "a bibliography in Latin-1": (
        "references.bib",
        with_bytes(b"% " + LATIN),
        r"references\.bib: line \d+ is not UTF-8",
    ),
    "a malformed entry": ("references.bib", with_bytes(b"\n@article{x, title = {a}\n"), r"references\.bib: line \d+"),
    "an entry twice": ("references.bib", lambda path: path.write_text(2 * path.read_text()), "duplicate keys"),
    "no evidence": ("evidence.csv", Path.unlink, r"evidence\.csv: cannot be read as a table"),
    "evidence with its header alone": ("evidence.csv", only(1), r"evidence\.csv: no rows"),
    "evidence that is empty": ("evidence.csv", only(0), r"evidence\.csv: cannot be read as a table"),
    "evidence in Latin-1": ("evidence.csv", with_bytes(LATIN), r"evidence\.csv: cannot be read as a table in UTF-8"),
    "evidence without a column": (
        "evidence.csv",
        lambda path: path.write_text("id\nT01\n"),
        "column 'quantity' is miss",
    ),
    "a design with its header alone": ("study_design.csv", only(1), r"study_design\.csv: no rows"),
    "a design in Latin-1": ("study_design.csv", with_bytes(LATIN), r"study_design\.csv: cannot be read as a table"),
    "no design": ("study_design.csv", Path.unlink, r"study_design\.csv: cannot be read as a table"),
    "no instruments": ("instruments.yaml", Path.unlink, r"instruments\.yaml: no such file"),
    "instruments that are a link out": ("instruments.yaml", link("/etc/hostname"), "a link that leads out of"),
    "evidence that is a link out": ("evidence.csv", link("/etc/passwd"), "a link that leads out of"),
    "a design that is a link out": ("study_design.csv", link("/etc/passwd"), "a link that leads out of"),
    "a bibliography that is a link out": ("references.bib", link("/etc/passwd"), "a link that leads out of"),
    "associations twice": ("associations.yaml", lambda path: path.write_text("a: {}\na: {}\n"), "'a' is there twice"),
    "policies in UTF-16": (
        "policies.yaml",
        lambda path: path.write_bytes("a: 1".encode("utf-16")),
        "UTF-16 or no text",
    ),
    "words of the explorer that are a text": ("explorer.yaml", lambda path: path.write_text("hello\n"), "not a text"),
    "claims that are empty": ("claims.yaml", only(0), r"claims\.yaml: the file is empty"),
}


@pytest.mark.parametrize(("file", "change", "words"), kinds({what: case for what, case in CATALOGUES.items()}))
def test_a_faulty_catalogue_says_in_one_line_where_and_why(tmp_path, file, change, words):
    config = Path(shutil.copytree(CONFIG, tmp_path / "config", symlinks=True))
    change(config / file)
    said = said_of(config / "tiny.yaml", config)
    assert said.startswith(f"{config}/") and re.search(words, said), said


def test_there_are_many_kinds():
    assert len(STUDIES) + len(CATALOGUES) >= 110
