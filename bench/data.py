"""Data sets of the engines' benchmark: drawn from the model, at the sizes of published studies."""

from pathlib import Path

import pandas as pd

from bench.settings import load
from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.models.therapist import TRUE_STATES
from iatrogenesis.simulation_study.logit_normal import Coefficients, LogitNormal, simulate

SIZES = {2_400: 60, 10_500: 85, 50_000: 1_800}
"""Therapists by number of clients; the latter two about as in Saxon et al. 2017 and Schiefele et al. 2017."""

EFFECTS = Coefficients(phq9_first=-0.2, gad7_first=-0.2, deprivation=0.12, competence=-0.15, burnout=0.25, fit=-0.2)
PRIORS = load().config.fit.priors


def data_of(clients: int, replicate: int = 0) -> OutcomeData:
    """So many clients of so many therapists, with the covariates of the model `therapist`."""
    therapists = SIZES[clients]
    each, more = divmod(clients, therapists)
    sizes = tuple(each + (index < more) for index in range(therapists))
    design = LogitNormal(clients_per_therapist=sizes, intercept=-2.8, therapist_sd=0.5, coefficients=EFFECTS)
    drawn = simulate(design, Noise(7), replicate).clients
    return from_clients(drawn, TRUE_STATES, dataset=f"{clients} clients, replicate {replicate}")


def write(clients: int, path: Path) -> None:
    """Write the data as R reads them."""
    data = data_of(clients)
    table = pd.DataFrame({"events": data.deteriorated, "unit": data.therapist})
    for number, values in enumerate(data.covariates.T, start=1):
        table[f"x{number}"] = values
    table.to_csv(path, index=False, float_format="%.17g")
