"""Simulate routine care, treated and untreated, and set it beside the published patterns."""

from pathlib import Path

from iatrogenesis.data.files import write_csv
from iatrogenesis.data.logs import logged
from iatrogenesis.evaluate.evidence import evidence_table, read_evidence
from iatrogenesis.scenarios import Scenario
from iatrogenesis.simulate.cohort import Design
from iatrogenesis.simulate.setup import Setup
from iatrogenesis.sources import bibliography_keys


def main(
    evidence_path: str, references_path: str, base: dict, untreated: dict, design: dict, setup: dict, table_path: str
) -> None:
    """Write one row per published pattern."""
    setup, design = Setup.model_validate(setup).apart("evidence"), Design.model_validate(design)
    published = read_evidence(Path(evidence_path), bibliography_keys(Path(references_path)))
    treated, without = (setup.sample(Scenario.model_validate(world), design) for world in (base, untreated))
    write_csv(evidence_table(published, treated, without), table_path)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            evidence_path=snakemake.input.evidence,
            references_path=snakemake.input.references,
            base=snakemake.params.base,
            untreated=snakemake.params.untreated,
            design=snakemake.params.design,
            setup=snakemake.params.setup,
            table_path=snakemake.output.table,
        )
