"""Configuration classes from plain content: strictly, and with one readable line for each fault."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from iatrogenesis.core.yaml_text import ConfigError, Document, Place, quoted

SHOWN = 10  # faults
CHOICE = re.compile(r"[a-z-]+\[.*\]|constrained-str|str|int|float")  # pydantic's names of the kinds a field may be of
FIELD = re.compile(r"([a-z_][a-z0-9_.]*): ")


def validated[Model: BaseModel](kind: type[Model], content: Mapping[str, Any]) -> Model:
    """Return content as a configuration class, without guessing: no text, 1.0 or yes is a whole number.

    Raises
    ------
    pydantic.ValidationError
        If a field is missing, unknown, of another type or out of its bounds.
    """
    # Lists are tuples in JSON, but not in Python, where strictness would refuse them.
    return kind.model_validate_json(json.dumps(content, default=str), strict=True)


def of_document[Model: BaseModel](kind: type[Model], document: Document) -> Model:
    """Return a YAML file as a configuration class.

    Raises
    ------
    ConfigError
        Naming the file, and of each fault line, field and what is allowed.
    """
    try:
        return validated(kind, document.content)
    except ValidationError as error:
        raise explain(document.at, error) from None


def explain(place: str | Callable[[Place, bool], str], error: ValidationError) -> ConfigError:
    """Return one readable line per fault: file, field, what was found, what is allowed.

    Parameters
    ----------
    place
        How to name the file, or a function that does, with a line: of a field, and of whether it is missing.
    """
    lines = []
    for loc, kind, message, found in _told(error):
        field = ".".join(plain_name(part) for part in loc)
        where = place(loc, kind == "missing") if callable(place) else place
        if kind == "extra_forbidden":
            message = f"unknown field; check the spelling (found value {quoted(found)})"
        elif kind != "missing" and not isinstance(found, dict):
            message += f" (found {quoted(found)})"
        lines.append(f"{where}: {field or 'file'}: {' '.join(message.split())}")
    lines = list(dict.fromkeys(lines))
    more = [f"and {len(lines) - SHOWN:,} more faults"] if len(lines) > SHOWN else []
    return ConfigError("\n".join(lines[:SHOWN] + more))


def _told(error: ValidationError) -> list[tuple[Place, str, str, object]]:
    """Return the place, kind, message and value of each fault that is one, in the fields' own names."""
    told: dict[Place, tuple[str, str, object]] = {}
    for fault in error.errors(include_url=False, include_context=False):
        kind, message = fault["type"], fault["msg"].removeprefix("Value error, ")
        *above, last = fault["loc"] or ("",)
        loc: Place = tuple(part for part in above if not CHOICE.fullmatch(str(part)))
        if fault["loc"] and (kind == "extra_forbidden" or not CHOICE.fullmatch(str(last))):
            loc = (*loc, last)
        if inner := FIELD.match(message):  # found where several fields are seen together
            loc, message = (*loc, *inner[1].split(".")), message[inner.end() :]
        if loc in told:  # a field that may be of several kinds is none of them
            message = f"{told[loc][1]}; or: {message}"
        told[loc] = kind, message, fault.get("input")
    # A list is "too short" where one of its parts is faulty, and a field is "not all" where it is a faulty list.
    parts = {loc[:n] for loc in told for n in range(len(loc))}
    return [
        (loc, *rest) for loc, rest in told.items() if loc not in parts or rest[0] not in ("too_short", "literal_error")
    ]


def plain_name(part: str | int) -> str:
    """Return a field's name as it stands, if nothing in it would move other letters."""
    text = str(part)
    return text if text.isprintable() and len(text) <= 80 else quoted(text)
