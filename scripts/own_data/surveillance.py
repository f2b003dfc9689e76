"""Over time: charts of therapists and services, and what is stable and what drifts over periods."""

from pathlib import Path

from iatrogenesis.core.logs import logged
from iatrogenesis.own_data import periods, surveillance
from iatrogenesis.own_data.analysis.fits import priors_of
from iatrogenesis.own_data.expected import expected
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.own_data.settings import OwnData
from iatrogenesis.own_data.table_files import write_tables


def main(prepared: str, settings: dict, targets: list[str]) -> None:
    """Write their tables, all against the risk that case mix leads to expect."""
    print("Looking at how rates move over time", flush=True)
    own, ready = OwnData.model_validate(settings), Prepared.read(Path(prepared))
    priors = priors_of(own)
    risk = expected(ready, priors, own.analysis.seed)
    found = surveillance.tables(ready, own, risk) | {"periods": periods.table(ready, own, priors, risk)}
    write_tables(found, targets, own.privacy)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            prepared=snakemake.input.prepared,
            settings=snakemake.params.settings,
            targets=snakemake.output.tables,
        )
