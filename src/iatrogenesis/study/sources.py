"""Where a study's fields stand: in its own file, or in that of the study it is based on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError

from iatrogenesis.core.validated import explain, validated
from iatrogenesis.core.yaml_text import ConfigError, Document, Place, quoted, read_document, shown
from iatrogenesis.study.configuration import StudyConfig
from iatrogenesis.world.scenarios import merged

# Other YAML files of the config folder.
NOT_STUDIES = (
    *("instruments", "codebook", "policies", "reproductions", "explorer", "associations", "feasible"),
    *("statistical_world", "claims", "codebook_between", "config"),
)


@dataclass(frozen=True)
class Layer:
    """The content of one study file, and what errors call it."""

    place: str
    content: Mapping[str, Any]
    document: Document | None = None

    @classmethod
    def of(cls, path: Path, within: Path | None = None) -> Self:
        """Return the layer of a file."""
        document = read_document(path, within=within)
        return cls(shown(path), document.content, document)

    def at(self, field: Place) -> str:
        """Return how errors name a field's place: the file with its line, where it is a file."""
        return self.document.at(field) if self.document else self.place

    def has(self, field: Place) -> bool:
        """Whether the field is in this file; a list or a number stands for all that is below it."""
        node: Any = self.content
        for part in field:
            if not isinstance(node, Mapping):
                return True
            if part not in node:
                return False
            node = node[part]
        return True


@dataclass(frozen=True)
class StudySources:
    """A study's file and those it is based on: the study's own first, its base next, that one's base after it."""

    layers: tuple[Layer, ...]

    @property
    def content(self) -> dict[str, Any]:
        """Each file laid over its base, without ``based_on``: what is validated, and what the workflow sees."""
        whole = reduce(merged, (layer.content for layer in reversed(self.layers)), {})
        return {field: value for field, value in whole.items() if field != "based_on"}

    def place(self, field: Place, missing: bool = False) -> str:
        """The study's own file, and the one that has the field where that is another.

        A field that is missing is missing from the file that begins its section.
        """
        if missing:
            having = [layer for layer in self.layers if layer.has(field[:-1])][-1:]
        else:
            having = [layer for layer in self.layers if layer.has(field)][:1]
        own = self.layers[0]
        return f"{own.place}, based on {having[0].at(field)}" if having and having[0] is not own else own.at(field)

    def fault(self, field: str, message: str) -> ConfigError:
        """What is wrong with a field (by its dotted path), with the file it is in."""
        return ConfigError(f"{self.place(tuple(field.split('.')))}: {field}: {message}")

    def validated(self) -> StudyConfig:
        """The merged content as a configuration.

        Raises
        ------
        ConfigError
            One line per fault: file, field, what was found, what is allowed.
        """
        try:
            return validated(StudyConfig, self.content)
        except ValidationError as error:
            raise explain(self.place, error) from None


def study_names(folder: Path) -> list[str]:
    """Names of the studies in the ``config`` folder."""
    return sorted(file.stem for file in folder.glob("*.yaml") if file.stem not in NOT_STUDIES)


def read_study(source: Path | Mapping[str, Any], folder: Path, place: str = "config") -> StudySources:
    """A study's file, or its content, with the files of the ``config`` folder that it is based on.

    Parameters
    ----------
    place
        What errors call a content that was given as a mapping.

    Raises
    ------
    ConfigError
        If a file cannot be read, the base is unknown or leads back to the study, or the study has no name of its own.
    """
    if isinstance(source, Path):
        layers, seen = [Layer.of(source)], [source.resolve()]
    else:
        layers, seen = [Layer(place, source)], []
    while (base := layers[-1].content.get("based_on")) is not None:
        known, at = study_names(folder), f"{layers[-1].at(('based_on',))}: based_on"
        if base not in known:
            raise ConfigError(f"{at}: {quoted(base)} is not a study to build on; known: {', '.join(known)}")
        path = folder / f"{base}.yaml"
        if path.resolve() in seen:
            free = ", ".join(name for name in known if (folder / f"{name}.yaml").resolve() not in seen)
            raise ConfigError(f"{at}: {base!r} is based on this study itself; known besides: {free or 'none'}")
        seen.append(path.resolve())
        layers.append(Layer.of(path, folder))
    _check_name(layers)
    return StudySources(tuple(layers))


def _check_name(layers: Sequence[Layer]) -> None:
    """Refuse a study that would write into the results of the one it is based on."""
    own, *bases = layers
    taken = [layer.content.get("name") for layer in bases]
    if bases and own.content.get("name", taken[0]) in taken:
        found = f"found {own.content['name']!r}, that of its base" if "name" in own.content else "none is given"
        raise ConfigError(f"{own.place}: name: must be the study's own, since its results are named after it ({found})")
