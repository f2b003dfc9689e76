"""Look at files and guess which column is what."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.resources import config_folder
from iatrogenesis.core.tables import DataError
from iatrogenesis.core.yaml_text import read_yaml
from iatrogenesis.own_data import reading
from iatrogenesis.own_data.converting.dates import day_comes_first
from iatrogenesis.own_data.converting.numbers import usual_mark
from iatrogenesis.own_data.guessing import fields as guessed_fields
from iatrogenesis.own_data.guessing.look import Look, looks
from iatrogenesis.own_data.guessing.nhs_tables import nhs_tables
from iatrogenesis.own_data.guessing.scores import Found, codes_for_missing, find_scores
from iatrogenesis.own_data.guessing.settings_file import write_settings
from iatrogenesis.own_data.guessing.words import CASE_MIX
from iatrogenesis.own_data.reading import Raw
from iatrogenesis.own_data.settings import RESERVED, Files

LONG = 1.5  # rows per client from which a file has one row per session


def guess(paths: Sequence[Path]) -> dict[str, Any]:
    """Return what each column of the files is taken for, why, and what else it could be.

    Parameters
    ----------
    paths
        One file with clients, sessions or counts; one of clients and one of sessions; or the tables of the NHS Talking
        Therapies data set.

    Returns
    -------
    dict
        `name` of the analysis; `files` by kind; `fields`: place in the settings (such as ``first.phq9``) to `column`,
        `table`, `why`, `others`; `left_out`: table, column, reason; `missing`: codes, and whether they are sure;
        `notes`; `unknown`: instruments that have to be described, with their columns and range. No value of a cell.

    Raises
    ------
    DataError
        If a file cannot be read, or two files are of the same kind.
    """
    if not paths:
        raise DataError("Name at least one file with data.")
    raws = [reading.read(Path(path), Files(clients=Path(path))) for path in paths]
    result: dict[str, Any] = {
        "name": _name(Path(paths[0]).stem),
        "files": {},
        "fields": {},
        "left_out": [],
        "notes": [],
    }
    result |= {"missing": {"codes": [], "sure": True}, "unknown": {}, "own": {}}
    if nhs := nhs_tables(raws):
        return result | {"files": {"nhs": nhs}}
    catalogue = Instruments.model_validate(read_yaml(config_folder() / "instruments.yaml"))
    for raw in raws:
        _one_file(raw, catalogue, result, several=len(raws) > 1)
    for place in ("client", "therapist"):
        if place not in result["fields"] and "counts" not in result["files"]:
            result["notes"].append(f"No column looks like the {place}: name it in columns.{place}.")
    return result


def written(guessed: dict[str, Any], path: Path) -> None:
    """Write a settings file with comments; it can be loaded as it is.

    Parameters
    ----------
    guessed
        From `guess`.
    path
        Where to; the files are named relative to its folder where they lie in or below it.
    """
    write_settings(guessed, Path(path))


def _one_file(raw: Raw, catalogue: Instruments, result: dict[str, Any], several: bool) -> None:
    seen = looks(raw)
    kind = _kind(seen, several, result["files"])
    if kind in result["files"]:
        raise DataError(
            f"{result['files'][kind]} and {raw.path} both look like a table of {kind}. Give one of each kind, or put "
            "all rows of a kind into one file."
        )
    result["files"][kind] = raw.path
    result["notes"] += [f"{raw.path.name}: {note}" for note in (*raw.notes, *_how_written(raw))]
    scores = Found({}, {}, {}) if kind == "counts" else find_scores(seen, catalogue, kind == "sessions")
    taken = {look.name for look, _, _ in scores.fields.values()} | set(scores.left_out)
    names = {
        "counts": guessed_fields.OF_COUNTS,
        "sessions": (*guessed_fields.OF_SESSIONS, *guessed_fields.RATINGS, *CASE_MIX),
        "clients": (*guessed_fields.OF_CLIENTS, *guessed_fields.RATINGS, *CASE_MIX),
    }[kind]
    found = guessed_fields.assigned(seen, names, taken)
    if kind != "counts":
        guessed_fields.by_values(seen, found, taken | {look.name for look, _, _ in found.values()})
    _check_codes(scores, found, catalogue, result)
    for place, (look, why, others) in (found | scores.fields).items():
        if place == "unit" or (kind == "counts" and place not in names):
            place = "unit"
        prefix = "ratings." if place in guessed_fields.RATINGS else "covariates." if place in CASE_MIX else ""
        entry = {"column": look.name, "table": kind, "why": why, "others": others[:3]}
        result["fields"].setdefault(prefix + place, entry)
    if "deteriorated" in result["fields"] and any(place.startswith("last.") for place in result["fields"]):
        scores.left_out[result["fields"].pop("deteriorated")["column"]] = "deterioration is worked out from the scores"
    used = {entry["column"] for entry in result["fields"].values() if entry["table"] == kind}
    for look in seen:
        if look.name not in used:
            result["left_out"].append((kind, look.name, _why_left_out(look, scores)))
    for key, columns in scores.unknown.items():
        span = (min(float(c.numbers.min()) for c in columns), max(float(c.numbers.max()) for c in columns))
        result["unknown"][key] = {"columns": [column.name for column in columns], "range": span}
    if any(place.endswith(".core_om_mean") for place in scores.fields):
        result["own"]["core_om_mean"] = _mean_of_items(catalogue)


def _kind(seen: Sequence[Look], several: bool, files: dict[str, Path]) -> str:
    """Return whether a file has one row per course, per session, or per unit."""
    counts = guessed_fields.assigned(seen, guessed_fields.OF_COUNTS, set())
    clients = guessed_fields.assigned(seen, ("client", "therapist", "session", "date"), set())
    if {"n", "events", "unit"} <= set(counts) or ({"n", "events"} <= set(counts) and "client" not in clients):
        n, events = counts["n"][0], counts["events"][0]
        if len(n.numbers) and n.numbers.max() > 1 and events.numbers.max() > 1 and "client" not in clients:
            return "counts"
    if "client" in clients:
        client = clients["client"][0]
        per_client = client.present / max(client.distinct, 1)
        if per_client >= LONG and ("session" in clients or "date" in clients or (several and "sessions" not in files)):
            return "sessions"
    return "clients"


def _check_codes(scores: Found, found: dict, catalogue: Instruments, result: dict[str, Any]) -> None:
    """Keep codes for missing; they are sure if no other column holds such a number."""
    codes = codes_for_missing(scores.fields, catalogue)
    others = [
        look for place, (look, _, _) in found.items() if place not in ("client", "course", "therapist", "service")
    ]
    clash = any(bool(look.numbers.isin([float(code) for code in codes]).any()) for look in others)
    kept = result["missing"]
    result["missing"] = {"codes": sorted({*kept["codes"], *codes}, key=int), "sure": kept["sure"] and not clash}


def _why_left_out(look: Look, scores: Found) -> str:
    if look.name in scores.left_out:
        return scores.left_out[look.name]
    if {"dropout", "abbruch", "abbrecher"} & {*look.words, "".join(look.words)}:
        return "says who dropped out; columns.completed needs the opposite: recode it, yes for who did not"
    if guessed_fields.identifying(look):
        return "may identify a person; it is not needed"
    if look.present == 0:
        return "empty"
    if look.distinct == 1:
        return "the same in every row"
    return "not recognised; if it was known before therapy, it can go below covariates"


def _how_written(raw: Raw) -> list[str]:
    notes = []
    if usual_mark(raw.table) == ",":
        notes.append("Numbers have decimal commas.")
    first = day_comes_first(raw.table[name] for name in raw.table.columns)
    if first is not None:
        notes.append(f"Dates have the {'day' if first else 'month'} first.")
    return notes


def _mean_of_items(catalogue: Instruments) -> dict[str, Any]:
    """Return CORE-OM as the mean of its items: its clinical score is ten times that."""
    score = catalogue.by_name()["core_om"]
    return {
        "name": "CORE-OM (mean of items)",
        "minimum": score.minimum / 10,
        "maximum": score.maximum / 10,
        "reliable_change": float(score.reliable_change) / 10,
        "reliability": float(score.reliability),
        "caseness": round(float(score.caseness) / 10, 6),
    }


def _name(stem: str) -> str:
    """Return a name for the analysis from that of the file."""
    plain = unicodedata.normalize("NFKD", stem.casefold()).encode("ascii", "ignore").decode()  # í becomes i
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if not name or not name[0].isalpha() or name in RESERVED:
        name = f"my_{name}".rstrip("_") if name else "my_service"
    return name[:40].rstrip("_")
