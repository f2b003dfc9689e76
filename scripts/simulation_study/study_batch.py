"""Ask one method about some replicates of a cell of the simulation study."""

from iatrogenesis.core.files import write_parquet
from iatrogenesis.core.logs import logged
from iatrogenesis.simulation_study.cells import Cell
from iatrogenesis.simulation_study.data_generation import Surroundings
from iatrogenesis.simulation_study.methods.answer import Settings
from iatrogenesis.simulation_study.run import run


def main(
    method: str, cell: dict, surroundings: dict, settings: dict, replicates: list[int], estimates_path: str,
    therapists_path: str,
) -> None:  # fmt: skip
    """Write what the method says, of estimands and of therapists."""
    cell, surroundings = Cell.model_validate(cell), Surroundings.model_validate(surroundings)
    estimates, therapists = run(method, cell, surroundings, Settings.model_validate(settings), range(*replicates))
    write_parquet(therapists, therapists_path)
    write_parquet(estimates, estimates_path)
    problems = estimates.loc[estimates["problem"] != "", "problem"]
    print(
        f"{len(range(*replicates))} data sets, {len(problems)} without an answer", *problems[:3], sep="; ", flush=True
    )


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            method=snakemake.wildcards.method,
            cell=snakemake.params.cell,
            surroundings=snakemake.params.surroundings,
            settings=snakemake.params.settings,
            replicates=snakemake.params.replicates,
            estimates_path=snakemake.output.estimates,
            therapists_path=snakemake.output.therapists,
        )
