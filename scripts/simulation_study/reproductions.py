"""Reproduce published simulations of therapists, and compare the results with the published ones."""

from iatrogenesis.core.files import write_csv
from iatrogenesis.simulation_study.reproduced import Published, Reproduced
from iatrogenesis.simulation_study.reproductions import table
from iatrogenesis.verification.records import recorded


def main(seed: int, replicates: int, evidence: dict[str, float], reproduced: dict, table_path: str) -> None:
    """Write one row per study, setting and quantity."""
    found = table(seed, replicates, Published.of(evidence), Reproduced.model_validate(reproduced))
    write_csv(found, table_path)
    print(found.to_string(index=False))


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            seed=snakemake.params.seed,
            replicates=snakemake.params.replicates,
            evidence=snakemake.params.evidence,
            reproduced=snakemake.params.reproduced,
            table_path=snakemake.output.table,
        )
