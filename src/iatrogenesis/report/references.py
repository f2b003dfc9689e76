"""The bibliography for people: a short form to cite by and one full line per source."""

from dataclasses import dataclass
from pathlib import Path

from iatrogenesis.core.sources import bibliography


@dataclass(frozen=True)
class Reference:
    """One source: ``short`` as in "Saxon et al. 2017", ``text`` in full, ``note`` on how it was read."""

    key: str
    short: str
    text: str
    doi: str | None
    note: str | None


def read_references(path: Path) -> dict[str, Reference]:
    """Every entry of a BibTeX file by key, in the order of the full lines; raises what `bibliography` does."""
    found = sorted(
        (_reference(key, fields) for key, fields in bibliography(path).items()), key=lambda one: one.text.lower()
    )
    return {one.key: one for one in found}


def _reference(key: str, fields: dict[str, str]) -> Reference:
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
