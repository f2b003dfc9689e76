"""What these data could have shown: outcomes simulated for the service's own clients, analysed in the same way."""

from pathlib import Path

from iatrogenesis.core.logs import logged
from iatrogenesis.own_data import could_have_shown
from iatrogenesis.own_data.analysis.fits import priors_of
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.own_data.settings import OwnData
from iatrogenesis.own_data.table_files import write_tables


def main(prepared: str, settings: dict, targets: list[str], workers: int) -> None:
    """Write error rates of the rules that flag, and what effects could have been found."""
    own = OwnData.model_validate(settings)
    found = could_have_shown.tables(Prepared.read(Path(prepared)), own, priors_of(own), workers=workers)
    write_tables(found, targets, own.privacy)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            prepared=snakemake.input.prepared,
            settings=snakemake.params.settings,
            targets=snakemake.output.tables,
            workers=snakemake.threads,
        )
