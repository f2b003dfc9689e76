"""Clients, on a disk that somebody else fills meanwhile, if the variable ``FULL`` says so."""

# ruff: noqa: F821  `snakemake` is given to the script by Snakemake

import errno
import os
from pathlib import Path

from iatrogenesis.core.files import write_json
from iatrogenesis.core.logs import logged


def fill(path: Path) -> None:
    """Leave no byte free."""
    size = 1_000_000
    with path.open("wb", buffering=0) as file:
        while size:
            try:
                file.write(bytes(size))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                size //= 10


def main(clients: str) -> None:
    if ballast := os.environ.get("FULL"):
        fill(Path(ballast))
    write_json(list(range(100_000)), clients)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(snakemake.output.clients)
