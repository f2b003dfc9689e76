"""What a job read and wrote: a record beside the results, which the job leaves itself when it has ended well.

Snakemake compares times. A digit that is altered by hand, with the time kept or not, is a result like any other to it.
So each job records the SHA-256 of what it read when it began and of what it wrote when it ended. Then three things have
to agree for every file: what its rule wrote, what the next rule read, and what is there now.
"""

import hashlib
import json
import sys
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from iatrogenesis.core.files import write_json
from iatrogenesis.core.logs import logged

FOLDER = "records"
STAMP = ".snakemake_timestamp"
"""What Snakemake puts into a folder that is an output, after the job."""
Hashes = dict[str, str]
"""SHA-256 in hexadecimal by path."""


@dataclass(frozen=True)
class Record:
    """One job. Paths in ``read`` and ``written`` are relative to the folder of results, others as Snakemake has them.

    ``code``: the script and what it reaches of the library. ``given``: inputs from elsewhere, such as ``config``.
    ``params``: hash of the rule's parameters. ``folders``: outputs that are folders, whose files are in ``written``.
    """

    rule: str
    params: str
    code: Hashes = field(default_factory=dict)
    given: Hashes = field(default_factory=dict)
    read: Hashes = field(default_factory=dict)
    written: Hashes = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)


@contextmanager
def recorded(job: Any) -> Generator[None]:
    """Log a job (see `iatrogenesis.core.logs.logged`) and leave its record, ``records/<place of its log>.json``.

    Parameters
    ----------
    job
        Snakemake's object of that name in a script: rule, input (code apart), output, params, and a log below ``logs``.
    """
    log = Path(job.log[0])
    with logged(log):
        at = log.parts.index("logs")
        results = Path(*log.parts[:at])
        place = (results / FOLDER).joinpath(*log.parts[at + 1 :]).with_suffix(".json")
        place.unlink(missing_ok=True)  # of a job that fails nothing is known
        code = {str(path) for path in job.input.get("code", [])}
        inside, outside = _apart((path for path in map(str, job.input) if path not in code), results)
        found = {"code": hashes([*code, _script()]), "given": hashes(outside), "read": hashes(inside, results)}
        params = json.dumps(dict(job.params.items()), sort_keys=True, default=str)
        yield
        written, _ = _apart(map(str, job.output), results)
        folders = [path for path in written if (results / path).is_dir()]
        record = Record(job.rule, _sha(params.encode()), **found, written=hashes(written, results), folders=folders)
        place.parent.mkdir(parents=True, exist_ok=True)
        write_json(asdict(record), place)


def read_records(results: Path) -> list[Record]:
    """Records of all jobs, by their place; one that cannot be read, or is no record, tells nothing, and is left out."""
    found = []
    for path in sorted((results / FOLDER).rglob("*.json")):
        if path.is_file() and not path.is_symlink():
            with suppress(ValueError, TypeError, OSError, RecursionError):
                found.append(_sound(Record(**json.loads(path.read_bytes()))))
    return found


def _sound(record: Record) -> Record:
    """The record, if all in it has its type; raise TypeError or ValueError else."""
    tables = (record.code, record.given, record.read, record.written)
    if not (record.rule and all(isinstance(table, dict) for table in tables) and isinstance(record.folders, list)):
        raise TypeError
    texts = [record.rule, record.params, *record.folders]
    for table in tables:
        texts += [*table.keys(), *table.values()]
    for text in texts:
        if not isinstance(text, str):
            raise TypeError
        text.encode()  # half a surrogate pair cannot be
    return record


def hashes(paths: Iterable[str], folder: Path = Path()) -> Hashes:
    """SHA-256 of files by path below a folder; of a directory, of each file in it."""
    found = {}
    for path in paths:
        whole = folder / path
        for file in sorted(whole.rglob("*")) if whole.is_dir() else [whole]:
            if file.is_file() and file.name != STAMP:
                found[str(file.relative_to(folder)) if folder.parts else str(file)] = sha256(file)
    return found


def sha256(path: Path) -> str:
    """SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_of(found: Mapping[str, str]) -> str:
    """One hash of several: of their lines as ``sha256sum`` would write them, sorted by path."""
    return _sha("".join(f"{value}  {path}\n" for path, value in sorted(found.items())).encode())


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _apart(paths: Iterable[str], results: Path) -> tuple[list[str], list[str]]:
    """Paths below the results, relative to them, and the others."""
    inside, outside = [], []
    for path in paths:
        below = Path(path).is_relative_to(results)
        (inside if below else outside).append(str(Path(path).relative_to(results)) if below else path)
    return inside, outside


def _script() -> str:
    """The file that runs, as Snakemake's scripts say it; relative to where the workflow runs, if it is below."""
    path = Path(sys.modules["__main__"].__file__ or "").resolve()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
