"""The report as a document on paper: the page's text, typeset."""

from pathlib import Path
from tempfile import TemporaryDirectory

from iatrogenesis.core.files import replacing
from iatrogenesis.report.typeset import typst as source_of

AUTHOR = "Iatrogenesis"


def pdf(html: str, path: Path) -> None:
    """Typeset the page, and write the document in one step.

    Parameters
    ----------
    html
        As `iatrogenesis.own_data.reporting.page.report` returns it.
    """
    import typst

    with TemporaryDirectory() as folder, replacing(path) as unfinished:
        source = Path(folder, "report.typ")
        source.write_text(source_of(html, Path(folder), AUTHOR), encoding="utf-8")
        # Only the fonts that come with the compiler: the same document on every machine.
        unfinished.write_bytes(typst.compile(str(source), root=folder, ignore_system_fonts=True))
