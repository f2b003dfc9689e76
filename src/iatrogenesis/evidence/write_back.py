"""Fitted values written back into the YAML files that they stand in, comments and order kept."""

import re
from collections.abc import Mapping
from pathlib import Path

from iatrogenesis.core.files import write_text

_ENTRY = re.compile(r"^(\s*)([\w-]+):")
_NUMBER = re.compile(r"^(\s*[\w-]+: \{value: )[^,]+(,(?: judged:.*|.* status: calibrated.*))$")


def write_back(texts: Mapping[str, str], found: Mapping[str, float]) -> dict[str, str]:
    """YAML texts with the calibrated values replaced, comments and order kept.

    Each fitted number stands on a line of its own, ``name: {value: ..., ... status: calibrated, ...}``, as does each
    judged strength, ``name: {value: ..., judged: ...``; what it belongs to is told by the indentation above it.

    Parameters
    ----------
    texts
        By the path of their content in the scenario: "" for its own file, "mechanisms.burnout" for a mechanism's.
    found
        Values by dotted path.

    Raises
    ------
    ValueError
        If a calibrated line has no value in ``found``, or a value has no line.
    """
    waiting = dict(found)
    written = {part: _written(text, part, waiting) for part, text in texts.items()}
    if waiting:
        raise ValueError(f"no line in the files for {', '.join(waiting)}")
    return written


def _written(text: str, part: str, waiting: dict[str, float]) -> str:
    lines, above = [], []
    for line in text.splitlines():
        entry = _ENTRY.match(line)
        if entry:
            above = [*((depth, name) for depth, name in above if depth < len(entry[1])), (len(entry[1]), entry[2])]
        if _NUMBER.match(line):
            path = ".".join([*filter(None, [part]), *(name for _, name in above)])
            if path not in waiting:
                raise ValueError(f"line {line.strip()[:60]!r}: no calibrated value was found for {path!r}")
            line = _NUMBER.sub(rf"\g<1>{waiting.pop(path):.5g}\g<2>", line)
        lines.append(line)
    return "\n".join(lines) + "\n"


def write_files(values: Mapping[str, float], config: Path, folder: Path) -> None:
    """Write copies of the files below ``config`` that hold fitted numbers, with these values, into ``folder``."""
    files = {"": config / "scenarios" / "routine_care.yaml"}
    for path in values:
        section, *rest = path.split(".")
        if section in ("mechanisms", "preventions"):
            files[f"{section}.{rest[0]}"] = config / section / f"{rest[0]}.yaml"
    texts = write_back({part: file.read_text(encoding="utf-8") for part, file in files.items()}, values)
    folder.mkdir(parents=True, exist_ok=True)
    for part, text in texts.items():
        write_text(text, folder / files[part].name)
