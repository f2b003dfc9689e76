"""The scenario catalogue: one YAML file each, validated, merged onto its base, found by id."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import BaseModel, Field, ValidationError

from iatrogenesis.core.definitions import REFERENCE
from iatrogenesis.core.former_names import SCENARIOS, hint
from iatrogenesis.core.lines import OneLine, Title
from iatrogenesis.core.sources import Sourced, Strict, bibliography_keys, records
from iatrogenesis.core.validated import explain, of_document, validated
from iatrogenesis.core.yaml_text import ConfigError, Document, Place, quoted, read_document, shown
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
Reading = Literal["central", "sceptical", "optimistic"]
NAME = "^[A-Za-z0-9][A-Za-z0-9_-]*$"  # of a scenario: it stands in paths and in rules' patterns


class About(Strict):
    """What the file of a scenario and the scenario have in common."""

    id: str = Field(pattern=NAME, max_length=60)
    title: Title = Field(min_length=1, max_length=200)
    question: OneLine = Field(max_length=500)
    based_on: str | None = None
    treated: bool = True
    reading: Reading = "central"


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
    files = {path.stem: read_document(path, within=folder.parent) for path in sorted(folder.glob("*.yaml"))}
    if not files:
        raise ConfigError(f"{shown(folder)}: no scenario files (*.yaml) here")
    _check_apart(files, folder)
    keys = bibliography_keys(references)
    routes = {
        "mechanisms": read_routes(folder.parent / "mechanisms", MECHANISMS, keys),
        "preventions": read_routes(folder.parent / "preventions", PREVENTIONS, keys),
    }
    # Those that others build on come first, so that a fault is reported where it stands.
    order = sorted(files, key=lambda name: (files[name].content.get("based_on") is not None, name))
    return {name: _scenario(name, files, routes, keys) for name in order}


def _check_apart(names: Iterable[str], folder: Path) -> None:
    apart: dict[str, str] = {}
    for name in names:
        if (other := apart.setdefault(name.casefold(), name)) != name:
            both = f"{other}.yaml and {name}.yaml"
            raise ConfigError(f"{shown(folder)}: {both} are one file on some machines; rename one")


def read_routes(folder: Path, kinds: Mapping[str, type[Strict]], keys: frozenset[str]) -> dict[str, dict[str, Any]]:
    """Raw numbers of every mechanism (or prevention) by kind, each checked.

    Raises
    ------
    ConfigError
        If a kind has no file or a file no kind, or a file is faulty.
    """
    found = {}
    for kind, cls in kinds.items():
        file = read_document(folder / f"{kind}.yaml", within=folder.parent)
        if (told := file.content.get("kind")) != kind:
            raise file.fault("kind", f"must equal the file's name, {kind!r} (found {quoted(told)})")
        _check_sources(of_document(cls, file), file, keys)
        found[kind] = file.content
    for path in sorted(folder.glob("*.yaml")):
        if path.stem not in kinds:
            raise ConfigError(f"{shown(path)}: there is no {path.stem!r} in the code; known: {', '.join(kinds)}")
    return found


def _check_sources(node: Strict, file: Document, keys: frozenset[str]) -> None:
    for field, record in records(node).items():
        if record.cite is not None and record.cite not in keys:
            raise file.fault(f"{field}.cite", f"no source {quoted(record.cite)} in the bibliography; add it there")


def _scenario(
    name: str, files: Mapping[str, Document], routes: Mapping[str, Mapping[str, dict]], keys: frozenset[str]
) -> Scenario:
    file = files[name]

    def place(field: Place, _missing: bool) -> str:
        """The field of the file that changes a number of a mechanism or a prevention is another."""
        inside = field[0] in routes and len(field) > 3
        return file.at(("changed", *field[2:]) if inside else field)

    content = _whole(name, files)
    if content.get("id") != name:
        raise file.fault("id", f"must equal the file's name, {name!r} (found {quoted(content.get('id'))})")
    try:
        scenario = _resolved(validated(ScenarioFile, content), routes, file)
    except ValidationError as error:
        raise explain(place, error) from None
    _check_sources(scenario, file, keys)
    return scenario


def _whole(name: str, files: Mapping[str, Document]) -> dict[str, Any]:
    """A scenario's file laid over the one it is based on, and that over its own base."""
    layers, base = [files[name].content], files[name].content.get("based_on")
    while base is not None:
        if not isinstance(base, str) or base not in files or any(layer is files[base].content for layer in layers):
            known = ", ".join(sorted(set(files) - {name}))
            told = f"{quoted(base)} is not a scenario to build on{hint(SCENARIOS, str(base))}; known: {known}"
            raise files[name].fault("based_on", told)
        layers.append(files[base].content)
        base = files[base].content.get("based_on")
    content: dict[str, Any] = {}
    for layer in reversed(layers):
        content = merged(content, layer)
    return content


def _resolved(file: ScenarioFile, routes: Mapping[str, Mapping[str, dict]], own: Document) -> Scenario:
    if idle := [name for name in file.closed if name not in file.mechanisms]:
        raise own.fault("closed", f"{quoted(idle[0])} is not open; open: {', '.join(file.mechanisms) or 'none'}")
    parts, switched_on = {}, set()
    for field, known in routes.items():
        names = getattr(file, field)
        if len(set(names)) != len(names):
            raise own.fault(field, "duplicate name; name each one once")
        for name in names:
            if name not in known:
                raise own.fault(field, f"unknown {quoted(name)}; known: {', '.join(known)}")
        on = [name for name in names if name not in file.closed]
        parts[field] = [merged(known[name], file.changed.get(name, {})) for name in on]
        switched_on |= set(on)
    if idle := [name for name in file.changed if name not in switched_on]:
        raise own.fault("changed", f"{quoted(idle[0])} is not among this scenario's mechanisms and preventions")
    whole = file.model_dump(mode="json", exclude={"changed", "closed", *parts}) | parts
    scenario = validated(Scenario, whole)
    return read_as(scenario, file.reading) if file.reading != "central" else scenario


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

    Only a scenario in its central reading still knows the other readings.
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
