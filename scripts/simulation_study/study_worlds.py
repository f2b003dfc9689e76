"""Take from the ensemble the plausible worlds in which family B is simulated."""

from pathlib import Path

from iatrogenesis.evidence.unknowns import Unknowns
from iatrogenesis.simulation_study.worlds import plausible, write_worlds
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.scenarios import Scenario


def main(
    ensemble_path: str, scenarios: list[dict], associations: dict, judged: list[str], number: int, path: str
) -> None:
    """Write the numbers of each world."""
    unknowns = Unknowns([Scenario.model_validate(one) for one in scenarios], judged, associations)
    worlds = plausible(Path(ensemble_path), unknowns, number)
    write_worlds(worlds, path)
    print(f"{len(worlds)} worlds, {len(worlds[0])} numbers each", flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            ensemble_path=snakemake.input.ensemble,
            scenarios=snakemake.params.scenarios,
            associations=snakemake.params.associations,
            judged=snakemake.params.judged,
            number=snakemake.params.number,
            path=snakemake.output.numbers,
        )
