"""Render the paper and its supplement from numbers, tables and figures."""

from pathlib import Path

from iatrogenesis.core.claims import Claims
from iatrogenesis.core.files import read_csv, read_json, write_text
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.references import read_references
from iatrogenesis.report.page import page_tables, page_words
from iatrogenesis.report.pages import report_pages
from iatrogenesis.report.pictures import page_figures
from iatrogenesis.report.run_record import versions
from iatrogenesis.report.traces import traces
from iatrogenesis.simulation_study.policy_world import PolicyWorld
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.scenarios import Scenario

KINDS = {"policies": PolicyWorld, "instruments": Instruments}


def main(
    paths: dict[str, str], figures: dict[str, str], about: dict, worlds: dict, priors: dict, outputs: dict[str, str]
) -> None:
    """Write both pages, each to the path that `outputs` has for its name."""
    titles = about["titles"]
    worlds = {name: KINDS.get(name, Scenario).model_validate(world) for name, world in worlds.items()}
    results = {name: read_csv(path) for name, path in paths.items() if path.endswith(".csv")}
    references = read_references(Path(paths["references"]))
    numbers = read_json(paths["numbers"])
    tables = page_tables(results, worlds, titles, priors, references)
    tables["traces"] = traces(Claims.model_validate(about["claims"]).root, numbers, about["made_by"])
    pages = report_pages(
        numbers=numbers,
        figures=page_figures({name: Path(path).read_bytes() for name, path in figures.items()}, about["words"]),
        tables=tables,
        about={
            **page_words(results, worlds["routine_care"]),
            "study": about["study"],
            "commit": about["commit"],
            "judged_by": about["judged_by"],
            "versions": [f"{name} {version}" for name, version in versions().items()],
        },
        references=references,
    )
    for name, path in outputs.items():
        write_text(pages[name], path)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            paths={n: str(p) for n, p in snakemake.input.items() if n not in ("code", "figures")},
            figures=dict(zip(snakemake.params.figures, snakemake.input.figures, strict=True)),
            about={
                "study": snakemake.wildcards.study,
                "titles": snakemake.params.titles,
                "words": snakemake.params.words,
                "commit": snakemake.params.commit,
                "judged_by": snakemake.params.judged_by,
                "claims": snakemake.params.claims,
                "made_by": snakemake.params.made_by,
            },
            worlds=snakemake.params.worlds,
            priors=snakemake.params.priors,
            outputs={"report.html": snakemake.output.report, "supplement.html": snakemake.output.supplement},
        )
