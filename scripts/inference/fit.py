"""Fit some models to all their data sets and save the posteriors."""

from pathlib import Path

from iatrogenesis.inference.data.posterior import save
from iatrogenesis.inference.engines.fit import fit_all
from iatrogenesis.inference.engines.sampler import Sampler
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.study.datasets import outcome_data
from iatrogenesis.verification.records import recorded


def main(
    paths: dict[tuple[str, str], str], sources: dict, given: dict, engine: str, priors: dict, samplers: dict[str, dict],
    seed: int, workers: int,
) -> None:  # fmt: skip
    """Read all data first, so that faults show before anything is fitted; then fit them, save each."""
    datas = {
        model: [
            outcome_data(dataset, model, sources, given.get(dataset, {})) for dataset, other in paths if other == model
        ]
        for model in samplers
    }
    for model, some in datas.items():
        sampler = Sampler.model_validate(samplers[model])
        for posterior in fit_all(
            model, some, Priors.model_validate(priors), sampler, seed, engine=engine, workers=workers
        ):
            about = posterior.attrs
            save(posterior, Path(paths[about["dataset"], model]))
            print(f"{model}, {about['dataset']}: {about.get('failed', 'by ' + about['engine'])}", flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            paths={
                tuple(fit): path for fit, path in zip(snakemake.params.fits, snakemake.output.posteriors, strict=True)
            },
            sources=dict(zip(snakemake.params.sources, snakemake.input.sources, strict=True)),
            given=snakemake.params.given,
            engine=snakemake.params.engine,
            priors=snakemake.params.priors,
            samplers=snakemake.params.samplers,
            seed=snakemake.params.seed,
            workers=snakemake.threads,
        )
