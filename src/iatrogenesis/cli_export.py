"""``iatrogenesis export``: tables and draws in the forms that other programs read."""

from pathlib import Path

import click

TABLES = ("csv", "parquet", "sav")
TARGETS = (*TABLES, "datapackage", "draws")


@click.command(short_help="Tables and draws for SPSS, R and archives.")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@click.option("--to", "target", type=click.Choice(TARGETS), required=True, help="Which form.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder; by default export/ within the results."
)
@click.option("--scenario", help="Of a study: whose tables; routine_care unless said.")
@click.option("--model", help="Draws: of which model; all unless said.")
@click.option("--dataset", help="Draws of a study: fitted to what; routine_care unless said.")
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
    from iatrogenesis.core.tables import DataError  # here: --help waits for no pandas

    try:
        if target == "draws":
            paths = _draws(source, out, form, model, dataset)
        else:
            paths = _tables(source, out, target, scenario)
    except (DataError, OSError) as error:
        raise click.ClickException(str(error)) from None
    for path in paths:
        click.echo(path)


def _tables(source: Path, out: Path | None, target: str, scenario: str | None) -> list[Path]:
    from iatrogenesis.own_data.exchange.found import found

    data = found(source, scenario)
    if data.personal:
        click.echo("These tables are about real people: keep them as safe as the data they come from.", err=True)
    if target == "datapackage":
        from iatrogenesis.own_data.exchange.package import write_package

        return write_package(data, _folder(source, out, target))
    from iatrogenesis.own_data.exchange.tabular import write_tables

    return write_tables(data, _folder(source, out, target), target)


def _draws(source: Path, out: Path | None, form: str, model: str | None, dataset: str | None) -> list[Path]:
    from iatrogenesis.inference.data.posterior import load
    from iatrogenesis.own_data.exchange.draws import FORMS, write_draws
    from iatrogenesis.own_data.exchange.found import posteriors, results_of

    paths = posteriors(results_of(source), model, dataset)
    folder = _folder(source, out, "draws")
    written = []
    for name, path in paths.items():
        written.append(folder / f"{name}{FORMS[form]}")
        write_draws(load(path), written[-1], form)
    return written


def _folder(source: Path, out: Path | None, target: str) -> Path:
    from iatrogenesis.own_data.exchange.found import results_of

    folder = out or results_of(source) / "export" / target
    folder.mkdir(parents=True, exist_ok=True)
    return folder
