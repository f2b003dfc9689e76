"""Read the settings file of an analysis of own data."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from iatrogenesis.core.tables import DataError
from iatrogenesis.core.validated import plain_name, validated
from iatrogenesis.core.yaml_text import ConfigError, quoted, read_document
from iatrogenesis.own_data.settings import OwnData

SHOWN = 10  # faults
HINT = "Write one from your data by `iatrogenesis init`."


def load_settings(path: Path) -> OwnData:
    """Return the validated settings of a YAML file.

    Raises
    ------
    DataError
        Naming the file, the field, what is wrong, and what to do; one line for each fault.
    """
    try:
        document = read_document(path, HINT, codes=True)
    except ConfigError as error:
        raise DataError(str(error)) from None
    content, words = _without_nothing(document.content), document.words
    if isinstance(columns := content.get("columns"), dict):
        content["columns"] = _as_words(columns, words["columns"])
    if isinstance(data := content.get("data"), dict) and "nhs" in data:
        content.setdefault("columns", {})  # those of the data set are known
    if isinstance(data, dict) and "missing" in data:
        codes = _as_words(data["missing"], words["data"]["missing"])
        content["data"] = data | {"missing": codes if isinstance(codes, list) else [codes]}
    try:
        return validated(OwnData, content)
    except ValidationError as error:
        found: list[dict[str, Any]] = [dict(fault) for fault in error.errors(include_url=False)]
        faults = list(dict.fromkeys(f"{document.at(fault['loc'])}: {_said(fault)}" for fault in found))
        more = [f"{path}: and {len(faults) - SHOWN} more."] if len(faults) > SHOWN else []
        raise DataError("\n".join(faults[:SHOWN] + more)) from None


def _without_nothing(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that have a value: a field with nothing behind it is as if it were not there."""
    return {
        key: _without_nothing(value) if isinstance(value, dict) else value
        for key, value in content.items()
        if value is not None
    }


def _as_words(typed: Any, words: Any) -> Any:
    """Return names and codes as they stand there, such as 007, which YAML takes for the number 7."""
    if isinstance(typed, dict):
        return {key: _as_words(value, words.get(str(key), value)) for key, value in typed.items()}
    if isinstance(typed, list):
        return [_as_words(value, word) for value, word in zip(typed, words, strict=True)]
    return words


def _said(fault: Mapping[str, Any]) -> str:
    place = [part for part in fault["loc"] if part != "[key]"]
    field = ".".join(map(plain_name, place)) or "file"
    kind, found = fault["type"], fault.get("input")
    message = fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
    if kind == "extra_forbidden":
        return f"{field}: there is no such field.{_nearest(place)}"
    if kind == "missing":
        return f"{field}: this is missing. Add it."
    if kind in ("bool_type", "bool_parsing"):
        message = "must be true or false"
    elif kind == "string_type" and not isinstance(found, (dict, list)):
        message = "must be a text; put it in quotes"
    elif kind in ("tuple_type", "list_type"):
        message = f"must be a list, such as [{found}]"
    elif kind == "string_pattern_mismatch":
        message = "must be 1 to 40 small letters, digits and _, and begin with a letter"
    elif kind == "model_type" or kind.endswith("dict_type") or kind == "mapping_type":
        message = "must have fields of its own, indented below it"
    shown = "" if isinstance(found, (dict, list)) or found is None else f" (found {quoted(found)})"
    return f"{field}: {message.rstrip('.')}{shown}."


def _nearest(place: Sequence[str | int]) -> str:
    """Return which field may have been meant: the nearest in the same section, else in another one, else all."""
    here = _fields(OwnData, place[:-1])
    name = str(place[-1])
    if near := get_close_matches(name, here, n=1):
        return f" Did you mean {near[0]}?"
    elsewhere = {f"{section}.{other}": other for section, other in _all_fields()}
    for full, other in elsewhere.items():
        if other == name:
            return f" It belongs to {full}."
    if near := get_close_matches(name, list(elsewhere.values()), n=1):
        return f" Did you mean {next(full for full, other in elsewhere.items() if other == near[0])}?"
    return f" The fields here are: {', '.join(here)}."


def _all_fields() -> list[tuple[str, str]]:
    sections = {name: _model(field.annotation) for name, field in OwnData.model_fields.items()}
    return [(section, name) for section, model in sections.items() if model for name in model.model_fields]


def _fields(model: type[BaseModel], place: Sequence[str | int]) -> list[str]:
    for part in place:
        field = model.model_fields.get(str(part))
        inner = _model(field.annotation) if field is not None else None
        model = inner or model
    return list(model.model_fields)


def _model(annotation: Any) -> type[BaseModel] | None:
    """Return the section that an annotation holds, optional ones and those of mappings included."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model(part))), None)
