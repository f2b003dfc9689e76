"""The scenario catalogue: one YAML file each, validated, merged onto its base, found by id."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

import yaml
from pydantic import BaseModel, Field, ValidationError

from iatrogenesis.core.definitions import REFERENCE
from iatrogenesis.core.sources import Sourced, Strict, bibliography_keys, records
from iatrogenesis.world.mechanisms import KINDS as MECHANISMS
from iatrogenesis.world.mechanisms.base import Mechanism
from iatrogenesis.world.parameters import World
from iatrogenesis.world.preventions import KINDS as PREVENTIONS
from iatrogenesis.world.preventions.base import Prevention

if TYPE_CHECKING:  # which there are is known when the folders are read
    AnyMechanism = Mechanism
    AnyPrevention = Prevention
else:
    AnyMechanism = Annotated[Union[*MECHANISMS.values()], Field(discriminator="kind")]
    AnyPrevention = Annotated[Union[*PREVENTIONS.values()], Field(discriminator="kind")]
Reading = Literal["base", "sceptical", "optimistic"]


class About(Strict):
    """What the file of a scenario and the scenario have in common."""

    id: str
    title: str
    question: str
    based_on: str | None = None
    treated: bool = True
    reading: Reading = "base"


class ScenarioFile(About):
    """The file of a scenario; with ``based_on`` only what differs.

    Attributes
    ----------
    mechanisms, preventions
        Names of those that are on; their numbers stand in ``config/mechanisms`` and ``config/preventions``.
    closed
        Names of mechanisms of the scenario it is based on that are off here.
    changed
        Numbers of mechanisms and preventions that differ here, by name and parameter.
    reading
        Which value to take where the literature disagrees.
    treated
        False: the same clients over the same weeks without treatment (the natural course).
    """

    world: dict[str, Any]
    mechanisms: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    preventions: tuple[str, ...] = ()
    changed: dict[str, dict[str, Any]] = Field(default_factory=dict)


class Scenario(About):
    """One world with its mechanisms and preventions, and the question it answers."""

    world: World
    mechanisms: tuple[AnyMechanism, ...] = ()
    preventions: tuple[AnyPrevention, ...] = ()


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
        content = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {error}") from None
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: expected fields and values, found {type(content).__name__}")
    return content


def explain(path: Path | str | Callable[..., str], error: ValidationError) -> ConfigError:
    """One readable line per fault: file, field, what was found, what is allowed.

    Where several files make one whole, ``path`` is a function of a field, and of whether it is missing, to its file.
    """
    lines = []
    for fault in error.errors():
        field = ".".join(str(part) for part in fault["loc"])
        place = path(fault["loc"], missing=fault["type"] == "missing") if callable(path) else path
        message = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            message = f"unknown field; check the spelling (found value {fault['input']!r})"
        elif fault["type"] != "missing" and not isinstance(fault.get("input"), dict):
            message += f" (found {fault['input']!r})"
        lines.append(f"{place}: {field or 'file'}: {message}")
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

    The numbers of mechanisms and preventions are read from the folders of these names beside ``folder``.

    Raises
    ------
    ConfigError
        If a file is faulty, its id differs from its name, it is based on an unknown scenario or on itself, it
        names an unknown mechanism or prevention, or it cites a source that ``references`` does not have.
    """
    raw = {path.stem: read_yaml(path) for path in sorted(folder.glob("*.yaml"))}
    if not raw:
        raise ConfigError(f"{folder}: no scenario files (*.yaml) here")
    keys = bibliography_keys(references)
    routes = {
        "mechanisms": read_routes(folder.parent / "mechanisms", MECHANISMS, keys),
        "preventions": read_routes(folder.parent / "preventions", PREVENTIONS, keys),
    }
    # Those that others build on come first, so that a fault is reported where it stands.
    order = sorted(raw, key=lambda name: (raw[name].get("based_on") is not None, name))
    return {name: _scenario(name, raw, routes, folder / f"{name}.yaml", keys) for name in order}


def read_routes(folder: Path, kinds: Mapping[str, type[Strict]], keys: frozenset[str]) -> dict[str, dict[str, Any]]:
    """Raw numbers of every mechanism (or prevention) by kind, each checked.

    Raises
    ------
    ConfigError
        If a kind has no file or a file no kind, or a file is faulty.
    """
    found = {}
    for kind, cls in kinds.items():
        path = folder / f"{kind}.yaml"
        content = read_yaml(path)
        if content.get("kind") != kind:
            raise ConfigError(f"{path}: kind: must equal the file's name, {kind!r} (found {content.get('kind')!r})")
        try:
            _check_sources(cls.model_validate(content), path, keys)
        except ValidationError as error:
            raise explain(path, error) from None
        found[kind] = content
    for path in sorted(folder.glob("*.yaml")):
        if path.stem not in kinds:
            raise ConfigError(f"{path}: there is no {path.stem!r} in the code; known: {', '.join(kinds)}")
    return found


def _check_sources(node: Strict, path: Path, keys: frozenset[str]) -> None:
    for field, record in records(node).items():
        if record.cite is not None and record.cite not in keys:
            raise ConfigError(f"{path}: {field}.cite: no source {record.cite!r} in the bibliography; add it there")


def _scenario(
    name: str,
    raw: Mapping[str, dict],
    routes: Mapping[str, Mapping[str, dict]],
    path: Path,
    keys: frozenset[str],
) -> Scenario:
    content = _whole(name, raw, path)
    if content.get("id") != name:
        raise ConfigError(f"{path}: id: must equal the file's name, {name!r} (found {content.get('id')!r})")
    try:
        scenario = _resolved(ScenarioFile.model_validate(content), routes, path)
    except ValidationError as error:
        raise explain(path, error) from None
    _check_sources(scenario, path, keys)
    return scenario


def _whole(name: str, raw: Mapping[str, dict], path: Path) -> dict[str, Any]:
    """A scenario's file laid over the one it is based on, and that over its own base."""
    layers, base = [raw[name]], raw[name].get("based_on")
    while base is not None:
        if base not in raw or any(layer is raw[base] for layer in layers):
            known = ", ".join(sorted(set(raw) - {name}))
            raise ConfigError(f"{path}: based_on: {base!r} is not a scenario to build on; known: {known}")
        layers.append(raw[base])
        base = raw[base].get("based_on")
    content: dict[str, Any] = {}
    for layer in reversed(layers):
        content = merged(content, layer)
    return content


def _resolved(file: ScenarioFile, routes: Mapping[str, Mapping[str, dict]], path: Path) -> Scenario:
    if idle := [name for name in file.closed if name not in file.mechanisms]:
        raise ConfigError(f"{path}: closed: {idle[0]!r} is not open; open: {', '.join(file.mechanisms) or 'none'}")
    parts, switched_on = {}, set()
    for field, known in routes.items():
        names = getattr(file, field)
        if len(set(names)) != len(names):
            raise ConfigError(f"{path}: {field}: duplicate name; name each one once")
        for name in names:
            if name not in known:
                raise ConfigError(f"{path}: {field}: unknown {name!r}; known: {', '.join(known)}")
        on = [name for name in names if name not in file.closed]
        parts[field] = tuple(merged(known[name], file.changed.get(name, {})) for name in on)
        switched_on |= set(on)
    if idle := [name for name in file.changed if name not in switched_on]:
        raise ConfigError(f"{path}: changed: {idle[0]!r} is not among this scenario's mechanisms and preventions")
    scenario = Scenario.model_validate(file.model_dump(exclude={"changed", "closed", *parts}) | parts)
    return read_as(scenario, file.reading) if file.reading != "base" else scenario


def reference_of(scenario: Scenario) -> Scenario:
    """The reference world of a scenario; see `iatrogenesis.core.definitions.REFERENCE`."""
    return scenario.model_copy(update=dict(REFERENCE))


def without(scenario: Scenario, kind: str) -> Scenario:
    """The same scenario with one of its mechanisms off."""
    left = tuple(mechanism for mechanism in scenario.mechanisms if mechanism.kind != kind)
    return scenario.model_copy(update={"mechanisms": left})


def with_values(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """A copy of the scenario with some parameters, by dotted path, set to other values."""
    content = scenario.model_dump()
    for path, value in values.items():
        *parents, name = path.split(".")
        node = content
        for parent in parents:
            if isinstance(node, (list, tuple)):
                node = next(child for child in node if child["kind"] == parent)
            else:
                node = node[parent]
        node[name]["value"] = float(value)
    return Scenario.model_validate(content)


def read_as(scenario: Scenario, reading: Reading) -> Scenario:
    """The same scenario with every number taken as a sceptical or an optimistic reader would.

    Only a scenario that was read as ``base`` still knows the other readings.
    """
    return _read(scenario, reading).model_copy(update={"reading": reading})


def _read(node: Any, reading: Reading) -> Any:
    if isinstance(node, Sourced):
        return node.read_as(reading)
    if isinstance(node, BaseModel):
        fields = {name: _read(getattr(node, name), reading) for name in type(node).model_fields}
        return node.model_copy(update=fields)
    if isinstance(node, tuple):
        return tuple(_read(child, reading) for child in node)
    if isinstance(node, dict):
        return {name: _read(child, reading) for name, child in node.items()}
    return node
