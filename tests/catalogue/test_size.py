"""Files and functions are small enough to read in one go, or say at their top why not: ``# long: reason``."""

import ast
import re

import pytest
from tests.conftest import ROOT

LONGEST_FILE, LONGEST_FUNCTION = 300, 60
REASON = re.compile(r"# long: \w.{10,}")
FILES = sorted(
    path for folder in ("src", "scripts", "tests", "bench", "workflow") for path in (ROOT / folder).rglob("*.py")
)
FILES += sorted((ROOT / "workflow").rglob("*.smk"))


def docstring(function: ast.FunctionDef) -> int:
    """Lines of a docstring, which may be as long as it needs."""
    if ast.get_docstring(function) is None:
        return 0
    return function.body[0].end_lineno - function.body[0].lineno + 1


def too_long(name: str, text: str) -> list[str]:
    """Return what is longer than allowed and gives no reason in its first five lines, by file and line."""
    lines = text.splitlines()
    parts = [(1, len(lines), LONGEST_FILE)]
    if not name.endswith(".smk"):
        functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
        parts += [(node.lineno, node.end_lineno - docstring(node), LONGEST_FUNCTION) for node in functions]
    return [
        f"{name}, line {first}: {last - first + 1} lines, at most {most}; split it, or say '# long: reason' at its top"
        for first, last, most in parts
        if last - first + 1 > most and not REASON.search("\n".join(lines[first - 1 : first + 4]))
    ]


@pytest.mark.parametrize("folder", ["src", "scripts", "tests", "bench", "workflow"])
def test_files_and_functions_are_short(folder):
    files = [path for path in FILES if path.is_relative_to(ROOT / folder)]
    assert files
    found = [too_long(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in files]
    assert [line for lines in found for line in lines] == []


def test_what_is_long_is_found_unless_it_says_why():
    function = "def f():\n" + "    x = 1\n" * 60
    assert [line.split(":")[0] for line in too_long("a.py", function)] == ["a.py, line 1"]
    assert too_long("a.py", function.replace("f():", "f():  # long: one table, a row a line", 1)) == []
    assert len(too_long("a.py", "x = 1\n" * 301)) == 1
    assert too_long("a.py", "# long: one table, a row a line\n" + "x = 1\n" * 301) == []
