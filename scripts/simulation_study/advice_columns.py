"""Precision and power by number of therapists, for some numbers of clients per therapist."""

from iatrogenesis.core.files import write_csv
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.simulation_study.advice import column
from iatrogenesis.simulation_study.grid import Advice
from iatrogenesis.verification.records import recorded


def main(grid: dict, priors: dict, seed: int, paths: dict[int, str]) -> None:
    """Write one row per quantity and number of therapists, in a file for each number of clients."""
    for clients, path in paths.items():
        found = column(Advice.model_validate(grid), clients, Priors.model_validate(priors), seed)
        write_csv(found, path)
        print(f"{clients} clients per therapist: {len(found)} quantities", flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            grid=snakemake.params.grid,
            priors=snakemake.params.priors,
            seed=snakemake.params.seed,
            paths=dict(zip(snakemake.params.columns, snakemake.output.tables, strict=True)),
        )
