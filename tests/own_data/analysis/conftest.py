"""Prepared tables from the project's simulator, with gaps as services have them."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.own_data.analysis.fits import priors_of
from iatrogenesis.own_data.prepared import About, KnownInstrument, Prepared
from iatrogenesis.own_data.settings import OwnData
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.tidy import clients_table

SOURCE = "instruments.yaml"
PHQ9 = KnownInstrument(
    name="PHQ-9", minimum=0, maximum=27, reliable_change=6, reliability=0.89, sd=6.1, caseness=10, source=SOURCE
)
GAD7 = KnownInstrument(
    name="GAD-7", minimum=0, maximum=21, reliable_change=4, reliability=0.92, sd=5.1, caseness=8, source=SOURCE
)
CASE_MIX = ("phq9_first", "gad7_first", "deprivation", "age_band", "x_problem")


def own(**analysis) -> OwnData:
    """Settings of an analysis, with some of its fields."""
    columns = {"client": "client", "therapist": "therapist"}
    fields = {"name": "mine", "data": {"clients": "mine.csv"}, "columns": columns, "analysis": analysis}
    return OwnData.model_validate(fields)


def about(**changed) -> About:
    """What the tables of `clients` hold."""
    usual = About(
        name="mine",
        title="Mine",
        kind="clients",
        case_mix=CASE_MIX,
        ratings=("competence", "burnout"),
        instruments={"phq9": PHQ9, "gad7": GAD7},
        judged_by=("phq9", "gad7"),
    )
    return usual.model_copy(update=changed)


@pytest.fixture(scope="package")
def simulated(study) -> pd.DataFrame:
    """Twelve therapists of forty clients, one with six; some values missing."""
    run = study.setup.run(study.catalogue["routine_care"], Design(therapists=12, services=2, clients_per_therapist=40))
    table = clients_table(run, study.instruments, study.config.judgement).rename(columns={"problem": "x_problem"})
    for name in ("phq9", "gad7"):
        table[f"{name}_last"] = table[f"{name}_last"].astype(float).where(table["finished"])
    few = (table["therapist_id"] == "T003") & (table.groupby("therapist_id").cumcount() >= 6)
    table = table[~few].reset_index(drop=True)
    table.loc[table.index % 29 == 0, "deprivation"] = np.nan
    return table.assign(deteriorated=table["deteriorated"].astype("boolean"))


@pytest.fixture(scope="package")
def prepared(simulated) -> Prepared:
    """The same as prepared tables."""
    return Prepared(about(), {"clients": simulated})


@pytest.fixture(scope="package")
def priors():
    """The priors of the published study."""
    return priors_of(own())
