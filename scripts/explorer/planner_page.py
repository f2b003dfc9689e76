"""Write the planning page."""

from pathlib import Path

from iatrogenesis.core.files import read_csv, write_text
from iatrogenesis.explorer.planner import page
from iatrogenesis.planning.usual import configured
from iatrogenesis.verification.records import recorded


def main(points: str, config: str, about: dict, page_path: str) -> None:
    """Fit the surface to the committed plans, and render the page."""
    text = page(read_csv(points), configured(Path(config)).numbers, about)
    write_text(text, page_path)
    print(f"{len(text.encode()) / 1e6:.1f} MB", flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            points=snakemake.input.points,
            config=str(Path(snakemake.input.usual[0]).parent),
            about={"study": snakemake.wildcards.study, "commit": snakemake.params.commit},
            page_path=snakemake.output.page,
        )
