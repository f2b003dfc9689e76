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
    surnames = [name.partition(", ")[0] for name in authors]  # bodies and unknown initials have no comma
    first = surnames[0]
    if len(authors) > 1:
        first += f" & {surnames[1]}" if len(authors) == 2 and authors[1] != "others" else " et al."
    names = ", ".join("et al." if name == "others" else name for name in authors)
    parts = [f"{names} ({fields['year']})", _title(fields), _published(fields)]
    return Reference(
        key=key,
        short=f"{first} {fields['year']}",
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
