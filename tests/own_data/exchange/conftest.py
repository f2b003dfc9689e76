"""A small simulated scenario on disk, and a service's own prepared tables with every kind of column."""

import pandas as pd
import pytest

from iatrogenesis.core.files import write_parquet
from iatrogenesis.own_data.exchange.codebook import read_codebook
from iatrogenesis.own_data.exchange.dataset import of_prepared, of_simulated
from iatrogenesis.own_data.prepared import About, KnownInstrument, Prepared
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.tidy import clients_table, sessions_table, therapist_weeks_table, therapists_table
from tests.conftest import CONFIG

DESIGN = Design(therapists=6, services=2, clients_per_therapist=12)


@pytest.fixture(scope="session")
def codebooks():
    return read_codebook(CONFIG / "codebook.yaml")


@pytest.fixture(scope="session")
def results(tmp_path_factory, study):
    """A folder like ``results/tiny``, with one simulated scenario."""
    folder = tmp_path_factory.mktemp("results") / "mini_1"
    (folder / "simulated" / "routine_care").mkdir(parents=True)
    run = study.setup.run(study.catalogue["routine_care"], DESIGN, record=True)
    tables = {
        "clients": clients_table(run, study.instruments, study.config.judgement, run),
        "sessions": sessions_table(run),
        "therapists": therapists_table(run),
        "therapist_weeks": therapist_weeks_table(run),
    }
    for name, table in tables.items():
        write_parquet(table, folder / "simulated" / "routine_care" / f"{name}.parquet")
    return folder


@pytest.fixture(scope="session")
def simulated(results, codebooks):
    return of_simulated(results / "simulated" / "routine_care", "mini_1", codebooks[0], "A small study")


@pytest.fixture(scope="session")
def prepared() -> Prepared:
    """Dates, missing values, categories of one's own, an id that a spreadsheet would take for a formula."""
    clients = pd.DataFrame(
        {
            "client_id": ["001", "002", "=1+1", "004"],
            "therapist_id": ["Müller, A", "Müller, A", "T[2]", "T[2]"],
            "started": pd.to_datetime(["2024-01-02", None, "2024-02-29", "2023-12-31"]),
            "n_sessions": pd.array([5, None, 3, 1], dtype="Int64"),
            "finished": [True, True, True, False],
            "deteriorated": pd.array([True, False, None, None], dtype="boolean"),
            "wai_first": [4.5, -1.25, 3.0, None],
            "wai_last": [2.5, 1.0, 2.0, None],
            "age_band": ["18-25", "26-64", None, "75-89"],
            "x_problem": ["anxiety", "depression", None, "depression"],
            "x_previous": [0.0, 2.0, None, 1.0],
        }
    )
    wai = KnownInstrument(name="Working Alliance", minimum=-5, maximum=7, reliable_change=1.5, source="a test")
    about = About(name="my_clinic", title="My clinic", kind="clients", instruments={"wai": wai}, judged_by=("wai",))
    return Prepared(about, {"clients": clients})


@pytest.fixture(scope="session")
def own(prepared, codebooks):
    return of_prepared(prepared, codebooks[1])
