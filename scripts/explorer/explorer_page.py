"""Write the explorer's page."""

from iatrogenesis.core.files import read_csv, read_parquet, write_text
from iatrogenesis.explorer.page import averted, page
from iatrogenesis.explorer.ranges import Ranges
from iatrogenesis.explorer.settings import Explorer, usual
from iatrogenesis.explorer.surface import Surface
from iatrogenesis.explorer.words import Words
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.scenarios import Scenario


def main(
    tables: dict[str, str], explorer: dict, world: dict, words: dict, averting: dict, about: dict, page_path: str,
) -> None:  # fmt: skip
    """Render the page from what was simulated."""
    explorer = Explorer.model_validate(explorer)
    at = usual(Scenario.model_validate(world))
    surface = Surface.of(explorer, at, read_parquet(tables["measures"]))
    ranges = Ranges.of(explorer, at, read_csv(tables["ranges"]))
    averts = averted(read_csv(tables["preventions"]), averting)
    check, courses = (read_csv(tables[name]) for name in ("check", "courses"))
    text = page(explorer, surface, Words.model_validate(words), check, averts, ranges, courses, about)
    write_text(text, page_path)
    print(f"{len(text.encode()) / 1e6:.1f} MB", flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            tables={name: snakemake.input[name] for name in ("measures", "check", "preventions", "ranges", "courses")},
            explorer=snakemake.params.explorer,
            world=snakemake.params.world,
            words=snakemake.params.words,
            averting=snakemake.params.averting,
            about={
                "study": snakemake.wildcards.study,
                "commit": snakemake.params.commit,
                "published": round(1000 * snakemake.params.published),
                "instrument": snakemake.params.instrument,
            },
            page_path=snakemake.output.page,
        )
