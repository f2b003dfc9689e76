"""Show every figure on one page, with its caption and its files."""

from pathlib import Path

from iatrogenesis.core.files import write_text
from iatrogenesis.report.pages import page_of
from iatrogenesis.report.pictures import page_figures
from iatrogenesis.report.render import render
from iatrogenesis.verification.records import recorded


def main(
    figures: dict[str, str], words: dict, of_study: list[str], forms: list[str], study: str, commit: str, page: str
) -> None:
    """Write the page; figures of the simulation study come second."""
    others = [name for name in figures if name not in of_study]
    groups = [{"title": "The simulated world and the models", "figures": others}]
    groups.append({"title": "The simulation study", "figures": of_study})
    drawn = {name: Path(path).read_bytes() for name, path in figures.items()}
    text = render(
        numbers={},
        figures=[figure | {"page": page_of(figure["name"])} for figure in page_figures(drawn, words)],
        tables={},
        about={"study": study, "commit": commit, "groups": groups, "forms": forms},
        template="gallery.html.j2",
    )
    write_text(text, page)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            figures=dict(zip(snakemake.params.figures, snakemake.input.figures, strict=True)),
            words=snakemake.params.words,
            of_study=snakemake.params.of_study,
            forms=snakemake.params.forms,
            study=snakemake.wildcards.study,
            commit=snakemake.params.commit,
            page=snakemake.output.page,
        )
