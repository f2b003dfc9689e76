"""Describe the simulated clients and therapists beside the published ones, and count clients from step to step."""

from pathlib import Path

from iatrogenesis.core.files import read_csv, write_csv
from iatrogenesis.core.sources import bibliography_keys, records
from iatrogenesis.evidence.client_flow import STEPS, flow_table
from iatrogenesis.evidence.counted import Counted
from iatrogenesis.evidence.population import population_table, read_population
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.cohort import Design, in_blocks
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup

BLOCK = 20  # replicates at a time


def main(paths: dict[str, str], world: dict, design: dict, setup: dict, output: dict[str, str]) -> None:
    """Write Table 1 and the flow of clients."""
    setup, design = Setup.model_validate(setup), Design.model_validate(design)
    scenario = Scenario.model_validate(world)
    rows = read_population(Path(paths["population"]), bibliography_keys(Path(paths["references"])))
    counted = Counted({*STEPS, *rows.loc[rows["variable"] != "", "variable"]})
    for block in in_blocks(range(design.replicates), BLOCK):
        counted.add(setup.run(scenario, design, replicates=block), setup.instruments, setup.judgement)
    moments = counted.moments()
    table = population_table(rows, read_csv(paths["evidence"]), records(scenario.world), moments)
    write_csv(table, output["population"])
    write_csv(flow_table(moments, table, design.replicates), output["flow"])


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            paths=dict(snakemake.input.items()),
            world=snakemake.params.world,
            design=snakemake.params.design,
            setup=snakemake.params.setup,
            output=dict(snakemake.output.items()),
        )
