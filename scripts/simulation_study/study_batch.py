"""Ask a group of methods about some replicates of a cell of the simulation study."""

from iatrogenesis.core.files import write_parquet
from iatrogenesis.simulation_study.cells import Cell
from iatrogenesis.simulation_study.data_generation import Surroundings
from iatrogenesis.simulation_study.methods.answer import Settings
from iatrogenesis.simulation_study.run import run
from iatrogenesis.verification.records import recorded


def main(
    cell: dict, surroundings: dict, worlds_path: str | None, settings: dict, replicates: list[int],
    paths: dict[str, tuple[str, str]],
) -> None:  # fmt: skip
    """Write what each method says, of estimands and of therapists; `paths` are two files for each method."""
    cell, surroundings = Cell.model_validate(cell), Surroundings.model_validate(surroundings).within(worlds_path)
    settings = Settings.model_validate(settings)
    for method, estimates, therapists in run(list(paths), cell, surroundings, settings, range(*replicates)):
        to_estimates, to_therapists = paths[method]
        write_parquet(therapists, to_therapists)
        write_parquet(estimates, to_estimates)
        problems = estimates.loc[estimates["problem"] != "", "problem"]
        print(f"{method}: {len(problems)} data sets without an answer", *problems[:3], sep="; ", flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            cell=snakemake.params.cell,
            surroundings=snakemake.params.surroundings,
            worlds_path=snakemake.input.get("numbers"),
            settings=snakemake.params.settings,
            replicates=snakemake.params.replicates,
            paths={
                method: files
                for method, *files in zip(
                    snakemake.params.methods, snakemake.output.estimates, snakemake.output.therapists, strict=True
                )
            },
        )
