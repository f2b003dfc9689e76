"""Write the explorer's page."""

from iatrogenesis.core.files import read_csv, read_parquet, write_text
from iatrogenesis.core.logs import logged
from iatrogenesis.explorer.page import averted, page
from iatrogenesis.explorer.settings import Explorer, usual
from iatrogenesis.explorer.surface import Surface
from iatrogenesis.explorer.words import Words
from iatrogenesis.world.scenarios import Scenario


def main(
    measures: str, check: str, preventions: str, explorer: dict, world: dict, words: dict, averting: dict, about: dict,
    page_path: str,
) -> None:  # fmt: skip
    """Render the page from what was simulated."""
    explorer = Explorer.model_validate(explorer)
    surface = Surface.of(explorer, usual(Scenario.model_validate(world)), read_parquet(measures))
    averts = averted(read_csv(preventions), averting)
    text = page(explorer, surface, Words.model_validate(words), read_csv(check), averts, about)
    write_text(text, page_path)
    print(f"{len(text.encode()) / 1e6:.1f} MB", flush=True)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            measures=snakemake.input.measures,
            check=snakemake.input.check,
            preventions=snakemake.input.preventions,
            explorer=snakemake.params.explorer,
            world=snakemake.params.world,
            words=snakemake.params.words,
            averting=snakemake.params.averting,
            about={
                "study": snakemake.wildcards.study,
                "commit": snakemake.params.commit,
                "published": f"{1000 * snakemake.params.published:.0f}",
            },
            page_path=snakemake.output.page,
        )
