"""Codes instead of ids: drawn at random, kept in a key file that stays with those who hold the data."""

import json
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from iatrogenesis.core.files import replacing
from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.settings import OwnData

KINDS = {
    "client": ("client_id",),
    "therapist": ("therapist_id", "most_therapist_id", "last_therapist_id", "first_therapist_id"),
    "service": ("service_id",),
    "unit": ("unit_id",),
}
FORMAT = "iatrogenesis key file 1"
RESULTS = "results"


def key_path(settings: OwnData, folder: Path) -> Path:
    """Return where the key file is or will be: as the settings say, else beside them.

    Raises
    ------
    DataError
        If it would lie in a folder `results`, which is made to be handed on.
    """
    path = (folder / (settings.privacy.key or f"{settings.name}.key.json")).resolve()
    if RESULTS in path.parts[:-1]:
        raise DataError(
            f"privacy.key: {path} lies in a folder {RESULTS}/, which is handed on. Keep the key file elsewhere, where "
            "only those who hold the data can read it."
        )
    return path


def anonymised(tables: Mapping[str, pd.DataFrame], key: Path) -> dict[str, pd.DataFrame]:
    """Return the tables with codes such as T007 instead of ids, and write the key file.

    The same id has the same code in all tables, and in every later run with the same key file: new ids get further
    codes. Which code an id gets is random.

    Parameters
    ----------
    tables
        Clients, sessions or counts.
    key
        As `key_path` returns it. Only its owner can read it.

    Raises
    ------
    DataError
        If the file is no key file, or cannot be written.
    """
    codes = _read(key)
    for kind, columns in KINDS.items():
        ids = {one for table in tables.values() for name in columns if name in table for one in table[name].dropna()}
        codes[kind] = _with(codes.get(kind, {}), {str(one) for one in ids}, kind[0].upper())
    _write(codes, key)
    return {name: _recoded(table, codes) for name, table in tables.items()}


def _recoded(table: pd.DataFrame, codes: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    columns = {name: codes[kind] for kind, names in KINDS.items() for name in names if name in table.columns}
    return table.assign(**{name: table[name].map(known, na_action="ignore") for name, known in columns.items()})


def _with(known: Mapping[str, str], ids: Iterable[str], letter: str) -> dict[str, str]:
    """Return the codes with further ones for ids that have none, in random order."""
    new = sorted(set(ids) - set(known))
    secrets.SystemRandom().shuffle(new)
    width = max(3, len(str(len(known) + len(new))))
    return {**known, **{one: f"{letter}{len(known) + i:0{width}d}" for i, one in enumerate(new, 1)}}


def _read(key: Path) -> dict[str, dict[str, str]]:
    if not key.exists():
        return {}
    try:
        content = json.loads(key.read_text(encoding="utf-8"))
        known = content["codes"] if content["format"] == FORMAT else None
    except (OSError, ValueError, KeyError, TypeError):
        known = None
    if known is None:
        raise DataError(
            f"privacy.key: {key} is there already and is no key file. Give another name; nothing was written."
        )
    return known


def _write(codes: Mapping[str, Mapping[str, str]], key: Path) -> None:
    if not key.parent.is_dir():
        raise DataError(f"privacy.key: there is no folder {key.parent}. Make it, or keep the key file elsewhere.")
    with replacing(key) as temporary:
        temporary.touch(mode=0o600)
        temporary.write_text(
            json.dumps({"format": FORMAT, "codes": codes}, indent=1, sort_keys=True, ensure_ascii=False) + "\n",
            encoding="utf-8",
        )
