"""The library's reference, from signatures and docstrings, read and not run: a page for each folder of the library."""

from pathlib import Path

import griffe
from prose import sections

HEAD = "# The library\n\nWhat is public of each module, from its docstrings. Imports go downwards in this list.\n"
ORDER = (
    "verification", "study", "own_data", "report", "explorer", "figures", "planning", "harm", "simulation_study",
    "evidence", "inference", "world", "core",
)  # fmt: skip


def write(source: Path, folder: Path) -> None:
    """Write a page for each folder of modules, and one that lists them.

    Parameters
    ----------
    source
        Holds the package `iatrogenesis`.
    folder
        Where the pages go.
    """
    package = griffe.load("iatrogenesis", search_paths=[source], docstring_parser="numpy", allow_inspection=False)
    pages = dict(_pages(package))
    folder.mkdir(parents=True)
    for name, lines in pages.items():
        (folder / f"{name}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    places = {part: number for number, part in enumerate(ORDER)}
    names = sorted(pages, key=lambda name: (places.get(name.split(".")[1] if "." in name else "", -1), name))
    listed = ["```{toctree}", ":maxdepth: 1", "", *names, "```", ""]
    (folder / "index.md").write_text("\n".join([HEAD, *listed]), encoding="utf-8")


def _pages(package: griffe.Module):
    """Name and lines of the page of a package, then those of the packages in it."""
    modules = [_module(module) for module in _members(package) if module.is_module and not module.is_init_module]
    documented = [lines for lines in modules if lines]
    if documented or package.docstring:
        lines = [f"# {package.path}", "", *sections(package.docstring)]
        yield package.path, [*lines, *(line for module in documented for line in module)]
    for module in _members(package):
        if module.is_module and module.is_init_module:
            yield from _pages(module)


def _members(parent: griffe.Module | griffe.Class) -> list[griffe.Object]:
    """What is public and defined here, in the order of the file."""
    own = [member for member in parent.members.values() if not member.is_alias and not member.name.startswith("_")]
    return sorted(own, key=lambda member: (getattr(member, "lineno", None) or 0, member.name))


def _module(module: griffe.Module) -> list[str]:
    if not module.docstring:
        return []
    lines = [f"## {module.name}", "", *sections(module.docstring)]
    for member in _members(module):
        if member.is_function:
            lines += _described(member, "###")
        elif member.is_class:
            lines += _described(member, "###")
            for part in _members(member):
                if part.is_function and part.docstring:
                    lines += _described(part, "####")
    return lines


def _described(thing: griffe.Function | griffe.Class, marks: str) -> list[str]:
    """Heading, signature and docstring of a function, a method or a class."""
    if thing.is_class:
        bases = ", ".join(str(base) for base in thing.bases)
        signature = f"class {thing.name}({bases})" if bases else f"class {thing.name}"
        fields = [
            f"    {part.name}: {part.annotation}" for part in _members(thing) if part.is_attribute and part.annotation
        ]
        signature = "\n".join([signature, *fields])
    else:
        signature = thing.signature()
    return [f"{marks} {thing.name}", "", "```python", signature, "```", "", *sections(thing.docstring)]
