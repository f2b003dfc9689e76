"""Work out what is true of one scenario in each plausible world."""

from iatrogenesis.core.files import write_csv
from iatrogenesis.simulation_study.data_generation import Surroundings
from iatrogenesis.simulation_study.truth_of_worlds import of_worlds
from iatrogenesis.verification.records import recorded


def main(scenario: str, surroundings: dict, numbers_path: str, truth_path: str) -> None:
    """Write one row per world and estimand."""
    found = of_worlds(scenario, Surroundings.model_validate(surroundings).within(numbers_path))
    write_csv(found, truth_path)
    print(found.groupby("estimand")["truth"].describe().to_string(), flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            scenario=snakemake.wildcards.scenario,
            surroundings=snakemake.params.surroundings,
            numbers_path=snakemake.input.numbers,
            truth_path=snakemake.output.truth,
        )
