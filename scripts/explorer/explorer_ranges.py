"""Simulate some plausible worlds at few of the explorer's settings: how far they lie from the world that it shows."""

from pathlib import Path

from iatrogenesis.core.files import write_csv
from iatrogenesis.evidence.ensemble import read_ensemble
from iatrogenesis.evidence.unknowns import Unknowns
from iatrogenesis.explorer.ranges import deviations, simulated
from iatrogenesis.explorer.settings import Explorer
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup


def main(
    ensemble_path: str,
    explorer: dict,
    worlds: dict[str, dict],
    calibrated: list[dict],
    associations: dict[str, dict],
    setup: dict,
    cores: int,
    table_path: str,
) -> None:
    """Write one row per headline number, part of the formula and member; `calibrated` are the ensemble's scenarios."""
    explorer, setup = Explorer.model_validate(explorer), Setup.model_validate(setup).apart("explorer, ranges")
    nodes = [Scenario.model_validate(one) for one in calibrated]
    unknowns = Unknowns(nodes, setup.judgement.instruments, associations)
    values = unknowns.split(read_ensemble(Path(ensemble_path), unknowns.names))
    scenarios = {name: Scenario.model_validate(one) for name, one in worlds.items()}
    counted = simulated(setup, explorer, scenarios, values, cores)
    table = deviations(counted)
    write_csv(table, table_path)
    print(f"{table['member'].nunique()} plausible worlds at {len(counted)} settings", flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            ensemble_path=snakemake.input.ensemble,
            explorer=snakemake.params.explorer,
            worlds={name: snakemake.params[name] for name in ("world", "prevented", "reference")},
            calibrated=snakemake.params.calibrated,
            associations=snakemake.params.associations,
            setup=snakemake.params.setup,
            cores=snakemake.threads,
            table_path=snakemake.output.table,
        )
