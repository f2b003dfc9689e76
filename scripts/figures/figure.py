"""Draw one figure from its tables."""

from iatrogenesis.core.files import read_csv, read_parquet
from iatrogenesis.core.logs import logged
from iatrogenesis.core.registry import member
from iatrogenesis.figures.style import save


def main(figure: str, paths: dict[str, str], base: str, drawn: list[str]) -> None:
    """Read the tables, choose the rows the figure is about, draw, save."""
    tables = {name: (read_csv if path.endswith(".csv") else read_parquet)(path) for name, path in paths.items()}
    if "therapists" in tables:
        rows = tables["therapists"]
        dataset = "hospitals" if figure == "hospitals" else base
        tables["therapists"] = rows[(rows["dataset"] == dataset) & (rows["model"] == "null")]
    if figure == "posterior_against_truth":
        tables["base"] = base
    save(member("iatrogenesis.figures", figure).draw(**tables), *drawn)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            figure=snakemake.params.figure,
            paths={name: str(path) for name, path in snakemake.input.items() if name != "code"},
            base=snakemake.params.base,
            drawn=list(snakemake.output),
        )
