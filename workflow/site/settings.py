"""The configuration's reference, from its JSON schemas: every field, what it may be, and what it means."""

import json
from pathlib import Path

import griffe
from prose import cell, markdown, table

FILES = {
    "study": "A study: `config/<name>.yaml`",
    "scenario": "A scenario: `config/scenarios/<id>.yaml`",
    "instruments": "Instruments: `config/instruments.yaml`",
}
HEAD = (
    "Every field of the files in `config/`. One that is left out has the value that is given here, or else that of the "
    "file named in `based_on`; if there is none, an error says so. An unknown field is refused."
)
LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
    "pattern": "of the form `{}`",
}


def write(schemas: Path, page: Path) -> None:
    """Write one page of all schemas, each definition with its fields."""
    lines = ["# The configuration", "", HEAD, ""]
    for name, title in FILES.items():
        schema = json.loads((schemas / f"{name}.schema.json").read_text(encoding="utf-8"))
        lines += _definition(title, schema, name)
        for key, part in schema.get("$defs", {}).items():
            lines += _definition(key, part, name)
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _definition(title: str, schema: dict, file: str) -> list[str]:
    """Heading, meaning and fields of an object."""
    prose, meanings = _described(schema.get("description", ""))
    level = "##" if title in FILES.values() else "###"
    anchor = f"({_anchor(file, title)})=" if level == "###" else ""
    lines = [anchor, f"{level} {title}", "", prose, ""]
    needed = set(schema.get("required", []))
    rows = [
        (f"`{field}`", _kind(part, file) + _default(field, part, needed), cell(_meaning(field, part, meanings)))
        for field, part in schema.get("properties", {}).items()
    ]
    if rows:
        lines += table(("Field", "Value", "Meaning"), rows)
    elif "enum" in schema or "anyOf" in schema or schema.get("type") != "object":
        lines += [f"Value: {_kind(schema, file)}", ""]
    return lines


def _described(text: str) -> tuple[str, dict[str, str]]:
    """A class's prose, and what its docstring says of each attribute."""
    prose, meanings = "", {}
    for section in griffe.Docstring(text).parse("numpy") if text else []:
        if section.kind.value == "attributes":
            for entry in section.value:
                meanings |= dict.fromkeys((name.strip() for name in entry.name.split(",")), entry.description)
        else:
            prose += markdown(str(section.value))
    return prose, meanings


def _meaning(field: str, part: dict, meanings: dict[str, str]) -> str:
    return meanings.get(field) or part.get("description", "").partition("\n\n")[0]


def _default(field: str, part: dict, needed: set[str]) -> str:
    if "default" in part:
        return f"; left out: `{json.dumps(part['default'], ensure_ascii=False)}`".replace("|", r"\|")
    return "; needed" if field in needed else ""


def _kind(part: dict, file: str) -> str:
    """What a field may be, in words, with links to definitions."""
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        return f"[{name}](#{_anchor(file, name)})"
    if "enum" in part or "const" in part:
        return " or ".join(f"`{value}`" for value in part.get("enum", [part.get("const")]))
    for several in ("anyOf", "oneOf", "allOf"):
        if several in part:
            return " or ".join(dict.fromkeys(_kind(choice, file) for choice in part[several]))
    limits = [words.format(part[key]) for key, words in LIMITS.items() if key in part]
    said = _words(part, file)
    return ", ".join([said, *limits]).replace("|", r"\|")


def _words(part: dict, file: str) -> str:
    match part.get("type"):
        case "array":
            return f"list of {_kind(part['items'], file)}" if part.get("items") else "list"
        case "object":
            values = part.get("additionalProperties")
            return f"names with {_kind(values, file)}" if isinstance(values, dict) and values else "names with values"
        case "null":
            return "nothing"
        case "string":
            return "text"
        case "integer":
            return "whole number"
        case "boolean":
            return "`true` or `false`"
        case kind:
            return str(kind or "anything")


def _anchor(file: str, name: str) -> str:
    return f"{file}-{name}".lower()
