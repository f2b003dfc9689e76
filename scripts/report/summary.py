"""Write the summary in two pages, for the screen and for paper."""

from iatrogenesis.core.files import read_json, replacing, write_text
from iatrogenesis.report.summary.findings import Findings
from iatrogenesis.report.summary.page import pictures, summary
from iatrogenesis.report.summary.paper import pdf
from iatrogenesis.verification.records import recorded


def main(numbers: str, sizes: dict, about: dict, author: str, page: str, paper: str) -> None:
    """Render the page from the numbers of the report, and typeset it."""
    found = Findings(read_json(numbers), {cell: tuple(size) for cell, size in sizes.items()})
    html = summary(found, pictures(found, about), about)
    write_text(html, page)
    with replacing(paper) as unfinished:
        unfinished.write_bytes(pdf(html, author))


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            numbers=snakemake.input.numbers,
            sizes=snakemake.params.sizes,
            about={
                "study": snakemake.wildcards.study,
                "commit": snakemake.params.commit,
                "routes": snakemake.params.routes,
                "preventions": snakemake.params.preventions,
            },
            author=snakemake.params.author,
            page=snakemake.output.page,
            paper=snakemake.output.paper,
        )
