"""Docstrings as Markdown: they are plain text with double backticks, indented equations and tables ruled by `===`."""

import re

import griffe

RULE = re.compile(r"^\s*={3,}")
ITEM = re.compile(r"^\s*([-*]|\d+\.) ")


def markdown(text: str) -> str:
    """Prose with what is indented, or ruled, as blocks that keep their lines."""
    found: list[str] = []
    block: list[str] = []

    def close() -> None:
        while block and not block[-1].strip():
            block.pop()
        if block:
            found.extend(["", "```text", *block, "```", ""])
        block.clear()

    ruled, listed = 0, False
    for line in text.splitlines():
        if RULE.match(line):
            if not ruled:
                close()
            ruled = 1 if not ruled else ruled + 1
        if ruled or (line.startswith("    ") and not listed) or (block and not line.strip()):
            block.append(line)
            ruled = 0 if ruled == 3 else ruled
            continue
        close()
        listed = bool(ITEM.match(line)) or (listed and line.startswith(" "))
        found.append(escaped(re.sub(r"::$", ":", line)))
    close()
    return "\n".join(found)


def escaped(line: str) -> str:
    """A line whose characters mean nothing to Markdown, but for code in backticks and *emphasis*."""
    parts = re.split(r"(``[^`]+``|`[^`]+`|(?<!\w)\*\w[\w -]*\*)", line)
    return "".join(
        part if number % 2 else re.sub(r"([<$*_\[\]{|])", r"\\\1", part) for number, part in enumerate(parts)
    )


def cell(text: str) -> str:
    """Text in one cell of a table."""
    return re.sub(r"(?<!\\)\|", r"\\|", escaped(" ".join(text.split())))


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Lines of a table of cells that are Markdown already, and the empty ones around it."""
    lines = [heads, tuple("---" for _ in heads), *rows]
    return ["", *("| " + " | ".join(row) + " |" for row in lines), ""]


def sections(docstring: griffe.Docstring | None) -> list[str]:
    """Lines of Markdown for a numpydoc docstring: prose, and a table for each list of parameters and the like."""
    lines: list[str] = []
    for section in docstring.parse("numpy") if docstring else []:
        kind = section.kind.value
        if kind == "text":
            lines += [markdown(section.value), ""]
        elif kind == "admonition":
            lines += [f"*{section.title}*: {markdown(section.value.description)}", ""]
        else:
            heads = (kind.capitalize(), "Type", "Meaning")
            lines += table(heads, [_row(entry) for entry in section.value])
    return lines


def _row(entry: griffe.DocstringElement) -> tuple[str, str, str]:
    """Name, type and meaning of a parameter, an attribute, an error or what is returned."""
    name, kind = getattr(entry, "name", ""), str(entry.annotation or "")
    return _code(name), _code(kind), cell(entry.description)


def _code(text: str) -> str:
    return f"`{text}`".replace("|", r"\|") if text else ""
