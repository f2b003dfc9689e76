"""Numbers with their source: value, unit, status, citation, place. Incomplete ones are refused."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from iatrogenesis.core.lines import OneLine
from iatrogenesis.core.units import UNITS
from iatrogenesis.core.yaml_text import quoted

Finite = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]  # beyond, sums lose what they are about
PRIOR = 4  # standard errors to either side hold a prior all but 6 in 100,000


def each_once[T: Sequence](values: T) -> T:
    """Return a list in which nothing is there twice: what is named twice would be counted, or written, twice.

    Raises
    ------
    ValueError
        With the first one that is.
    """
    for place, value in enumerate(values):
        if value in values[:place]:
            raise ValueError(f"{quoted(value)} is there twice; name each one once")
    return values


EachOnce = AfterValidator(each_once)


class Strict(BaseModel):
    """Base of every configuration class: unknown fields are errors, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Record(Strict):
    """Where a number comes from and how sure that is.

    ``reported``
        stands in the source as it is: needs ``cite`` and ``where``.
    ``converted``
        worked out from reported numbers: needs ``cite``, ``where`` and the arithmetic in ``note``.
    ``assumed``
        nobody has measured it: needs ``low``, ``high`` and a reason in ``note``.
    ``calibrated``
        fitted to evidence: needs the rows it was fitted to in ``fitted_to``, and ``low`` and ``high``.
    ``ensemble``
        worked out in the plausible worlds: the median, with the 90 % range in ``low`` and ``high``, and what was worked
        out in ``note``.

    ``low`` and ``high`` are the ends of the range in which the number is thought to lie (of an effect that nobody has
    measured: none at all among them), ``se`` the sampling error of a published one; both make its prior
    (`iatrogenesis.evidence.unknowns`). ``certainty`` says how the source was read; ``memory`` is provisional and the
    report marks it so.
    """

    unit: str
    status: Literal["reported", "converted", "assumed", "calibrated", "ensemble"]
    cite: str | None = None
    where: OneLine | None = None
    note: OneLine | None = None
    certainty: Literal["read", "data", "memory", "derived"] | None = None
    fitted_to: tuple[str, ...] = ()
    low: Finite | None = None
    high: Finite | None = None
    se: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _known_unit(self) -> Self:
        if self.unit not in UNITS:
            raise ValueError(f"unit: there is no {quoted(self.unit)}; known: {', '.join(UNITS)}")
        return self

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {
            "reported": ("cite", "where", "certainty"),
            "converted": ("cite", "where", "certainty", "note"),
            "assumed": ("low", "high", "note"),
            "calibrated": ("fitted_to", "low", "high"),
            "ensemble": ("low", "high", "note"),
        }[self.status]
        missing = [name for name in needed if getattr(self, name) in (None, "", ())]
        if missing:
            article = "an" if self.status[0] in "ae" else "a"
            raise ValueError(f"{article} {self.status} number needs {', '.join(missing)}")
        return self


class Sourced(Record):
    """One number and its record.

    Where the literature disagrees, ``sceptical`` and ``optimistic`` carry the other readings of it (see `read_as`). Of
    an assumed strength, ``judged`` is what was thought before anything was fitted; ``value`` is what the centre of the
    plausible worlds leaves of it, the same share of all.
    """

    value: Finite
    judged: Finite | None = None
    sceptical: Finite | None = None
    optimistic: Finite | None = None

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        if (self.sceptical is None) != (self.optimistic is None):
            raise ValueError("give both a sceptical and an optimistic value, or neither")
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise ValueError(f"value {self.value} lies outside low {self.low} to high {self.high}")
        self.check_within(*UNITS[self.unit], f"a number with the unit {self.unit!r}")
        return self

    def check_within(self, low: float, high: float, what: str) -> None:
        """Refuse a number of which a value, an end of the range, or nearly all of the prior is not possible.

        Raises
        ------
        ValueError
            Beginning with the field that has it, and saying the bounds.
        """
        possible = f"{what} lies between {low:g} and {high:g}"
        for field in ("value", "low", "high", "judged", "sceptical", "optimistic"):
            found = getattr(self, field)
            if found is not None and not low <= found <= high:
                raise ValueError(f"{field}: {possible} (found {found:g})")
        if self.se is not None:
            ends = {"low": (self.low, self.value - PRIOR * self.se), "high": (self.high, self.value + PRIOR * self.se)}
            for field, (given, end) in ends.items():
                if given is None and not low <= end <= high:
                    raise ValueError(f"{field}: {possible}, but the prior reaches {end:g}; give {field}, which cuts it")

    def __float__(self) -> float:
        return self.value

    def read_as(self, reading: Literal["central", "sceptical", "optimistic"]) -> Self:
        """The number as a sceptical or an optimistic reader would take it; itself where there is no such reading."""
        other = {"central": None, "sceptical": self.sceptical, "optimistic": self.optimistic}[reading]
        if other is None:
            return self
        if self.low is None or self.high is None:
            return self.model_copy(update={"value": other})
        wide = {"low": min(self.low, other), "high": max(self.high, other)}
        return self.model_copy(update={"value": other} | wide)


class SourcedShares(Record):
    """Shares of a population by category, with their record. They must add up to 1."""

    value: dict[OneLine, Annotated[float, Field(ge=0, le=1)]]

    @model_validator(mode="after")
    def _sum_to_one(self) -> Self:
        total = sum(self.value.values())
        if abs(total - 1) > 1e-3:
            raise ValueError(f"shares add up to {total:.4f}, not to 1")
        return self


def bibliography(references: Path) -> dict[str, dict[str, str]]:
    """Entries of a BibTeX file by key: their fields as plain text, accents and braces of LaTeX resolved.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If it is no UTF-8, there is a duplicate key, an entry is malformed or lacks its key, author, title or year, a %
        or & has no backslash, or there is text outside entries that is no comment (a line that begins with %).
    """
    # Imported here, because most jobs read numbers and no bibliography.
    from bibtexparser import parse_string
    from bibtexparser.middlewares import LatexDecodingMiddleware
    from bibtexparser.model import DuplicateBlockKeyBlock

    text = _text(references)
    library = parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    twice = sorted({block.key for block in library.failed_blocks if isinstance(block, DuplicateBlockKeyBlock)})
    if twice:
        raise ValueError(f"{references}: duplicate keys {', '.join(twice)}; keep one entry of each")
    for block in library.failed_blocks:
        entry = (block.raw or "").partition("\n")[0].strip()
        reason = str(getattr(block.error, "abort_reason", block.error)).partition(" Note:")[0].strip()
        raise ValueError(f"{_line(references, block)}: {entry!r} is malformed: {reason}")
    for block in library.comments:
        if stray := [line for line in block.comment.splitlines() if line.strip() and not line.startswith("%")]:
            raise ValueError(f"{_line(references, block)}: text outside entries: {stray[0]!r}; begin a comment with %")
    for entry in library.entries:
        if not entry.key:
            raise ValueError(f"{_line(references, entry)}: the entry has no key; cite needs one")
        if missing := {"author", "title", "year"} - {name for name, field in entry.fields_dict.items() if field.value}:
            raise ValueError(f"{references}: {entry.key}: {', '.join(sorted(missing))} is missing")
        if plain := re.search(r"(?<!\\)[%&]", entry.raw or ""):
            raise ValueError(f"{references}: {entry.key}: LaTeX would drop a plain {plain[0]}; write \\{plain[0]}")
    return {entry.key: {field.key: field.value for field in entry.fields} for entry in library.entries}


def _text(references: Path) -> str:
    content = references.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ValueError(f"{references}: line {line} is not UTF-8; save the file as UTF-8") from None


def _line(references: Path, block: Any) -> str:
    return f"{references}: line {block.start_line + 1}"


def bibliography_keys(references: Path) -> frozenset[str]:
    """Keys of a BibTeX file, found without the parser that `bibliography` needs: to simulate, a key is enough.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If it is no UTF-8, or a key occurs twice.
    """
    keys = re.findall(r"^@\w+\{([^,\s]+),", _text(references), flags=re.MULTILINE)
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"{references}: the keys {', '.join(twice)} occur more than once; keep one entry of each")
    return frozenset(keys)


def records(node: object, path: str = "") -> dict[str, Sourced | SourcedShares]:
    """Every number with a record below ``node`` (a configuration object), by its dotted path."""
    if isinstance(node, Sourced | SourcedShares):
        return {path: node}
    found: dict[str, Sourced | SourcedShares] = {}
    if isinstance(node, BaseModel):
        children = {name: getattr(node, name) for name in type(node).model_fields}
    elif isinstance(node, (list, tuple)):
        children = {getattr(child, "kind", str(i)): child for i, child in enumerate(node)}
    elif isinstance(node, dict):
        children = node
    else:
        return found
    for name, child in children.items():
        found |= records(child, f"{path}.{name}" if path else str(name))
    return found
