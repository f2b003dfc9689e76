"""Summarise every posterior and compare each estimand with its truth."""

import pandas as pd

from iatrogenesis.core.files import read_csv, write_csv, write_parquet
from iatrogenesis.inference.answers.estimands import draws, table
from iatrogenesis.inference.checks.recovery import beside_truth, exact_truth, large_sample_truth
from iatrogenesis.inference.data.posterior import drawn
from iatrogenesis.inference.models.by_name import model as model_module
from iatrogenesis.verification.records import recorded


def main(
    posteriors: list[str], known_truth: str, true_effects: str, routine_care: str, table_path: str, draws_path: str
) -> None:
    """Write one row per fit and estimand; and one row per draw of the fits to routine care."""
    exact, large = exact_truth(read_csv(known_truth)), read_csv(true_effects)
    rows, kept = [], []
    for tree in drawn(posteriors):
        dataset, model = tree.attrs["dataset"], tree.attrs["model"]
        truth = None
        if dataset == "known" and getattr(model_module(model), "EXACT", False):
            truth = exact
        elif dataset == routine_care and model in set(large["model"]):
            truth = large_sample_truth(large[large["model"] == model])
        rows.append(beside_truth(table(tree), truth, dataset, model))
        if dataset == routine_care:
            values = draws(tree).to_dataframe().reset_index()
            kept.append(values.melt(["chain", "draw"], var_name="estimand").assign(dataset=dataset, model=model))
    write_csv(pd.concat(rows, ignore_index=True), table_path)
    write_parquet(pd.concat(kept, ignore_index=True), draws_path)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            posteriors=snakemake.input.posteriors,
            known_truth=snakemake.input.known_truth,
            true_effects=snakemake.input.true_effects,
            routine_care=snakemake.params.routine_care,
            table_path=snakemake.output.table,
            draws_path=snakemake.output.draws,
        )
