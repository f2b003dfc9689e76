"""Scripts and library write through `iatrogenesis.core.files`: a temporary name, all on the disk, then its own name."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

WRITES = {"write_text", "write_bytes", "to_csv", "to_parquet", "to_netcdf", "to_excel", "to_json", "to_html", "savefig"}
WRITES |= {"write_table", "touch", "copy", "copy2", "copyfile", "copytree", "symlink_to"}
# What is no result, or is not yet one: why it may be written otherwise.
OTHERWISE = {
    "src/iatrogenesis/core/logs.py": "a log is read while it is written",
    "src/iatrogenesis/cli_analyse.py": "Snakemake's log",
    "src/iatrogenesis/cli_own.py": "examples, copied into a folder that is new",
    "src/iatrogenesis/report/typeset.py": "pictures for the typesetter, in a temporary folder that it is given",
    "src/iatrogenesis/report/summary/drawing.py": "a picture in memory",
    "src/iatrogenesis/report/moving.py": "a picture in memory",
    "src/iatrogenesis/report/summary/paper.py": "pictures for the typesetter, in a temporary folder that it is given",
    "src/iatrogenesis/verification/release.py": "an archive, under a temporary name that it is given",
}


def writes(path: Path) -> list[int]:
    """Lines that write a file, but for those in a block that has its temporary name (`replacing`) or folder."""
    tree, found = ast.parse(path.read_text(encoding="utf-8")), []

    def look(node: ast.AST, safe: bool) -> None:
        if isinstance(node, ast.With):
            names = {ast.unparse(item.context_expr).partition("(")[0].rpartition(".")[2] for item in node.items}
            safe = safe or bool(names & {"replacing", "TemporaryDirectory"})
        if isinstance(node, ast.Call) and not safe and _writes(node):
            found.append(node.lineno)
        for child in ast.iter_child_nodes(node):
            look(child, safe)

    look(tree, False)
    return found


def _writes(call: ast.Call) -> bool:
    name = ast.unparse(call.func).rpartition(".")[2]
    if name == "open":
        given = [*call.args, *(word.value for word in call.keywords if word.arg == "mode")]
        return any(
            isinstance(one, ast.Constant) and set(str(one.value)) & set("wax+") and len(str(one.value)) <= 3
            for one in given
        )
    if name not in WRITES or not isinstance(call.func, ast.Attribute):
        return False
    # A table as a text has no path; our own writers are called by their bare names.
    return bool(call.args) or name == "touch"


def all_code() -> list[Path]:
    return sorted(path for folder in ("src", "scripts") for path in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("table.to_csv(path)", [1]),
        ("from pathlib import Path\nPath(path).write_text('x')", [2]),
        ("with open(path, 'w') as file:\n    file.write('x')", [1]),
        ("path.open(mode='ab')", [1]),
        ("with replacing(path) as unfinished:\n    table.to_csv(unfinished)", []),
        ("with TemporaryDirectory() as folder, replacing(path) as one:\n    one.write_bytes(b'')", []),
        ("text = table.to_csv()", []),
        ("path.open()\npath.open('rb')\nopen(path)", []),
        ("write_text('x', path)", []),
    ],
)
def test_the_search_finds_what_writes_and_nothing_else(tmp_path, code, lines):
    path = tmp_path / "script.py"
    path.write_text(code, encoding="utf-8")
    assert writes(path) == lines


def test_nothing_is_written_under_its_own_name():
    found = {path.relative_to(ROOT).as_posix(): lines for path in all_code() if (lines := writes(path))}
    assert {path: lines for path, lines in found.items() if path not in OTHERWISE} == {}
    assert set(OTHERWISE) <= set(found), "an exception that nothing needs any more"
