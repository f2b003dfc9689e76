"""YAML without surprises: duplicate keys refused, no code, nothing that grows when it is read."""

import re
from pathlib import Path
from typing import Any

import yaml

from iatrogenesis.core.tables import DataError

MOST_BYTES = 200_000
MOST_DEPTH = 20


class _Loader(yaml.SafeLoader):
    """Safe loader that refuses duplicate keys and aliases."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        mark: Any = self.peek_event().start_mark
        if self.check_event(yaml.AliasEvent):
            raise _Fault("an alias (*name) repeats another part; write it out", mark.line)
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise _Fault("this is nested too deeply to be settings", mark.line)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        lines: dict[Any, int] = {}
        for key, _ in node.value:
            name, line = key.value if isinstance(key.value, str) else str(key.value), key.start_mark.line
            if name in lines:
                raise _Fault(f"{name!r} is there twice, in lines {lines[name] + 1} and {line + 1}; keep one", line)
            lines[name] = line
        return super().construct_mapping(node, deep=deep)


class _Fault(Exception):
    """What is wrong, and in which line, counted from 0."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.what, self.line = what, line


class _Words(_Loader):
    """The same, with every value as the text that stands there: a column may be called 007, no or 1e3."""


_Words.yaml_implicit_resolvers = {}
BOOLEANS = re.compile("^(?:true|True|TRUE|false|False|FALSE)$")  # whole words: `false_discovery_rate` is none
_Loader.yaml_implicit_resolvers = {
    first: [(tag, BOOLEANS if tag.endswith(":bool") else kind) for tag, kind in kinds if not tag.endswith(":timestamp")]
    for first, kinds in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_mapping(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields and values of a YAML file, and the same with each value as the text that stands there.

    As in YAML 1.2, only true and false are truth values; `no`, `off` and dates are texts.

    Raises
    ------
    DataError
        If there is no such file, it is too large, no UTF-8, no YAML or no mapping; if a key is there twice, or an alias
        is used. With the line where one can be told.
    """
    text = _text(path)
    try:
        content, words = (yaml.load(text, Loader=loader) for loader in (_Loader, _Words))  # noqa: S506 - both are safe
    except _Fault as fault:
        raise DataError(f"{path}: line {fault.line + 1}: {fault.what}.") from None
    except yaml.MarkedYAMLError as error:
        raise DataError(f"{path}: {_place(error)}{_reason(error, text)[:300]}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise DataError(f"{path}: this is not YAML ({str(error).splitlines()[0]}). Correct it.") from None
    if content is None:
        raise DataError(f"{path}: the file is empty. Write one by `iatrogenesis init` with your data file.")
    if not isinstance(content, dict):
        raise DataError(f"{path}: this should be fields and values (name: ...), not {_called(content)}.")
    return content, words


def _text(path: Path) -> str:
    if not path.exists():
        raise DataError(f"{path}: no such file. Correct the path, or write one from your data by `iatrogenesis init`.")
    if not path.is_file():
        raise DataError(f"{path}: this is a folder. Name the settings file in it.")
    content = path.read_bytes()
    if len(content) > MOST_BYTES:
        raise DataError(f"{path}: {len(content)} bytes are too many for settings. Is this the data file?")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:200]:
        raise DataError(f"{path}: the file is UTF-16 or no text. Save it as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DataError(
            f"{path}: line {line} is not UTF-8 (byte {content[error.start]:#04x}). Save it as UTF-8."
        ) from None


def _place(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    return f"line {mark.line + 1}: " if mark is not None else ""


def _reason(error: yaml.MarkedYAMLError, text: str) -> str:
    mark = error.problem_mark
    line = text.splitlines()[mark.line] if mark is not None and mark.line < len(text.splitlines()) else ""
    if "\t" in line:
        return "there is a tab. Indent by blanks."
    if "tag" in str(error.problem):
        return f"{error.problem}. Tags (!...) are not allowed; write plain values."
    hint = " A value with a colon or # in it must stand in quotes." if ":" in line else ""
    return f"this is not YAML ({error.problem}).{hint} Correct the line."


def _called(content: object) -> str:
    return "a list" if isinstance(content, list) else "a text" if isinstance(content, str) else "a single value"
