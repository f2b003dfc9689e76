"""``python -m iatrogenesis.own_data.services``: forecasts and rolling origin of NHS Talking Therapies services."""

from pathlib import Path

import click

from iatrogenesis.core.files import write_csv
from iatrogenesis.own_data.privacy import safe_cells
from iatrogenesis.own_data.services import rounding
from iatrogenesis.own_data.services.counted import counted
from iatrogenesis.own_data.services.forecasting import SEED, forecast
from iatrogenesis.own_data.services.nhs_file import read_counts
from iatrogenesis.own_data.services.rolling import rolled
from iatrogenesis.own_data.services.summaries import histogram, summary

CSV = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("counts", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--forecast", "forecast_to", type=CSV, help="Write the next period's forecast here.")
@click.option("--rolling", "rolling_to", type=CSV, help="Write the rolling-origin table here, PIT beside it.")
@click.option("--process", "processes", multiple=True, default=("ar",), show_default=True, help="May be repeated.")
@click.option("--horizon", type=click.IntRange(1, 5), default=1, show_default=True, help="Periods ahead.")
@click.option("--least", type=int, default=1, show_default=True, help="Courses of rows that are summed up.")
@click.option("--rounding", "rounding_to", type=CSV, help="Write here what rounding and suppression do.")
@click.option("--seed", type=int, default=SEED, show_default=True)
def main(
    counts: Path,
    forecast_to: Path | None,
    rolling_to: Path | None,
    processes: tuple[str, ...],
    horizon: int,
    least: int,
    rounding_to: Path | None,
    seed: int,
) -> None:
    """Forecast services' next period, and check by rolling origin how well that would have gone before."""
    table = read_counts(counts)
    if forecast_to:
        write_csv(safe_cells(forecast(table, horizon, seed)), forecast_to)
        click.echo(f"Forecast: {forecast_to}")
    if rolling_to:
        rows = rolled(counted(table), seed, processes)
        rows = rows[rows["n"] >= least]
        write_csv(summary(rows, processes[0]), rolling_to)
        write_csv(histogram(rows), rolling_to.with_name(f"{rolling_to.stem}_pit{rolling_to.suffix}"))
        click.echo(f"Rolling origin: {rolling_to}")
    if rounding_to:
        write_csv(rounding.table(counted(table), seed), rounding_to)
        click.echo(f"Rounding: {rounding_to}")


if __name__ == "__main__":
    main()
