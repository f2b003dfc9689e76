"""How much do so many clients per therapist tell? One column of the grid of advice."""

from iatrogenesis.core.files import write_csv
from iatrogenesis.core.logs import logged
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.simulation_study.advice import Advice, column


def main(grid: dict, clients: int, priors: dict, seed: int, table_path: str) -> None:
    """Write one row per quantity and number of therapists."""
    found = column(Advice.model_validate(grid), clients, Priors.model_validate(priors), seed)
    write_csv(found, table_path)
    print(f"{clients} clients per therapist: {len(found)} quantities", flush=True)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            grid=snakemake.params.grid,
            clients=int(snakemake.wildcards.clients),
            priors=snakemake.params.priors,
            seed=snakemake.params.seed,
            table_path=snakemake.output.table,
        )
