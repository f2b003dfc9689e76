"""Refit with the other engine, and compare the two posteriors."""

from iatrogenesis.core.files import write_csv
from iatrogenesis.inference.checks.agreement import compare, data_of, table
from iatrogenesis.inference.data.posterior import drawn
from iatrogenesis.inference.engines.fit import fit_all
from iatrogenesis.inference.engines.sampler import Sampler
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.verification.records import recorded


def main(posteriors: list[str], fit: dict, seed: int, table_path: str, workers: int) -> None:
    """Write one row per fit and estimand."""
    priors, sampler, rows = Priors.model_validate(fit["priors"]), Sampler.model_validate(fit["sampler"]), []
    done = {(tree.attrs["model"], tree.attrs["dataset"]): tree for tree in drawn(posteriors)}
    other = "nuts" if fit["engine"] == "collapsed" else "collapsed"
    for model in dict.fromkeys(model for model, _ in done):
        datas = [data_of(tree) for (name, _), tree in done.items() if name == model]
        for tree in fit_all(model, datas, priors, sampler, seed, engine=other, workers=workers):
            rows += compare(done[model, tree.attrs["dataset"]], tree)
    found = table(rows)
    write_csv(found, table_path)
    print(found.groupby(["model", "dataset"])["distance"].max().to_string())


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            posteriors=snakemake.input.posteriors,
            fit=snakemake.params.fit,
            seed=snakemake.params.seed,
            table_path=snakemake.output.table,
            workers=snakemake.threads,
        )
