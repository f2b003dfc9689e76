"""Nothing runs what it reads: no pickles, no evaluation, no shell; and what is installed is known by its hash."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import ROOT

FOLDERS = ("src", "scripts", "workflow", "bench", "notebooks")
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
RULES = sorted((*(ROOT / "workflow").rglob("*.smk"), *(ROOT / "workflow").rglob("Snakefile"), ROOT / "Snakefile"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LOCKS = (ROOT / "requirements.lock", ROOT / "workflow" / "bootstrap" / "audit.lock")
MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "jsonpickle", "code", "commands"}
CALLS = {
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.unsafe_load", "yaml.full_load"),
    *("pd.read_pickle", "pandas.read_pickle", "yaml.unsafe_load_all", "yaml.full_load_all", "yaml.load_all"),
}
METHODS = {"to_pickle", "read_pickle"}
SAFE = ("yaml.SafeLoader", "yaml.CSafeLoader")
# What ruff is told to accept: with the reason beside it, and never one of these.
NEVER = re.compile(r"noqa:[^\n]*\b(S102|S30[0-9]|S60[2456]|S609|S612|S113|S501|S502|S507)\b")


def faults(tree: ast.AST) -> Iterator[str]:
    """What would run what it reads, in code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            yield from (f"line {node.lineno}: imports {name}" for name in names if name.split(".")[0] in MODULES)
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        given = {word.arg: ast.unparse(word.value) for word in node.keywords}
        if called in CALLS or called.split(".")[-1] in METHODS:
            yield f"line {node.lineno}: calls {called}"
        if given.get("shell", "False") != "False" or given.get("allow_pickle", "False") != "False":
            yield f"line {node.lineno}: {called} with {given}"
        if called == "yaml.load":
            loader = given.get("Loader") or (ast.unparse(node.args[1]) if len(node.args) > 1 else "none")
            if not any(safe in loader for safe in SAFE) and loader != "loader":
                yield f"line {node.lineno}: yaml.load with {loader}"


def test_no_source_runs_what_it_reads():
    assert len(SOURCES) > 300
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        assert list(faults(ast.parse(text))) == [], path
        assert not NEVER.search(text), path


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_notebook_runs_what_it_reads(path: Path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"]).replace("%matplotlib inline\n", "")
            assert not re.search(r"^\s*[!%]", source, re.MULTILINE), source
            assert list(faults(ast.parse(source))) == []


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_rule_runs_a_shell_or_what_it_reads(path: Path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"^\s*(shell|run|notebook|wrapper|cwl):", text, re.MULTILINE)
    assert not re.search(r"\b(eval|exec|pickle|unsafe_load|os\.system|shell=True)\b", text)


@pytest.mark.parametrize(
    "text",
    [
        *("import pickle", "from joblib import load", "eval('1')", "import os\nos.system('ls')"),
        *("import numpy as np\nnp.load('a', allow_pickle=True)", "yaml.load(text)", "yaml.load(text, yaml.Loader)"),
        *("subprocess.run('ls', shell=True)", "table.to_pickle('a')", "yaml.unsafe_load(text)"),
    ],
)
def test_the_guard_would_notice(text):
    assert list(faults(ast.parse(text)))


def requirements(lock: Path) -> list[str]:
    """Each requirement of a lock with its hashes, on one line."""
    text = re.sub(r"\\\n\s*", "", lock.read_text(encoding="utf-8"))
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_dependency_is_one_version_with_its_hashes_from_no_address(lock):
    found = requirements(lock)
    assert len(found) >= 1
    for line in found:
        name, _, rest = line.partition("==")
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name), line[:80]
        assert re.match(r"[0-9][A-Za-z0-9.+!]*( ;|  *--hash)", rest), line[:80]
        assert re.findall(r"--hash=(\w+):", line) and set(re.findall(r"--hash=(\w+):", line)) == {"sha256"}, line[:80]
    assert not re.search(r"://|git\+|(^|\s)(-e|-i|-f|--index|--extra-index|--find-links|--trusted)", lock.read_text())


def test_what_installs_asks_for_hashes():
    text = (ROOT / "workflow" / "bootstrap" / "install").read_text(encoding="utf-8")
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        if re.search(r"(pip (install|sync)).*\.lock", line):
            assert "--require-hashes" in line, line
    assert text.count("--require-hashes") >= 3
