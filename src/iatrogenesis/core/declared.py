"""What modules declare about themselves, read from their source without importing them.

A model, a method or a figure says what others need to know of it in literals at the top of its file: so a study can be
checked, and its jobs laid out, without importing PyMC, statsmodels or Matplotlib, and a new one needs no list. A module
is one of them if it declares the mark, ``PLACE``; what only helps them has none.

What a result depends on is read through `iatrogenesis.core.registry.declarations`, which rules can see.
"""

import ast
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

MARK = "PLACE"  # where a module stands among its kind; those that share a place stand by name
CODE = re.compile(r"^(?:@\w|(?:async )?def \w+\(|class \w+[(:])", re.MULTILINE)  # where the top of a file ends


class Undeclared(LookupError):
    """A module does not say what others of its kind say."""


@cache
def declared(path: Path) -> Mapping[str, Any]:
    """Return the literals that a module assigns above its first function or class, by name, and its ``__doc__``.

    What it takes from a module beside it (``from package.other import NAME``) counts as its own. What is worked out is
    left out. The rest of the file is not even parsed, because every job that imports a model's package pays for this.
    """
    text = path.read_text(encoding="utf-8")
    code = CODE.search(text)
    try:
        tree = ast.parse(text[: code.start()] if code else text)
    except SyntaxError:  # what looked like code was a line of a docstring
        tree = ast.parse(text)
    found: dict[str, Any] = {"__doc__": ast.get_docstring(tree) or ""}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            *_, package, other = ("", *node.module.split("."))
            beside = path.with_name(f"{other}.py")
            if package == path.parent.name and any(alias.name.isupper() for alias in node.names) and beside.is_file():
                of_other = declared(beside)
                found |= {one.asname or one.name: of_other[one.name] for one in node.names if one.name in of_other}
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    try:
                        found[target.id] = ast.literal_eval(node.value)
                    except ValueError:
                        found.pop(target.id, None)
    return found


def declaring(folder: Path, *needed: str) -> dict[str, Mapping[str, Any]]:
    """Return what each module of a folder that has a place declares, by its name, in the order of their places.

    Raises
    ------
    Undeclared
        If one with a place lacks something needed, or its place is not a number.
    """
    found = {path.stem: declared(path) for path in sorted(folder.glob("*.py"))}
    found = {name: facts for name, facts in found.items() if MARK in facts}
    for name, facts in found.items():
        where = f"{folder.name}/{name}.py"
        if lost := [one for one in needed if one not in facts]:
            raise Undeclared(
                f"{where}: no {lost[0]}; say it at the top of the file, as a literal (see the first lines of "
                f"{folder.name}/__init__.py)"
            )
        if isinstance(facts[MARK], bool) or not isinstance(facts[MARK], int | float):
            raise Undeclared(f"{where}: {MARK} must be a number, found {facts[MARK]!r}")
    return dict(sorted(found.items(), key=lambda item: item[1][MARK]))
