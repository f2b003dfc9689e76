"""Write the record of the run: settings, fingerprints of the files, versions, and what each rule cost."""

from pathlib import Path

import yaml

from iatrogenesis.core.files import write_text
from iatrogenesis.core.logs import logged
from iatrogenesis.own_data.record import record
from iatrogenesis.own_data.settings import OwnData


def main(settings: dict, files: list[str], target: str) -> None:
    """Write run.yaml."""
    found = record(OwnData.model_validate(settings), [Path(file) for file in files], Path(target).parent)
    write_text(yaml.safe_dump(found, sort_keys=False, allow_unicode=True), target)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            settings=snakemake.params.settings,
            files=snakemake.input.files,
            target=snakemake.output.record,
        )
