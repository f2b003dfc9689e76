"""Which data a model is fitted to: the data sets of a study by name."""

from collections.abc import Mapping
from pathlib import Path

from iatrogenesis.data.files import read_parquet
from iatrogenesis.data.hospitals import hospital_outcomes
from iatrogenesis.data.nhs import read_service_years
from iatrogenesis.models import model as model_module
from iatrogenesis.models.clients import from_clients
from iatrogenesis.models.data import OutcomeData
from iatrogenesis.models.therapist import TRUE_STATES
from iatrogenesis.study import HOSPITALS, KNOWN, SERVICES


def outcome_data(dataset: str, model: str, sources: Mapping[str, str]) -> OutcomeData:
    """The data of one fit.

    Parameters
    ----------
    dataset
        ``hospitals`` (published counts), ``nhs-<year>`` (from ``sources["service_counts"]``), or the name of a table of
        clients in ``sources``.
    model
        Decides the covariates.
    sources
        Path of a clients table by data set; ``known`` is analysed by its true states, others by ratings.
    """
    if dataset == HOSPITALS:
        return hospital_outcomes()
    if dataset.startswith(SERVICES):
        return read_service_years(Path(sources["service_counts"])).years[dataset.removeprefix(SERVICES)]
    covariates = model_module(model).COVARIATES
    if dataset == KNOWN and model == "therapist":
        covariates = TRUE_STATES
    return from_clients(read_parquet(sources[dataset]), covariates, dataset=dataset)
