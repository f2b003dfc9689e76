"""Draw one figure from its tables."""

from inspect import signature

from iatrogenesis.core.files import read_csv, read_parquet
from iatrogenesis.core.registry import member
from iatrogenesis.figures.style import save
from iatrogenesis.verification.records import recorded


def main(figure: str, paths: dict[str, str], routine_care: str, drawn: list[str]) -> None:
    """Read the tables, choose the rows the figure is about, draw, save."""
    tables = {name: (read_csv if path.endswith(".csv") else read_parquet)(path) for name, path in paths.items()}
    module = member("iatrogenesis.figures", figure)
    for name, columns in getattr(module, "ROWS", {}).items():
        for column, value in columns.items():
            tables[name] = tables[name][tables[name][column] == value.format(routine_care=routine_care)]
    if "routine_care" in signature(module.draw).parameters:
        tables["routine_care"] = routine_care
    save(module.draw(**tables), *drawn)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            figure=snakemake.params.figure,
            paths={name: str(path) for name, path in snakemake.input.items() if name != "code"},
            routine_care=snakemake.params.routine_care,
            drawn=list(snakemake.output),
        )
