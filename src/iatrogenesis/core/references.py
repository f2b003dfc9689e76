"""The bibliography for people: a short form to cite by and one full line per source."""

from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase

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
    """Every entry of a BibTeX file by key, in the order of the full lines; raises what `bibliography` does.

    Entries that would be cited alike have letters after the year, in the order of the full lines.
    """
    entries = bibliography(path)
    plain = {key: _reference(key, fields) for key, fields in entries.items()}
    alike: dict[str, list[str]] = {}
    for one in sorted(plain.values(), key=_order):
        alike.setdefault(one.short, []).append(one.key)
    lettered = {key: ascii_lowercase[at] for keys in alike.values() if len(keys) > 1 for at, key in enumerate(keys)}
    found = [_reference(key, fields, lettered.get(key, "")) for key, fields in entries.items()]
    return {one.key: one for one in sorted(found, key=_order)}


def _order(reference: Reference) -> str:
    return reference.text.lower()


def _reference(key: str, fields: dict[str, str], letter: str = "") -> Reference:
    authors = fields["author"].split(" and ")
    surnames = [name.partition(", ")[0] for name in authors]  # bodies and unknown initials have no comma
    first = surnames[0]
    if len(authors) > 1:
        first += f" & {surnames[1]}" if len(authors) == 2 and authors[1] != "others" else " et al."
    year = f"{fields['year']}{letter}"
    names = ", ".join("et al." if name == "others" else name for name in authors)
    parts = [f"{names} ({year})", _title(fields), _published(fields)]
    return Reference(
        key=key,
        short=f"{first} {year}",
        text=" ".join(part if part[-1] in ".?!" else f"{part}." for part in parts if part),
        doi=fields.get("doi"),
        note=fields.get("note"),
    )


def _title(fields: dict[str, str]) -> str:
    return f"{fields['title']} ({fields['edition']} ed.)" if "edition" in fields else fields["title"]


def _published(fields: dict[str, str]) -> str:
    """Where it came out: journal, volume(number), pages; proceedings, pages; or the publisher."""
    volume = fields.get("volume", "") + (f"({fields['number']})" if "number" in fields else "")
    places = [fields.get("journal"), fields.get("booktitle"), volume, fields.get("pages"), fields.get("publisher")]
    return ", ".join(place for place in places if place)
