"""Typeset the report and its supplement for paper."""

from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from iatrogenesis.core.files import read_text, replacing
from iatrogenesis.report.typeset import typst as source_of
from iatrogenesis.verification.records import recorded


def main(report: str, author: str, pdf: str) -> None:
    """Turn the page into a document, and write it in one step."""
    with TemporaryDirectory() as folder, replacing(pdf) as unfinished:
        source = Path(folder, "report.typ")
        source.write_text(source_of(read_text(report), Path(folder), author), encoding="utf-8")
        # Only the fonts that come with the compiler: the same document on every machine.
        unfinished.write_bytes(typst.compile(str(source), root=folder, ignore_system_fonts=True))
    print(f"{pdf}: {Path(pdf).stat().st_size:,} bytes", flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        for page, pdf in zip(snakemake.input[:2], snakemake.output, strict=True):
            main(report=page, author=snakemake.params.author, pdf=pdf)
