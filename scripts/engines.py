"""Fit what the sampler fitted with the collapsed engine too, and set both beside each other."""

from pathlib import Path

from iatrogenesis.data.files import write_csv
from iatrogenesis.data.logs import logged
from iatrogenesis.data.posterior import load
from iatrogenesis.evaluate.agreement import compare, table
from iatrogenesis.models.priors import Priors


def main(posteriors: list[str], priors: dict, seed: int, table_path: str) -> None:
    """Write one row per fit and estimand."""
    priors, rows = Priors.model_validate(priors), []
    for path in posteriors:
        rows += compare(load(Path(path)), priors, seed)
        print(f"{path}: largest distance {max(row.get('distance', float('nan')) for row in rows):.1f}", flush=True)
    write_csv(table(rows), table_path)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            posteriors=snakemake.input.posteriors,
            priors=snakemake.params.priors,
            seed=snakemake.params.seed,
            table_path=snakemake.output.table,
        )
