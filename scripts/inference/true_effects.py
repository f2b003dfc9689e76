"""Find what each model estimates in a very large service, by maximum likelihood: the truth a fit should recover."""

import pandas as pd

from iatrogenesis.core.files import write_csv
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.engines.maximum_likelihood import fit
from iatrogenesis.inference.models.by_name import model as model_module
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup
from iatrogenesis.world.tidy import clients_table


def main(routine_care: dict, models: list[str], design: dict, setup: dict, table_path: str) -> None:
    """Write one row per model and estimand, with the Monte Carlo standard error of the truth."""
    setup, design = Setup.model_validate(setup).apart("true_effects"), Design.model_validate(design)
    run = setup.run(Scenario.model_validate(routine_care), design)
    # Therapists of all replicates carry ids of their own, so together they are one very large set.
    clients = clients_table(run, setup.instruments, setup.judgement).assign(replicate=0)
    tables = []
    for name in models:
        module = model_module(name)
        covariates = getattr(module, module.LARGE_SAMPLE)
        found = fit(from_clients(clients, covariates, dataset="a very large service", allow_empty=True))
        print(f"{name}: {len(clients):,} clients, converged: {found.converged}", flush=True)
        table = found.table()
        table["estimand"] = table["estimand"].replace(getattr(module, "SAME_AS", {}))
        tables.append(table.assign(model=name, clients=len(clients), converged=found.converged))
    table = pd.concat(tables, ignore_index=True).rename(columns={"estimate": "truth", "se": "truth_mcse"})
    write_csv(table[["model", "estimand", "truth", "truth_mcse", "clients", "converged"]], table_path)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            routine_care=snakemake.params.routine_care,
            models=snakemake.params.models,
            design=snakemake.params.design,
            setup=snakemake.params.setup,
            table_path=snakemake.output.table,
        )
