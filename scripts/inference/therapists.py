"""Estimate every therapist's (and hospital's) rate and rank, with intervals, by every model."""

import pandas as pd

from iatrogenesis.core.files import read_csv, write_csv
from iatrogenesis.inference.answers.therapists import table
from iatrogenesis.inference.data.posterior import drawn
from iatrogenesis.verification.records import recorded


def main(posteriors: list[str], true_rates: str, routine_care: str, table_path: str) -> None:
    """Write one row per fit and therapist, with the true long-run rate where it is known."""
    truth = read_csv(true_rates)[["therapist_id", "true_rate", "true_rate_mcse"]]
    rows = []
    for tree in drawn(posteriors):
        found = table(tree).assign(dataset=tree.attrs["dataset"], model=tree.attrs["model"])
        if tree.attrs["dataset"] == routine_care:
            found = found.merge(truth, on="therapist_id", how="left", validate="one_to_one")
        rows.append(found)
    together = pd.concat(rows, ignore_index=True)
    first = ["dataset", "model", "therapist_id"]
    write_csv(together[first + [name for name in together if name not in first]], table_path)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            posteriors=snakemake.input.posteriors,
            true_rates=snakemake.input.true_rates,
            routine_care=snakemake.params.routine_care,
            table_path=snakemake.output.table,
        )
