"""``iatrogenesis export``: tables and draws in the forms that other programs read."""

from pathlib import Path

import click

from iatrogenesis.core.tables import DataError

TABLES = ("csv", "parquet", "sav")
TARGETS = (*TABLES, "datapackage", "draws")


@click.command(short_help="Tables and draws for SPSS, R and archives.")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@click.option("--to", "target", type=click.Choice(TARGETS), required=True, help="Which form.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder; by default export/ within the results."
)
@click.option("--scenario", help="Of a study: whose tables; base unless said.")
@click.option("--model", help="Draws: of which model; all unless said.")
@click.option("--dataset", help="Draws of a study: fitted to what; base unless said.")
@click.option(
    "--form", type=click.Choice(["csv", "parquet", "netcdf"]), default="csv", show_default=True, help="Of draws."
)
def export(
    source: Path,
    target: str,
    out: Path | None,
    scenario: str | None,
    model: str | None,
    dataset: str | None,
    form: str,
) -> None:
    """Hand on the tables or the posterior draws of SOURCE.

    SOURCE is the settings file of own data, or a folder of results, such as results/tiny. csv, parquet and sav are one
    file per table, with codebook.csv; sav has labels of variables and values. datapackage is a folder that is both a
    Frictionless data package and a Psych-DS data set. draws are for R: posterior::as_draws_df(read.csv(file,
    check.names = FALSE)).

    Example: iatrogenesis export results/tiny --to sav
    """
    try:
        paths = _exported(source, target, out, scenario, model, dataset, form)
    except (DataError, OSError) as error:
        raise click.ClickException(str(error)) from None
    for path in paths:
        click.echo(path)


def _exported(
    source: Path,
    target: str,
    out: Path | None,
    scenario: str | None,
    model: str | None,
    dataset: str | None,
    form: str,
) -> list[Path]:
    from iatrogenesis.own_data.exchange.found import found, posteriors  # here: --help waits for no pandas

    if target == "draws":
        return _draws(posteriors(_results(source), model, dataset), _folder(source, out, target), form)
    data = found(source, scenario)
    folder = _folder(source, out, target)
    if target == "datapackage":
        from iatrogenesis.own_data.exchange.package import write_package

        return write_package(data, folder)
    from iatrogenesis.own_data.exchange.tabular import write_tables

    return write_tables(data, folder, target)


def _draws(paths: dict[str, Path], folder: Path, form: str) -> list[Path]:
    from iatrogenesis.inference.data.posterior import load
    from iatrogenesis.own_data.exchange.draws import FORMS, write_draws

    written = []
    for name, path in paths.items():
        written.append(folder / f"{name}{FORMS[form]}")
        write_draws(load(path), written[-1], form)
    return written


def _results(source: Path) -> Path:
    """The folder of results that belongs to a source."""
    if source.is_dir():
        return source
    from iatrogenesis.own_data.loading import load_settings

    return Path("results") / load_settings(source).name


def _folder(source: Path, out: Path | None, target: str) -> Path:
    folder = out or _results(source) / "export" / target
    folder.mkdir(parents=True, exist_ok=True)
    return folder
