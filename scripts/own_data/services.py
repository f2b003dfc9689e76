"""Services and periods from counts: rates with intervals, forecasts, and how good forecasts have been."""

from pathlib import Path

from iatrogenesis.core.logs import logged
from iatrogenesis.own_data import services
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.own_data.settings import OwnData
from iatrogenesis.own_data.table_files import write_tables


def main(prepared: str, settings: dict, targets: list[str]) -> None:
    """Write their tables."""
    print("Comparing the units, and forecasting their next period", flush=True)
    own = OwnData.model_validate(settings)
    write_tables(services.tables(Prepared.read(Path(prepared)), own), targets, own.privacy)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            prepared=snakemake.input.prepared,
            settings=snakemake.params.settings,
            targets=snakemake.output.tables,
        )
