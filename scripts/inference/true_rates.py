"""Give every therapist of routine care a very long list of clients and count."""

import numpy as np

from iatrogenesis.core.files import write_csv
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.judged import Sample
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup
from iatrogenesis.world.tidy import therapists_table


def main(routine_care: dict, design: dict, setup: dict, table_path: str) -> None:
    """Write each therapist's long-run rate with its Monte Carlo standard error."""
    setup, design = Setup.model_validate(setup), Design.model_validate(design)
    run = setup.run(Scenario.model_validate(routine_care), design)
    sample = Sample.of(run, setup.instruments, setup.judgement)
    finished = np.bincount(sample.unit, weights=sample.finished)
    rate = np.bincount(sample.unit, weights=sample.deteriorated) / finished
    table = therapists_table(run)[["therapist_id", "competence"]]
    table = table.assign(
        true_rate=rate, true_rate_mcse=np.sqrt(rate * (1 - rate) / finished), courses=finished.astype(int)
    )
    write_csv(table, table_path)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            routine_care=snakemake.params.routine_care,
            design=snakemake.params.design,
            setup=snakemake.params.setup,
            table_path=snakemake.output.table,
        )
