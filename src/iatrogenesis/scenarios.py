"""The scenario catalogue: one YAML file each, validated, merged onto its base, found by id."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Union

import yaml
from pydantic import Field, ValidationError

from iatrogenesis.mechanisms import KINDS
from iatrogenesis.simulate.world import World
from iatrogenesis.sources import Strict, bibliography_keys, records

AnyMechanism = Annotated[Union[*KINDS.values()], Field(discriminator="kind")]


class Scenario(Strict):
    """One world with its mechanisms, and the question it answers.

    Attributes
    ----------
    treated
        False: the same clients over the same weeks without treatment (the natural course).
    """

    id: str
    title: str
    question: str
    based_on: str | None = None
    treated: bool = True
    world: World
    mechanisms: tuple[AnyMechanism, ...] = ()


class ConfigError(ValueError):
    """A configuration file that cannot be used; the message names file, field and what is allowed."""


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML mapping, refusing anything that could run code.

    Raises
    ------
    ConfigError
        If the file is missing, empty, not a mapping, not YAML, or asks for evaluation (``__use_yte__``).
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file") from None
    if "__use_yte__" in text or "__definitions__" in text:
        raise ConfigError(f"{path}: '__use_yte__' and '__definitions__' would run code; remove them")
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {error}") from None
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: expected fields and values, found {type(content).__name__}")
    return content


def explain(path: object, error: ValidationError) -> ConfigError:
    """One readable line per fault: file, field, what was found, what is allowed."""
    lines = []
    for fault in error.errors():
        field = ".".join(str(part) for part in fault["loc"])
        message = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            message = f"unknown field; check the spelling (found value {fault['input']!r})"
        elif fault["type"] != "missing" and not isinstance(fault.get("input"), dict):
            message += f" (found {fault['input']!r})"
        lines.append(f"{path}: {field or 'file'}: {message}")
    return ConfigError("\n".join(lines))


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``changes`` laid over ``base``: sections are merged, a number with its record is replaced whole."""
    result = dict(base)
    for key, change in changes.items():
        old = result.get(key)
        is_section = isinstance(change, dict) and isinstance(old, dict) and "value" not in change
        result[key] = merged(old, change) if is_section else change
    return result


def load_catalogue(folder: Path, references: Path) -> dict[str, Scenario]:
    """Every scenario of ``folder`` by id, each merged onto the scenario it is based on.

    Raises
    ------
    ConfigError
        If a file is faulty, its id differs from its name, it is based on an unknown scenario or on one that is
        itself based on another, or it cites a source that ``references`` does not have.
    """
    raw = {path.stem: read_yaml(path) for path in sorted(folder.glob("*.yaml"))}
    if not raw:
        raise ConfigError(f"{folder}: no scenario files (*.yaml) here")
    keys = bibliography_keys(references)
    # Those that others build on come first, so that a fault is reported where it stands.
    order = sorted(raw, key=lambda name: (raw[name].get("based_on") is not None, name))
    return {name: _scenario(name, raw, folder / f"{name}.yaml", keys) for name in order}


def _scenario(name: str, raw: Mapping[str, dict], path: Path, keys: frozenset[str]) -> Scenario:
    content = raw[name]
    base = content.get("based_on")
    if base is not None:
        if base not in raw or raw[base].get("based_on"):
            allowed = sorted(other for other in raw if not raw[other].get("based_on"))
            raise ConfigError(
                f"{path}: based_on: {base!r} is not a scenario to build on; allowed: {', '.join(allowed)}"
            )
        content = merged(raw[base], content)
    if content.get("id") != name:
        raise ConfigError(f"{path}: id: must equal the file's name, {name!r} (found {content.get('id')!r})")
    try:
        scenario = Scenario.model_validate(content)
    except ValidationError as error:
        raise explain(path, error) from None
    for field, record in records(scenario).items():
        if record.cite is not None and record.cite not in keys:
            raise ConfigError(f"{path}: {field}.cite: no source {record.cite!r} in the bibliography; add it there")
    return scenario
