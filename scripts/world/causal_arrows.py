"""List what causes what in the simulated world, and what the strength of each arrow rests on."""

from iatrogenesis.core.files import write_rows
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.causal_arrows import arrows
from iatrogenesis.world.scenarios import Scenario


def main(world: dict, table_path: str) -> None:
    """Write one row per arrow."""
    found = arrows(Scenario.model_validate(world))
    write_rows([{**vars(arrow), "parameters": " ".join(arrow.parameters)} for arrow in found], table_path)


if __name__ == "__main__":
    with recorded(snakemake):
        main(world=snakemake.params.world, table_path=snakemake.output.table)
