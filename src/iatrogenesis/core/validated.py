"""Configuration classes from plain content: strictly, and with one readable line for each fault."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from iatrogenesis.core.yaml_text import ConfigError, Document, Place, quoted

SHOWN = 10  # faults


def validated[Model: BaseModel](kind: type[Model], content: Mapping[str, Any]) -> Model:
    """Return content as a configuration class, without guessing: no text, 1.0 or yes is a whole number.

    Raises
    ------
    pydantic.ValidationError
        If a field is missing, unknown, of another type or out of its bounds.
    """
    # Lists are tuples in JSON, but not in Python, where strictness would refuse them.
    return kind.model_validate_json(json.dumps(content), strict=True)


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
    for fault in error.errors(include_url=False, include_context=False):
        field = ".".join(_plain(part) for part in fault["loc"])
        where = place(fault["loc"], fault["type"] == "missing") if callable(place) else place
        message = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            message = f"unknown field; check the spelling (found value {quoted(fault['input'])})"
        elif fault["type"] != "missing" and not isinstance(fault.get("input"), dict):
            message += f" (found {quoted(fault['input'])})"
        lines.append(f"{where}: {field or 'file'}: {' '.join(message.split())}")
    lines = list(dict.fromkeys(lines))
    more = [f"and {len(lines) - SHOWN} more faults"] if len(lines) > SHOWN else []
    return ConfigError("\n".join(lines[:SHOWN] + more))


def _plain(part: str | int) -> str:
    """Return a field's name as it stands, if nothing in it would move other letters."""
    text = str(part)
    return text if text.isprintable() and len(text) <= 80 else quoted(text)
