"""Fit every model that the columns allow, and save the posteriors."""

from pathlib import Path

from iatrogenesis.core.logs import logged
from iatrogenesis.inference.data.posterior import save
from iatrogenesis.own_data.analysis.fits import fit_all, priors_of
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.own_data.settings import OwnData


def main(prepared: str, settings: dict, target: str) -> None:
    """Write one file a model."""
    print("Fitting the models that the columns allow", flush=True)
    own = OwnData.model_validate(settings)
    posteriors = fit_all(Prepared.read(Path(prepared)), own, priors_of(own))
    Path(target).mkdir(parents=True, exist_ok=True)
    for model, posterior in posteriors.items():
        save(posterior, Path(target) / f"{model}.nc")
    print(f"Fitted: {len(posteriors)} models", flush=True)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            prepared=snakemake.input.prepared,
            settings=snakemake.params.settings,
            target=snakemake.output.posterior,
        )
