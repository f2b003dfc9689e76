"""Fit one model to all its data sets and save the posteriors."""

from pathlib import Path

from iatrogenesis.data.fits import outcome_data
from iatrogenesis.data.logs import logged
from iatrogenesis.data.posterior import save
from iatrogenesis.engines.nuts import FailedFit, compile_model, sample_many
from iatrogenesis.engines.sampler import Sampler
from iatrogenesis.models.priors import Priors


def main(
    model: str, sources: dict[str, str], priors: dict, sampler: dict, seed: int, outputs: dict[str, str], workers: int
) -> None:
    """Compile once for each shape of data, fit them all, save each."""
    priors, sampler = Priors.model_validate(priors), Sampler.model_validate(sampler)
    shapes: dict[tuple, list] = {}
    for data in (outcome_data(dataset, model, sources) for dataset in outputs):
        shapes.setdefault((len(data.therapist_ids), data.covariate_names), []).append(data)
    for (therapists, _), datas in shapes.items():
        print(f"{model}: compiling for {therapists} therapists, then fitting {len(datas)} data sets", flush=True)
        compiled = compile_model(model, datas[0], priors)
        for data, posterior in zip(datas, sample_many(compiled, datas, sampler, seed, workers), strict=True):
            if isinstance(posterior, FailedFit):
                raise RuntimeError(f"{data.dataset}, {model}: {posterior.reason}")
            save(posterior, Path(outputs[data.dataset]))


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            model=snakemake.params.model,
            sources={name: str(path) for name, path in snakemake.input.items() if name != "code" and path},
            priors=snakemake.params.priors,
            sampler=snakemake.params.sampler,
            seed=snakemake.params.seed,
            outputs=dict(zip(snakemake.params.datasets, snakemake.output.posteriors, strict=True)),
            workers=snakemake.threads,
        )
