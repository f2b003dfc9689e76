"""The bibliography as plain lines for people."""

import re
from pathlib import Path


def formatted(path: Path) -> list[str]:
    """One line per entry of a BibTeX file, sorted; no entry is left out.

    Raises
    ------
    ValueError
        If an entry has no author, title or year.
    """
    entries = re.split(r"^@\w+\{", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return sorted(_line(entry, path) for entry in entries)


def _line(entry: str, path: Path) -> str:
    fields = {name: _plain(text) for name, text in re.findall(r"^\s*(\w+) = \{(.*)\},$", entry, flags=re.MULTILINE)}
    if missing := {"author", "title", "year"} - set(fields):
        raise ValueError(f"{path}: {entry.split(',')[0]}: {', '.join(sorted(missing))} is missing")
    doi = f" doi:{fields['doi']}." if "doi" in fields else ""
    note = f" [{fields['note']}.]" if "note" in fields else ""
    return f"{fields['author'].replace(' and ', ', ')} ({fields['year']}). {fields['title']}.{doi}{note}"


def _plain(text: str) -> str:
    return text.replace('{\\"u}', "ü").replace("\\&", "&").replace("{", "").replace("}", "")
