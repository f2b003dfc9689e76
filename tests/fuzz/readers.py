"""What the file readers are tried with: a valid file of each kind, and a way to read whatever became of it."""

import io
import random
import zipfile
from pathlib import Path

import pandas as pd

from iatrogenesis.core.tables import DataError
from iatrogenesis.core.yaml_text import ConfigError, read_yaml
from iatrogenesis.own_data.reading import read
from iatrogenesis.own_data.settings import Files

TABLE = pd.DataFrame(
    {"client": ["007", "008", "ä9"], "therapist": ["a", "b", "b"], "phq9": [10.0, None, 27.0], "n": [1, 2, 3]}
)
ENDINGS = (".csv", ".xlsx", ".sav", ".dta", ".parquet", ".yaml")


def seeds(folder: Path) -> dict[str, bytes]:
    """A small valid file of each kind, by its ending."""
    import pyreadstat

    TABLE.to_csv(folder / "x.csv", index=False)
    TABLE.to_excel(folder / "x.xlsx", index=False)
    pyreadstat.write_sav(TABLE, str(folder / "x.sav"))
    pyreadstat.write_dta(TABLE, str(folder / "x.dta"))
    TABLE.to_parquet(folder / "x.parquet")
    (folder / "x.yaml").write_text("name: my\ndata: {clients: a.csv}\ncolumns:\n  client: 'id'\n  first: [1, 2.5]\n")
    return {ending: (folder / f"x{ending}").read_bytes() for ending in ENDINGS}


def tried(content: bytes, ending: str, folder: Path) -> bool:
    """Whether bytes are read as such a file, or refused in words; an error of any other kind is raised."""
    path = folder / f"tried{ending}"
    path.write_bytes(content)
    try:
        read_yaml(path) if ending == ".yaml" else read(path, Files(clients=path))
    except (DataError, ConfigError) as error:
        if not str(error).startswith(str(path)):
            raise AssertionError(f"the error does not name the file: {error}") from error
        return False
    return True


def mangled(content: bytes, chance: random.Random) -> bytes:
    """Bytes with some changed, left out or said twice; of a spreadsheet, those of one of its parts."""
    if content.startswith(b"PK") and chance.random() < 0.7:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            parts = {name: book.read(name) for name in book.namelist()}
        changed, told = chance.choice(sorted(parts)), io.BytesIO()
        with zipfile.ZipFile(told, "w") as book:
            for name, part in parts.items():
                book.writestr(name, mangled(part, chance) if name == changed else part)
        return told.getvalue()
    found = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(found) + 1)
        match chance.randrange(4):
            case 0 if at < len(found):
                found[at] = chance.randrange(256)
            case 1:
                del found[at : at + chance.randint(1, 30)]
            case 2:
                found[at:at] = chance.choice((b"\0", b'"', b"\n", b"\xff", b",", b"<", b"&x;", b"9" * 20, b"\t", b"- "))
            case _:
                found[at:at] = found[at : at + chance.randint(1, 30)]
    return bytes(found)
