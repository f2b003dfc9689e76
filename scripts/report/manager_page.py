"""Write the one-page answer for a service's manager."""

from math import exp
from pathlib import Path

from iatrogenesis.core.files import read_json, write_text
from iatrogenesis.report.pictures import page_figures
from iatrogenesis.report.render import render
from iatrogenesis.verification.records import recorded


def main(numbers: str, figure: str, words: dict, grid: dict, study: str, commit: str, page: str) -> None:
    """Render the page from the numbers of the report."""
    effects, sizes = sorted(grid["burnout"]), sorted(grid["clients"])
    effect = effects[len(effects) // 2]
    about = {
        "rate": f"{1000 * grid['rate']:.0f}",
        "sd": f"{grid['therapist_sd'][0]:g}",
        "sizes": [f"{size:g}" for size in sizes],
        "few": f"{sizes[0]:g}",
        "effect": f"{effect:g}",
        "raised": f"{100 * (exp(effect) - 1):.0f}",
    }
    text = render(
        numbers=read_json(numbers),
        figures=page_figures({"policies": Path(figure).read_bytes()}, words),
        tables={},
        about={**about, "study": study, "commit": commit},
        template="manager.html.j2",
    )
    write_text(text, page)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            numbers=snakemake.input.numbers,
            figure=snakemake.input.figure,
            words=snakemake.params.words,
            grid=snakemake.params.grid,
            study=snakemake.wildcards.study,
            commit=snakemake.params.commit,
            page=snakemake.output.page,
        )
