"""Check the models of routine care: predictions before and after the data, priors, unseen clients and therapists."""

from dataclasses import replace

import numpy as np
import pandas as pd

from iatrogenesis.core.files import write_csv
from iatrogenesis.inference.answers import what_if
from iatrogenesis.inference.checks import predictive, unseen_therapists
from iatrogenesis.inference.checks import prior_sensitivity as sensitivity
from iatrogenesis.inference.data.posterior import drawn
from iatrogenesis.inference.models import OUTCOME_MODELS
from iatrogenesis.inference.models.by_name import model
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.study.datasets import outcome_data
from iatrogenesis.verification.records import recorded


def main(posteriors: list[str], sources: dict, given: dict, priors: dict, seed: int, tables: dict[str, str]) -> None:
    """Write five tables: predictive checks, power-scaling, clients and therapists left out, marginal effects."""
    priors, checks, moved, marginal, each, unseen = Priors.model_validate(priors), [], [], [], [], {}
    for tree in drawn(posteriors):
        name, dataset = tree.attrs["model"], tree.attrs["dataset"]
        data = outcome_data(dataset, name, sources, given[dataset])
        checks.append(predictive.check(name, data, tree, priors, seed))
        if hasattr(model(name), "log_likelihood"):
            moved.append(sensitivity.power_scaled(name, data, tree, priors))
        if name in OUTCOME_MODELS:
            # The same clients for all, also for the model that counts them by therapist.
            counted = not model(name).COVARIATES
            people = outcome_data(dataset, "casemix", sources, given[dataset]) if counted else data
            if counted:
                nothing = {"centre": np.zeros(0), "scale": np.ones(0), "covariates": None, "covariate_names": ()}
                people = replace(people, **nothing)
            each.append((name, people, tree))
            refit = unseen_therapists.refit_by_engine(name, priors, seed)
            unseen[name] = unseen_therapists.predicted(name, data, tree, priors, refit)
            if data.covariate_names:
                marginal.append(what_if.marginal_effects(data, tree))
        print(f"{name}: checked", flush=True)
    write_csv(stacked(checks, predictive.COLUMNS), tables["predictive"])
    write_csv(stacked(moved, sensitivity.COLUMNS), tables["sensitivity"])
    write_csv(sensitivity.comparison(each), tables["comparison"])
    write_csv(unseen_therapists.comparison(unseen), tables["unseen"])
    write_csv(stacked(marginal, what_if.COLUMNS), tables["marginal"])


def stacked(parts: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    """All parts below each other; where there are none, an empty table with the columns."""
    return pd.concat(parts, ignore_index=True)[list(columns)] if parts else pd.DataFrame(columns=list(columns))


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            posteriors=snakemake.input.posteriors,
            sources=dict(zip(snakemake.params.sources, snakemake.input.sources, strict=True)),
            given=snakemake.params.given,
            priors=snakemake.params.priors,
            seed=snakemake.params.seed,
            tables=dict(snakemake.output.items()),
        )
