"""YAML without surprises, for every configuration file: no code, nothing that grows, no key twice, lines for errors.

As in YAML 1.2, only true and false are truth values, and `no`, `off`, 12:30, 1_000 and dates are texts. What settings
do not need is refused: aliases, tags, merge keys, several documents, numbers that are not finite.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

MOST_BYTES = 200_000
MOST_DEPTH = 20
MOST_DIGITS = 30
LONGEST = 80  # letters of a text that an error quotes
NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
TRUTH = {text: truth for truth in (True, False) for text in (str(truth), str(truth).lower(), str(truth).upper())}
WHOLE = re.compile(r"[-+]?[0-9]+")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
LEADING = re.compile(r"[-+]?0[0-9]")
ENDLESS = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
CODE = ("__use_yte__", "__definitions__", "__variables__")

type Place = tuple[str | int, ...]


class ConfigError(ValueError):
    """A configuration file that cannot be used; the message names file, line or field, and what is allowed."""


@dataclass(frozen=True)
class Document:
    """A YAML file: its fields and values, the same with each value as it is written, and where each field stands."""

    path: Path
    content: dict[str, Any]
    words: dict[str, Any]
    lines: Mapping[Place, int]

    def at(self, place: Place, _missing: bool = False) -> str:
        """Return how errors name a field's place: the file, and its line or that of the section that should have it."""
        known = (self.lines.get(place[:n]) for n in range(len(place), 0, -1))
        line = next((line for line in known if line), None)
        return f"{shown(self.path)}: line {line}" if line else shown(self.path)

    def fault(self, field: str, message: str) -> ConfigError:
        """Return the error that says what is wrong with a field, given by its dotted path."""
        return ConfigError(f"{self.at(tuple(field.split('.')))}: {field}: {message}")


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the fields and values of a YAML file; see `read_document`."""
    return read_document(path).content


def read_document(path: Path, hint: str = "", within: Path | None = None, codes: bool = False) -> Document:
    """Read a YAML file of fields and values.

    Parameters
    ----------
    within
        The folder that the file must lie in: a link that leads out of it is refused.
    hint
        How to come by such a file: added to an error if there is none, or an empty one.
    codes
        Values may be codes as well as numbers, as in people's own tables: 007 is taken. Elsewhere it is refused.

    Raises
    ------
    ConfigError
        If there is no such file, it is too large, no UTF-8, no YAML or no mapping; if a key is there twice or would run
        code, or it has an alias, a tag or a number that is not finite. With the line where one can be told.
    """
    if within is not None:
        check_within(path, within)
    text = _text(path, hint)
    try:
        return _document(path, text, codes)
    except _Fault as fault:
        said = f"line {fault.line}: {fault.what}" if fault.line else f"{fault.what} {hint}".rstrip()
        raise ConfigError(f"{shown(path)}: {said}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}: " if mark is not None else ""
        raise ConfigError(f"{shown(path)}: {place}{_reason(error, text)[:300]}") from None
    except yaml.YAMLError as error:
        said = str(error).splitlines()[0]
        raise ConfigError(f"{shown(path)}: this is not valid YAML ({said}). Correct it.") from None


def check_within(path: Path, folder: Path) -> None:
    """Refuse a link, or a file in a folder that is one, that leads out of a folder.

    Raises
    ------
    ConfigError
        Saying where to put the file.
    """
    if not path.resolve().is_relative_to(folder.resolve()):
        place = shown(folder)
        raise ConfigError(f"{shown(path)}: this is a link that leads out of {place}. Put the file itself there.")


class _Fault(Exception):
    """What is wrong, and in which line, counted from 1; without one, of the whole file."""

    def __init__(self, what: str, line: int | None = None) -> None:
        super().__init__(what)
        self.what, self.line = what, line


def _document(path: Path, text: str, codes: bool) -> Document:
    """Build values from the parser's events: they do not grow, whatever refers to what."""
    events: Iterator[Any] = iter(yaml.parse(text, Loader=yaml.CSafeLoader))
    next(events)  # the stream begins
    if isinstance(next(events), yaml.StreamEndEvent):
        raise _Fault("the file is empty.")
    builder = _Builder(events, codes)
    content, words = builder.node(next(events), ())
    next(events)  # the document ends
    end: Any = next(events)
    if not isinstance(end, yaml.StreamEndEvent):
        raise _Fault("a second document begins here; a file holds one. Remove the ---.", end.start_mark.line + 1)
    if content is None:
        raise _Fault("the file is empty.")
    if not isinstance(content, dict):
        called = {list: "a list", str: "a text"}.get(type(content), "a single value")
        raise _Fault(f"this should be fields and values (name: ...), not {called}.")
    return Document(path, content, words, builder.lines)


@dataclass
class _Builder:
    """Values, words and lines from events, one node after the other."""

    events: Iterator[Any]
    codes: bool
    lines: dict[Place, int] = field(default_factory=dict)

    def node(self, event: Any, place: Place) -> tuple[Any, Any]:
        line, anchor = event.start_mark.line + 1, event.anchor
        self.lines.setdefault(place, line)
        if anchor is not None and isinstance(event, yaml.AliasEvent):
            raise _Fault(f"an alias (*{anchor[:LONGEST]}) repeats another part; write it out.", line)
        if anchor is not None:
            raise _Fault(f"an anchor (&{anchor[:LONGEST]}) is for aliases, which are not read; remove it.", line)
        if event.tag is not None:
            raise _Fault(f"Tags ({event.tag[:LONGEST]}) are not allowed; write plain values.", line)
        if len(place) > MOST_DEPTH:
            raise _Fault("this is nested too deeply to be settings.", line)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(place)
        if event.implicit[0] and not self.codes and LEADING.match(event.value) and NUMBER.fullmatch(event.value):
            raise _Fault(f"{event.value[:LONGEST]} begins with a 0, which some read as octal; write it without.", line)
        return (_value(event.value, line) if event.implicit[0] else event.value), event.value

    def _mapping(self, place: Place) -> tuple[dict, dict]:
        content, words, known = {}, {}, {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent):
                raise _Fault("the name of a field must be a plain text, not a list, a section or an alias.", line)
            name, _ = event.value, self.node(event, (*place, event.value))
            if event.implicit[0] and name == "<<":
                raise _Fault("a merge key (<<) repeats another part; write it out.", line)
            if name in CODE:
                raise _Fault(f"{name!r} would run code; remove it.", line)
            if name in known:
                raise _Fault(f"{quoted(name)} is there twice, in lines {known[name]} and {line}; keep one.", line)
            known[name] = line
            content[name], words[name] = self.node(next(self.events), (*place, name))
        return content, words

    def _sequence(self, place: Place) -> tuple[list, list]:
        content, words = [], []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            value, word = self.node(event, (*place, len(content)))
            content.append(value)
            words.append(word)
        return content, words


def _value(text: str, line: int) -> Any:
    """Return what a plain text stands for."""
    if text in NOTHING:
        return None
    if text in TRUTH:
        return TRUTH[text]
    if WHOLE.fullmatch(text):
        if len(text) > MOST_DIGITS:
            raise _Fault(f"a number of {len(text)} digits is no setting; at most {MOST_DIGITS}.", line)
        return int(text)
    number = float(text) if NUMBER.fullmatch(text) else math.inf if ENDLESS.fullmatch(text) else None
    if number is not None and not math.isfinite(number):
        raise _Fault(f"{text[:LONGEST]} is not a finite number.", line)
    return text if number is None else number


def quoted(found: object) -> str:
    """Return a value as an error shows it: at most `LONGEST` letters, without any that would move others."""
    shown = repr(found)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}..."


def shown(path: Path) -> str:
    """Return a path as an error shows it: as it is, unless a letter in it would break the line or move others."""
    text = str(path)
    return text if text.isprintable() else repr(text)


def _text(path: Path, hint: str) -> str:
    if not path.exists():
        raise ConfigError(f"{shown(path)}: no such file. Correct the path. {hint}".rstrip())
    if path.is_dir():
        raise ConfigError(f"{shown(path)}: this is a folder. Name the settings file in it.")
    if not path.is_file():
        raise ConfigError(f"{shown(path)}: this is no file, but a pipe or a device. Name the settings file.")
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        most = f"more than {MOST_BYTES:,} bytes"
        raise ConfigError(f"{shown(path)}: {most} are too many for settings. Is this the data file?")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:200]:
        raise ConfigError(f"{shown(path)}: the file is UTF-16 or no text. Save it as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ConfigError(
            f"{shown(path)}: line {line} is not UTF-8 (byte {content[error.start]:#04x}). Save it as UTF-8."
        ) from None


def _reason(error: yaml.MarkedYAMLError, text: str) -> str:
    mark, lines = error.problem_mark, text.splitlines()
    line = lines[mark.line] if mark is not None and mark.line < len(lines) else ""
    if "\t" in line:
        return "there is a tab. Indent by blanks."
    if "tag" in str(error.problem):
        return f"{error.problem}. Tags (!...) are not allowed; write plain values."
    hint = " A value with a colon or # in it must stand in quotes." if ":" in line else ""
    return f"this is not valid YAML ({error.problem}).{hint} Correct the line."
