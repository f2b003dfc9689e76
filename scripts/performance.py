"""Judge every method of the simulation study against the truth."""

from itertools import groupby
from pathlib import Path

import pandas as pd

from iatrogenesis.ademp.judge import judged
from iatrogenesis.data.files import read_csv, read_parquet, write_csv
from iatrogenesis.data.logs import logged


def main(
    folder: str,
    batches: list[list[str]],
    cells: dict,
    replicates: int,
    table_path: str,
    truth_path: str,
    cells_path: str,
) -> None:
    """Write performance, and the truths and cells that it is about."""
    folder, tables = Path(folder), []
    truth = pd.concat([read_csv(folder / cell / "truth.csv") for cell in cells], ignore_index=True)
    for (cell, method), group in groupby(batches, key=lambda batch: (batch[0], batch[1])):
        parts = [folder / cell / method / batch for _, _, batch in group]
        estimates, therapists = (
            pd.concat(
                [read_parquet(path.with_name(f"{path.name}.{kind}.parquet")) for path in parts], ignore_index=True
            )
            for kind in ("estimates", "therapists")
        )
        rates = read_parquet(folder / cell / "true_rates.parquet")
        tables.append(judged(cell, method, estimates, therapists, truth, rates, replicates))
        print(f"{cell}, {method}: {estimates['replicate'].nunique()} data sets", flush=True)
    about = pd.DataFrame(cells.values())
    write_csv(about.assign(also=about["also"].str.join(" ")), cells_path)
    write_csv(truth, truth_path)
    write_csv(pd.concat(tables, ignore_index=True), table_path)


def _joined(parts: list[Path], kind: str) -> pd.DataFrame:
    return pd.concat([read_parquet(f"{part}.{kind}.parquet") for part in parts], ignore_index=True)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            folder=snakemake.params.folder,
            batches=snakemake.params.batches,
            cells=snakemake.params.cells,
            replicates=snakemake.params.replicates,
            table_path=snakemake.output.table,
            truth_path=snakemake.output.truth,
            cells_path=snakemake.output.cells,
        )
