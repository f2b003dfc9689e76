"""Which data a model is fitted to: the data sets of a study by name."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from iatrogenesis.core.files import read_parquet
from iatrogenesis.inference.data.hospitals import hospital_outcomes
from iatrogenesis.inference.data.nhs import read_service_years
from iatrogenesis.inference.data.outcomes import FitData
from iatrogenesis.inference.models.by_name import model as model_module

HOSPITALS, KNOWN, SERVICES = "hospitals", "known", "nhs-"  # names of data sets besides the scenarios


def outcome_data(dataset: str, model: str, sources: Mapping[str, str], given: Mapping[str, dict]) -> FitData:
    """The data of one fit.

    Parameters
    ----------
    dataset
        ``hospitals`` (published counts), ``nhs-<year>`` (from ``sources["service_counts"]``), or the name of simulated
        tables in ``sources``.
    model
        Decides which tables and columns are read.
    sources
        Path of a clients table by data set, and with the suffix ``_sessions`` of its sessions; ``known`` is analysed by
        its true states, others by ratings.
    given
        What is known beforehand, as columns of small tables: ``reliability`` and ``instruments``.
    """
    if dataset == HOSPITALS:
        return hospital_outcomes()
    if dataset.startswith(SERVICES):
        return read_service_years(Path(sources["service_counts"])).years[dataset.removeprefix(SERVICES)]
    module = model_module(model)
    tables = {name: pd.DataFrame(columns) for name, columns in given.items()}
    for name in module.TABLES:
        tables[name] = read_parquet(sources[dataset if name == "clients" else f"{dataset}_{name}"])
    return module.prepare(tables, dataset, truth=dataset == KNOWN)
