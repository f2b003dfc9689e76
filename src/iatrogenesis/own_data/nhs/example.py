"""Simulated tables of the data set as files, with settings to analyse them.

``python -m iatrogenesis.own_data.nhs.example FOLDER`` writes them.
"""

import sys
from pathlib import Path

from iatrogenesis.core.definitions import Judgement
from iatrogenesis.core.files import write_csv, write_text
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.resources import config_folder
from iatrogenesis.core.yaml_text import read_yaml
from iatrogenesis.own_data.nhs.simulated import TOOLS, NhsData, nhs_data
from iatrogenesis.own_data.settings import NhsTables
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import load_catalogue
from iatrogenesis.world.setup import Setup
from iatrogenesis.world.tidy import clients_table, sessions_table

SEED = 20261128
FILES = {
    "referrals": "IDS101_Referral.csv",
    "contacts": "IDS201_CareContact.csv",
    "activities": "IDS202_CareActivity.csv",
    "referral_scores": "IDS606_CodedScoreAssessmentRefer.csv",
    "activity_scores": "IDS607_CodedScoreAssessmentAct.csv",
    "workforce": "IDS902_CarePersQual.csv",
}

SETTINGS = f"""# Simulated tables of the NHS Talking Therapies data set, version 2.1: nobody in them exists.
name: simulated_nhs
title: Two simulated providers of NHS Talking Therapies
data:
  nhs:
    referrals: {FILES["referrals"]}
    contacts: {FILES["contacts"]}
    activities: {FILES["activities"]}
    scores: [{FILES["referral_scores"]}, {FILES["activity_scores"]}]
    workforce: {FILES["workforce"]}
columns: {{}}
analysis:
  attribution: most_contacts  # or last, or membership
"""


def write(data: NhsData, folder: Path) -> NhsTables:
    """Write the tables as CSV files into a folder that exists; return their names, for settings."""
    for name, table in data.tables.items():
        write_csv(table, folder / FILES[name])
    paths = {name: Path(file) for name, file in FILES.items()}
    scores = (paths.pop("referral_scores"), paths.pop("activity_scores"))
    return NhsTables(scores=scores, **paths)


def main(folder: str) -> None:
    """Write tables of two simulated providers, and settings, into a folder."""
    config, judgement = config_folder(), Judgement(instruments=tuple(TOOLS))
    instruments = Instruments.model_validate(read_yaml(config / "instruments.yaml")).only(TOOLS)
    scenario = load_catalogue(config / "scenarios", config / "references.bib")["all_preventions"]
    design = Design(therapists=24, services=2, clients_per_therapist=60)
    run = Setup(seed=SEED, instruments=instruments, judgement=judgement).run(scenario, design, record=True)
    clients = clients_table(run, instruments, judgement)
    Path(folder).mkdir(parents=True, exist_ok=True)
    write(nhs_data(clients, sessions_table(run), instruments, SEED), Path(folder))
    write_text(SETTINGS, Path(folder) / "simulated_nhs.yaml")


if __name__ == "__main__":
    main(sys.argv[1])
