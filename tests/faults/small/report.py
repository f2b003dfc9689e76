"""A page about the clients."""

# ruff: noqa: F821  `snakemake` is given to the script by Snakemake

from iatrogenesis.core.files import read_json, write_text
from iatrogenesis.core.logs import logged


def main(clients: str, page: str) -> None:
    write_text(f"{len(read_json(clients))} clients\n", page)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(snakemake.input.clients, snakemake.output.page)
