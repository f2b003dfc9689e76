"""The bibliography for people: a short form to cite by and one full line per source."""

import re
from dataclasses import dataclass
from pathlib import Path

FIELD = re.compile(r"^\s*(\w+) = \{(.*)\},$", flags=re.MULTILINE)


@dataclass(frozen=True)
class Reference:
    """One source: ``short`` as in "Saxon et al. 2017", ``text`` in full, ``note`` on how it was read."""

    key: str
    short: str
    text: str
    doi: str | None
    note: str | None


def read_references(path: Path) -> dict[str, Reference]:
    """Every entry of a BibTeX file by key, in the order of the full lines; none is left out.

    The file must keep to one field a line, ``name = {text},``.

    Raises
    ------
    ValueError
        If an entry has no author, title or year.
    """
    entries = re.split(r"^@\w+\{", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    found = sorted((_reference(entry, path) for entry in entries), key=lambda one: one.text.lower())
    return {one.key: one for one in found}


def _reference(entry: str, path: Path) -> Reference:
    key = entry.split(",")[0].strip()
    fields = {name: _plain(text) for name, text in FIELD.findall(entry)}
    if missing := {"author", "title", "year"} - set(fields):
        raise ValueError(f"{path}: {key}: {', '.join(sorted(missing))} is missing")
    authors = fields["author"].split(" and ")
    first = authors[0]
    if len(authors) > 1:
        first += f" & {authors[1]}" if len(authors) == 2 and authors[1] != "others" else " et al."
    names = ", ".join("et al." if name == "others" else name for name in authors)
    journal = f" {fields['journal']}." if "journal" in fields else ""
    return Reference(
        key=key,
        short=f"{first} {fields['year']}",
        text=f"{names} ({fields['year']}). {fields['title']}.{journal}",
        doi=fields.get("doi"),
        note=fields.get("note"),
    )


def _plain(text: str) -> str:
    return text.replace('{\\"u}', "ü").replace("\\&", "&").replace("{", "").replace("}", "")
