"""Run a notebook and render it as a page."""

from pathlib import Path

from iatrogenesis.core.files import write_text
from iatrogenesis.report.notebook import executed, page
from iatrogenesis.verification.records import recorded


def main(notebook: str, name: str, study: str, commit: str, page_path: str) -> None:
    """Write the page only if every cell ran."""
    write_text(page(executed(Path(notebook)), name, study, commit), page_path)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            notebook=snakemake.input.notebook,
            name=snakemake.wildcards.notebook,
            study=snakemake.wildcards.study,
            commit=snakemake.params.commit,
            page_path=snakemake.output.page,
        )
