"""Simulate from the priors of some models, fit, and rank the true values, for a small service."""

import pandas as pd

from iatrogenesis.core.files import write_parquet
from iatrogenesis.inference.checks.sbc import ranks
from iatrogenesis.inference.engines.fit import fit_all
from iatrogenesis.inference.engines.sampler import Sampler
from iatrogenesis.inference.models.by_name import model as model_module
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup
from iatrogenesis.world.tidy import clients_table, sessions_table


def main(
    engine: str, simulations: dict[str, int], sbc: dict, priors: dict, given: dict, routine_care: dict, setup: dict,
    paths: dict[str, str], workers: int,
) -> None:  # fmt: skip
    """Write one row per simulation and quantity, in a file for each model."""
    setup, priors = Setup.model_validate(setup).apart("sbc"), Priors.model_validate(priors)
    run = setup.run(Scenario.model_validate(routine_care), Design.model_validate(sbc["design"]), record=True)
    tables = {"clients": clients_table(run, setup.instruments, setup.judgement), "sessions": sessions_table(run)}
    tables |= {name: pd.DataFrame(columns) for name, columns in given.items()}
    sampler = Sampler.model_validate(sbc["sampler"])
    for model, path in paths.items():

        def fit(datas, model=model):
            return fit_all(model, datas, priors, sampler, setup.seed, engine=engine, workers=workers)

        template = model_module(model).prepare(tables, "sbc")
        found = ranks(model, template, priors, setup.seed, range(simulations[model]), fit, engine)
        write_parquet(found.assign(model=model, engine=engine), path)
        print(f"{model}: {found['simulation'].nunique()} simulations, {found['rank'].isna().sum()} without draws")


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            engine=snakemake.params.engine,
            simulations=snakemake.params.simulations,
            sbc=snakemake.params.sbc,
            priors=snakemake.params.priors,
            given=snakemake.params.given,
            routine_care=snakemake.params.routine_care,
            setup=snakemake.params.setup,
            paths=dict(zip(snakemake.params.simulations, snakemake.output.ranks, strict=True)),
            workers=snakemake.threads,
        )
