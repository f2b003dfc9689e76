"""Write the report, as a page and on paper, and its first answers as a text."""

from pathlib import Path

from iatrogenesis.core.files import write_text
from iatrogenesis.core.logs import logged
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.own_data.reporting.cells import read_tables
from iatrogenesis.own_data.reporting.numbers import numbers
from iatrogenesis.own_data.reporting.page import report
from iatrogenesis.own_data.reporting.pdf import pdf
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.sentences import answers, headline
from iatrogenesis.own_data.settings import OwnData


def main(prepared: str, tables: list[str], figures: str, settings: dict, page: str, paper: str, text: str) -> None:
    """Write all three."""
    print("Writing the report", flush=True)
    own, about = OwnData.model_validate(settings), Prepared.read(Path(prepared)).about
    there = read_tables(Path(tables[0]).parent)
    found = {Path(table).stem: there[Path(table).stem] for table in tables}  # none that is left from other settings
    drawn = {path.stem: path.read_text(encoding="utf-8") for path in sorted(Path(figures).glob("*.svg"))}
    html = report(found, about, own, drawn)
    write_text(html, page)
    pdf(html, Path(paper))
    results = Results(found, about, own)
    known = numbers(results)
    said = [f"{one.question} {one.text}" for one in answers(results, known)]
    write_text("\n".join([headline(results, known), *said, ""]), text)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            prepared=snakemake.input.prepared,
            tables=snakemake.input.tables,
            figures=snakemake.input.figures,
            settings=snakemake.params.settings,
            page=snakemake.output.page,
            paper=snakemake.output.paper,
            text=snakemake.output.text,
        )
