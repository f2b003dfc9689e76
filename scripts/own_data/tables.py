"""Answer every question from the posteriors, one table each."""

from pathlib import Path

from iatrogenesis.core.logs import logged
from iatrogenesis.core.tables import made_as_a_whole
from iatrogenesis.inference.data.posterior import load
from iatrogenesis.own_data.analysis.fits import priors_of
from iatrogenesis.own_data.analysis.tables import tables
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.own_data.settings import OwnData
from iatrogenesis.own_data.table_files import write_tables


def main(prepared: str, posterior: str, settings: dict, targets: list[str]) -> None:
    """Write all tables of the analysis."""
    print("Working out rates, ranks and flags, and what they depend on", flush=True)
    own = OwnData.model_validate(settings)
    with made_as_a_whole(Path(posterior)):
        posteriors = {path.stem: load(path) for path in sorted(Path(posterior).glob("*.nc"))}
    found = tables(Prepared.read(Path(prepared)), posteriors, own, priors_of(own))
    write_tables(found, targets, own.privacy)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            prepared=snakemake.input.prepared,
            posterior=snakemake.input.posterior,
            settings=snakemake.params.settings,
            targets=snakemake.output.tables,
        )
