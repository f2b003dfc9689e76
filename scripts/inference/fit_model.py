"""Fit one model to all its data sets and save the posteriors."""

from pathlib import Path

from iatrogenesis.core.logs import logged
from iatrogenesis.inference.data.posterior import save
from iatrogenesis.inference.engines.fit import fit_all
from iatrogenesis.inference.engines.sampler import Sampler
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.study.datasets import outcome_data


def main(model: str, sources: dict, given: dict, fit: dict, seed: int, outputs: dict[str, str], workers: int) -> None:
    """Read all data first, so that faults show before anything is fitted; then fit them, save each."""
    priors, sampler = Priors.model_validate(fit["priors"]), Sampler.model_validate(fit["sampler"])
    datas = [outcome_data(dataset, model, sources, given.get(dataset, {})) for dataset in outputs]
    for posterior in fit_all(model, datas, priors, sampler, seed, engine=fit["engine"], workers=workers):
        about = posterior.attrs
        save(posterior, Path(outputs[about["dataset"]]))
        print(f"{about['dataset']}: {about.get('failed', 'fitted by ' + about['engine'])}", flush=True)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            model=snakemake.params.model,
            sources=snakemake.params.sources,
            given=snakemake.params.given,
            fit=snakemake.params.fit,
            seed=snakemake.params.seed,
            outputs=dict(zip(snakemake.params.datasets, snakemake.output.posteriors, strict=True)),
            workers=snakemake.threads,
        )
