"""``iatrogenesis init``, ``check`` and ``analyse``: a service's own data, from a file to a report."""

import os
import shlex
import shutil
import signal
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from iatrogenesis.cli_print import say

if TYPE_CHECKING:
    from iatrogenesis.own_data.preparing import Preparation
    from iatrogenesis.own_data.settings import OwnData

SETTINGS = (".yaml", ".yml")
EXISTING = click.Path(path_type=Path, exists=True, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
ERRORS_FOUND = 1
PLURALS = {kind: f"{kind}s" for kind in ("error", "warning", "note")}


def _plainly(command: Callable) -> Callable:
    """Show an error of the data as its text, and end with exit code 1."""

    @wraps(command)
    def plain(*given: Any, **named: Any) -> None:
        from iatrogenesis.core.storage import WriteError
        from iatrogenesis.core.tables import DataError

        try:
            command(*given, **named)
        except (DataError, WriteError) as error:
            raise click.ClickException(str(error)) from None
        except BrokenPipeError:  # whoever read what is printed has gone
            raise
        except OSError as error:  # a folder that is not there, may not be written to, or is full
            place = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{place}{error.strerror}. Correct the path, or ask for permission.") from None

    return plain


@click.command(short_help="Look at your files and write a settings file to correct.")
@click.argument("files", type=EXISTING, nargs=-1)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to write the settings.")
@click.option("--example", is_flag=True, help="Copy the simulated examples into this folder instead.")
@_plainly
def init(files: tuple[Path, ...], out: Path | None, example: bool) -> None:
    """Look at FILES, guess what the columns are, and write a commented settings file to correct.

    Example: iatrogenesis init my.csv
    """
    if example == bool(files):
        raise click.UsageError("Name the files with your data, or give --example.")
    if example:
        _copy_examples(Path("examples"))
        return
    out = out or files[0].with_suffix(".yaml")
    if out.exists():
        raise click.BadParameter(f"{out} is there already; choose another name", param_hint="--out")
    from iatrogenesis.own_data.guess import guess, written

    written(guess(files), out)
    click.echo(f"Written: {out}. Look through it, correct what is wrong, then:")
    typed = shlex.quote(str(out))
    click.echo(f"  iatrogenesis check {typed}\n  iatrogenesis analyse {typed}")


def _copy_examples(folder: Path) -> None:
    from iatrogenesis.core.resources import examples_folder

    if folder.exists():
        raise click.UsageError(f"{folder} is there already; move it, or change to another folder.")
    shutil.copytree(examples_folder(), folder)
    click.echo(f"Copied into {folder}. Try: iatrogenesis analyse {folder / 'simulated_service.yaml'}")


@click.command(short_help="Check your data before anything is analysed.")
@click.argument("file", type=EXISTING)
@click.option("--out", type=FOLDER, help="Folder for checks.html and checks.csv.")
@_plainly
def check(file: Path, out: Path | None) -> None:
    """Check a table, or the data of a settings file, and say what an analysis would do.

    FILE is a table (its columns are guessed) or a settings file. Exit code: 0 if an analysis is possible, 1 if errors
    were found, 2 if the command was wrong.

    Example: iatrogenesis check my_service.yaml
    """
    own, folder = _settings(file)
    ours = out is None and file.suffix in SETTINGS  # the folder in which the analysis writes the same files
    out = out or Path("results") / (own.name if ours else f"{own.name}_check")
    if ours:
        from iatrogenesis.own_data.results import claim

        claim(out, file)
    found = _checked(own, folder)
    page = _write_checks(found, own, out, None if ours else out)
    _say_checks(found, own)
    click.echo(f"\nAll checks: {page}")
    if found.fatal:
        raise click.exceptions.Exit(ERRORS_FOUND)


@click.command(short_help="Analyse your data and write a report.")
@click.argument("settings", type=EXISTING)
@click.option("--cores", type=click.IntRange(1), help="Jobs at a time; all cores if not given.")
@click.option("--out", type=FOLDER, default=Path("results"), show_default=True, help="Folder of all results.")
@click.argument("snakemake", nargs=-1, type=click.UNPROCESSED)
@_plainly
def analyse(settings: Path, cores: int | None, out: Path, snakemake: tuple[str, ...]) -> None:
    """Check the data of a SETTINGS file, analyse them, and write a report into results/<name>/.

    Running it again does only what has changed, also after Ctrl-C (exit code 130). What follows -- goes to Snakemake.

    Example: iatrogenesis analyse my_service.yaml --cores 2
    """
    if settings.suffix not in SETTINGS:
        raise click.UsageError(f"{settings} is no settings file. First: iatrogenesis init {settings}")
    if any(said.startswith("--configf") for said in snakemake):
        raise click.UsageError("--configfile is not handed on: Snakemake would run code in such a file.")
    from iatrogenesis import cli_analyse

    try:
        _analysed(settings, cores, out, snakemake)
    except KeyboardInterrupt:
        raise cli_analyse.stopped(signal.SIGINT) from None


def _analysed(settings: Path, cores: int | None, out: Path, snakemake: tuple[str, ...]) -> None:
    from iatrogenesis import cli_analyse
    from iatrogenesis.own_data.results import alone, claim

    cli_analyse.require_snakemake()
    own, folder = _settings(settings)
    results = out / own.name
    claim(results, settings)
    with alone(results) as lock:
        click.echo("Checking the data")
        found = _checked(own, folder)
        if found.fatal:
            page = _write_checks(found, own, results)
            _say_checks(found, own)
            raise click.ClickException(f"The data cannot be analysed as they are. All checks: {page}")
        from iatrogenesis.own_data.checks_page import verdict

        say([verdict(found, own)])
        cli_analyse.run(settings, results, cores or os.cpu_count() or 1, lock, snakemake)
    if not snakemake:
        _say_verdict(results)


def _settings(file: Path) -> "tuple[OwnData, Path]":
    """The settings of a file, or those guessed for a table; and the folder that their paths are relative to."""
    if file.suffix in SETTINGS:
        from iatrogenesis.own_data.asked import refuse_what_no_analysis_knows
        from iatrogenesis.own_data.loading import load_settings

        own = load_settings(file)
        refuse_what_no_analysis_knows(own, file)
        return own, file.parent
    import tempfile

    from iatrogenesis.own_data.guess import guess, written
    from iatrogenesis.own_data.loading import load_settings

    with tempfile.TemporaryDirectory() as temporary:  # written and read, so that what is checked is what init writes
        path = Path(temporary) / "settings.yaml"
        written(guess([file]), path)
        return load_settings(path), path.parent


def _checked(own: "OwnData", folder: Path) -> "Preparation":
    from iatrogenesis.core.resources import config_folder
    from iatrogenesis.own_data.inputs import catalogue
    from iatrogenesis.own_data.preparing import prepared

    return prepared(own, folder, catalogue(config_folder()))


def _write_checks(found: "Preparation", own: "OwnData", folder: Path, tables: Path | None = None) -> Path:
    from iatrogenesis.own_data import check_files

    check_files.write(found, own, folder, folder / "tables" if tables is None else tables)
    return folder / check_files.PAGE


def _say_checks(found: "Preparation", own: "OwnData") -> None:
    """Print the verdict, how many checks ended how, and each error and warning."""
    from iatrogenesis.own_data.checks.finding import many
    from iatrogenesis.own_data.checks_page import verdict

    say([verdict(found, own)])
    numbers = found.checks["severity"].value_counts()
    click.echo("Checks: " + ", ".join(many(number, kind, PLURALS.get(kind, kind)) for kind, number in numbers.items()))
    say(f"Error: {message}" for message in found.fatal)
    warnings = found.checks[found.checks["severity"] == "warning"]
    for row in warnings.itertuples():
        examples = f" ({row.examples})" if row.examples else ""
        say([f"Warning: {row.found}{examples} The analysis: {row.analysis}"])


def _say_verdict(results: Path) -> None:
    """Print the first answers of the report, and where it is."""
    click.echo("")
    say((results / "answers.txt").read_text(encoding="utf-8").splitlines())
    click.echo(f"\nOpen {results / 'report.html'}")
