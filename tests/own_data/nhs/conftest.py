"""Two simulated providers as tables of the data set, and as they are mapped."""

import pytest

from iatrogenesis.core.definitions import Judgement
from iatrogenesis.own_data.nhs import mapped
from iatrogenesis.own_data.nhs.example import write
from iatrogenesis.own_data.nhs.simulated import nhs_data
from iatrogenesis.own_data.settings import Files
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.tidy import clients_table, sessions_table

SEED = 11


@pytest.fixture(scope="session")
def data(study):
    """Clients of whom some are referred to another therapist on the way."""
    run = study.setup.run(
        study.catalogue["all_preventions"], Design(therapists=10, services=2, clients_per_therapist=30), record=True
    )
    clients = clients_table(run, study.instruments, Judgement(instruments=("phq9", "gad7")))
    return nhs_data(clients, sessions_table(run), study.instruments, SEED)


@pytest.fixture(scope="session")
def written(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("nhs")
    return write(data, folder), folder


@pytest.fixture(scope="session")
def found(written):
    tables, folder = written
    return mapped(tables, folder, Files(nhs=tables), "most_contacts")


@pytest.fixture
def own(tmp_path):
    """Map tables of one's own, given as lists of rows by name of the file; scores by referral, or by activity."""

    def map_them(attribution="most_contacts", encoding="utf-8", **tables):
        from pathlib import Path

        import pandas as pd

        from iatrogenesis.own_data.settings import NhsTables

        names = {}
        for name, rows in tables.items():
            pd.DataFrame(rows).to_csv(tmp_path / f"{name}.csv", index=False, encoding=encoding)
            names[name] = Path(f"{name}.csv")
        scores = tuple(names.pop(name) for name in ("by_referral", "by_activity") if name in names)
        settings = NhsTables(scores=scores, **names)
        return mapped(settings, tmp_path, Files(nhs=settings), attribution)

    return map_them
