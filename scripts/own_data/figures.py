"""Draw every picture that the tables allow."""

from pathlib import Path

from iatrogenesis.core.logs import logged
from iatrogenesis.own_data.figures import draw_all
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.own_data.reporting.cells import read_tables
from iatrogenesis.own_data.settings import OwnData


def main(prepared: str, tables: list[str], settings: dict, target: str) -> None:
    """Draw them into a folder of their own."""
    print("Drawing", flush=True)
    Path(target).mkdir(parents=True, exist_ok=True)
    about = Prepared.read(Path(prepared)).about
    there = read_tables(Path(tables[0]).parent)
    found = {Path(table).stem: there[Path(table).stem] for table in tables}  # none that is left from other settings
    draw_all(found, about, OwnData.model_validate(settings), Path(target))


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            prepared=snakemake.input.prepared,
            tables=snakemake.input.tables,
            settings=snakemake.params.settings,
            target=snakemake.output.figures,
        )
