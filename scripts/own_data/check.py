"""Read and check a service's data; write what was found, then the tables that the analysis starts from."""

from pathlib import Path

from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.logs import logged
from iatrogenesis.own_data import check_files
from iatrogenesis.own_data.nhs.agreement import agreement, disagreements
from iatrogenesis.own_data.preparing import prepared
from iatrogenesis.own_data.privacy import write_table
from iatrogenesis.own_data.settings import OwnData
from iatrogenesis.own_data.table1 import PEOPLE, RATES, WITHIN, table1


def main(settings: dict, folder: str, instruments: dict, target: str) -> None:
    """Write page and tables of the checks first, so that they are there where an analysis is not possible."""
    print("Preparing the tables", flush=True)
    own = OwnData.model_validate(settings)
    found = prepared(own, Path(folder), Instruments.model_validate(instruments))
    check_files.write(found, own, Path(), Path("tables"))
    ready = found.required()
    Path(target).mkdir(parents=True, exist_ok=True)
    ready.write(Path(target))
    write_table(table1(ready), Path("tables", "table1.csv"), own.privacy, counts=PEOPLE, rates=RATES, within=WITHIN)
    if own.data.nhs is not None:
        clients = ready.tables["clients"]
        write_table(agreement(clients, clients), Path("tables", "agreement.csv"), own.privacy, counts=("courses",))
        write_table(disagreements(clients, clients), Path("tables", "disagreements.csv"), own.privacy)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            settings=snakemake.params.settings,
            folder=snakemake.params.folder,
            instruments=snakemake.params.instruments,
            target=snakemake.output.prepared,
        )
