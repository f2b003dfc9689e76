"""Write the explorer's page."""

from iatrogenesis.core.files import read_csv, read_parquet, write_text
from iatrogenesis.explorer.live.packed import packed
from iatrogenesis.explorer.measure import Measures
from iatrogenesis.explorer.page import averted, page
from iatrogenesis.explorer.ranges import Ranges
from iatrogenesis.explorer.settings import Explorer, usual
from iatrogenesis.explorer.words import Words
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup


def main(
    tables: dict[str, str], explorer: dict, scenarios: dict[str, dict], setup: dict, words: dict, averting: dict,
    about: dict, page_path: str,
) -> None:  # fmt: skip
    """Render the page, with the simulator and those whom it simulates."""
    explorer, setup = Explorer.model_validate(explorer), Setup.model_validate(setup).apart("explorer")
    world, prevented, reference = (
        Scenario.model_validate(scenarios[name]) for name in ("world", "prevented", "reference")
    )
    simulator = packed(explorer, world, prevented, Measures.of(setup, explorer.design, world, reference))
    ranges = Ranges.of(explorer, usual(world), read_csv(tables["ranges"]))
    averts = averted(read_csv(tables["preventions"]), averting)
    measures, courses = read_parquet(tables["measures"]), read_csv(tables["courses"])
    text = page(explorer, simulator, measures, Words.model_validate(words), averts, ranges, courses, about)
    write_text(text, page_path)
    print(f"{len(text.encode()) / 1e6:.1f} MB", flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            tables={name: snakemake.input[name] for name in ("measures", "preventions", "ranges", "courses")},
            explorer=snakemake.params.explorer,
            scenarios={name: snakemake.params[name] for name in ("world", "prevented", "reference")},
            setup=snakemake.params.setup,
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
