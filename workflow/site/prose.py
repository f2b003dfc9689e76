"""Docstrings as Markdown: they are plain text with double backticks, indented equations and tables ruled by `===`."""

import re
from textwrap import dedent

import griffe

RULED = re.compile(r"^\s*={3,}", re.MULTILINE)
INDENTED = re.compile(r"^ {4}", re.MULTILINE)
EQUATION = re.compile(r"[\w\[\]]+(\([^)]*\))? (=|~|<-) ")
ITEM = re.compile(r"\s*([-*]|\d+\.) ")


def markdown(text: str) -> str:
    """Prose; paragraphs that are equations, indented or ruled keep their lines."""
    paragraphs = re.split(r"\n(?:[ \t]*\n)+", text.strip("\n"))
    return "\n\n".join(_kept(part) if _has_lines(part) else _flowing(part) for part in paragraphs)


def _has_lines(part: str) -> bool:
    if ITEM.match(part):
        return False
    return bool(RULED.search(part) or INDENTED.search(part) or EQUATION.match(part))


def _kept(part: str) -> str:
    return f"```text\n{dedent(part)}\n```"


def _flowing(part: str) -> str:
    return "\n".join(escaped(re.sub(r"::$", ":", line)) for line in part.splitlines())


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
