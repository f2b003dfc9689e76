"""Draw some figures, each from its tables."""

from inspect import signature

from iatrogenesis.core.files import read_csv, read_parquet
from iatrogenesis.core.logs import logged
from iatrogenesis.core.registry import member
from iatrogenesis.figures.style import save


def main(tables: dict[str, dict[str, str]], base: str, drawn: dict[str, list[str]]) -> None:
    """Read each figure's tables, choose the rows it is about, draw, save."""
    for figure, paths in tables.items():
        module = member("iatrogenesis.figures", figure)
        found = {name: (read_csv if path.endswith(".csv") else read_parquet)(path) for name, path in paths.items()}
        for name, columns in getattr(module, "ROWS", {}).items():
            for column, value in columns.items():
                found[name] = found[name][found[name][column] == value.format(base=base)]
        if "base" in signature(module.draw).parameters:
            found["base"] = base
        save(module.draw(**found), *drawn[figure])
        print(figure, flush=True)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(tables=snakemake.params.tables, base=snakemake.params.base, drawn=snakemake.params.drawn)
