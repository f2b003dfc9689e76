"""Ten years of what a service could do about therapists with bad results."""

from iatrogenesis.core.files import write_csv
from iatrogenesis.core.logs import logged
from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.simulation_study.policies import PolicyWorld, table


def main(world: dict, seed: int, replicates: int, table_path: str) -> None:
    """Write one row per policy and reading of the evidence."""
    found = table(PolicyWorld.model_validate(world), Noise(derived_seed(seed, "policies")), replicates)
    write_csv(found, table_path)
    print(found.to_string(index=False), flush=True)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            world=snakemake.params.world,
            seed=snakemake.params.seed,
            replicates=snakemake.params.replicates,
            table_path=snakemake.output.table,
        )
