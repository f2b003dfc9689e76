"""The example data of `examples/`: simulated services, written as clean and as messy as real ones come.

``python -m iatrogenesis.own_data.examples examples`` writes them; nobody in them exists.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from iatrogenesis.core.definitions import Judgement
from iatrogenesis.core.files import replacing, write_csv
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.resources import config_folder
from iatrogenesis.core.streams import Noise
from iatrogenesis.core.yaml_text import read_yaml
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.run import Run
from iatrogenesis.world.scenarios import load_catalogue
from iatrogenesis.world.setup import Setup
from iatrogenesis.world.tidy import clients_table, sessions_table

SEED = 20261127
FIRST_MONDAY = np.datetime64("2020-01-06")
AGES = {"18-25": (18, 25), "26-64": (26, 64), "65-74": (65, 74), "75-89": (75, 89)}
CORE_ITEMS = 34
YEARS = 5


class Services:
    """Simulated services, and the numbers that only a written table needs."""

    def __init__(self) -> None:
        config = config_folder()
        self.catalogue = load_catalogue(config / "scenarios", config / "references.bib")
        self.instruments = Instruments.model_validate(read_yaml(config / "instruments.yaml"))

    def run(self, name: str, scenario: str, design: Design, judged: tuple[str, ...] = ("phq9", "gad7")) -> Run:
        """Simulate a service of its own, with a record of each session."""
        setup = Setup(seed=SEED, instruments=self.instruments, judgement=Judgement(instruments=judged)).apart(name)
        return setup.run(self.catalogue[scenario], design, record=True)

    def clients(self, run: Run, judged: tuple[str, ...] = ("phq9", "gad7")) -> pd.DataFrame:
        """One row per client, with dates and ages."""
        clients = clients_table(run, self.instruments, Judgement(instruments=judged))
        last = sessions_table(run).groupby("client_id")["week"].max()
        lows, highs = (clients["age_band"].map({band: ends[i] for band, ends in AGES.items()}) for i in (0, 1))
        within = Noise(SEED).uniform("example.age", **run.clients.who())
        weekday = (Noise(SEED).uniform("example.weekday", **run.clients.who()) * 5).astype(int)
        first_day = FIRST_MONDAY + weekday.astype("timedelta64[D]")
        weeks = clients["client_id"].map(last).to_numpy()
        return clients.assign(
            age=(lows + np.floor(within * (highs - lows + 1))).astype(int),
            started=first_day + 7 * clients["start_week"].to_numpy().astype("timedelta64[D]"),
            ended=first_day + 7 * weeks.astype("timedelta64[D]"),
            completed=np.where(clients["end"] == "completed", "yes", "no"),
        )


def service(services: Services) -> pd.DataFrame:
    """Return a clean table: 22 therapists with 140 clients each on average, PHQ-9, GAD-7 and case mix."""
    design = Design(therapists=22, services=2, clients_per_therapist=148, clients_log_sd=0.3)
    run = services.run("service", "routine_care", design)
    columns = ["client_id", "therapist_id", "service_id", "started", "ended", "n_sessions", "completed", "age"]
    return services.clients(run)[[*columns, "deprivation", "phq9_first", "phq9_last", "gad7_first", "gad7_last"]]


def export(services: Services) -> pd.DataFrame:
    """Return a table as an export from a German-speaking clinic may come: every cell is a text."""
    design = Design(therapists=12, services=1, clients_per_therapist=60, clients_log_sd=0.3)
    run = services.run("export", "routine_care", design, ("core_om",))
    clients = services.clients(run, ("core_om",))
    number = clients.index.to_numpy()
    code = "0" + (101 + run.clients.row).astype(str).astype(object)
    first, last = (_clinical_score(clients[f"core_om_{when}"]) for when in ("first", "last"))
    last = np.where(clients["finished"], last, "#NULL!")
    return pd.DataFrame(
        {
            "Klient-Nr.": [f"{100 + n:05d}" for n in number],
            "Therapeut/in": np.where(number % 41 == 7, code + " ", code),
            "Beginn": clients["started"].dt.strftime("%d.%m.%Y"),
            "Ende": clients["ended"].dt.strftime("%d.%m.%Y"),
            "Sitzungen": clients["n_sessions"].astype(str),
            "Alter": np.where(number % 97 == 5, "999", clients["age"].astype(str)),
            "Abschluss planmäßig": clients["completed"].map({"yes": "ja", "no": "nein"}),
            "CORE-OM prä": np.where(number % 53 == 11, "99", first),
            "CORE-OM post": np.where(number % 67 == 13, "99", last),
        }
    )


def _clinical_score(score: pd.Series) -> np.ndarray:
    """The nearest score that 34 items of 0 to 4 can give (ten times their mean), with a decimal comma."""
    items = np.rint(score.to_numpy() * CORE_ITEMS / 10)
    return np.array([f"{10 * total / CORE_ITEMS:.1f}".replace(".", ",") for total in items], dtype=object)


def sessions(services: Services) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return sessions, some clients being referred to another therapist on the way, and the clients with ratings."""
    design = Design(therapists=12, services=1, clients_per_therapist=45, clients_log_sd=0.3)
    run = services.run("sessions", "all_preventions", design)
    clients = services.clients(run)
    by_session = sessions_table(run).merge(clients[["client_id", "started", "start_week"]], on="client_id")
    days = 7 * (by_session["week"] - by_session["start_week"])
    by_session["date"] = by_session["started"] + pd.to_timedelta(days, unit="D")
    ratings = clients[["competence_rating", "burnout_rating", "alliance_rating"]].round(2)
    people = clients[["client_id", "age_band", "deprivation", "problem"]].join(ratings)
    return by_session[["client_id", "therapist_id", "session", "date", "phq9", "gad7"]], people


def counts(services: Services) -> pd.DataFrame:
    """Return numbers of finished and of deteriorated courses by service and year of their end."""
    design = Design(therapists=24, services=12, clients_per_therapist=900, clients_log_sd=0.1)
    clients = services.clients(services.run("counts", "routine_care", design))
    clients = clients[clients["finished"]].assign(year=lambda table: table["ended"].dt.year)
    clients = clients[clients["year"] < clients["year"].min() + YEARS]  # then waiting lists run out
    found = clients.groupby(["service_id", "year"]).agg(
        finished_courses=("client_id", "size"), deteriorated=("deteriorated", "sum")
    )
    return found.reset_index().astype({"deteriorated": int})


def write(folder: Path) -> None:
    """Write every example into a folder that exists."""
    services = Services()
    write_csv(service(services), folder / "simulated_service.csv")
    with replacing(folder / "simulated_export.csv") as temporary:
        export(services).to_csv(temporary, index=False, sep=";", encoding="cp1252", lineterminator="\r\n")
    by_session, people = sessions(services)
    write_csv(by_session, folder / "simulated_sessions.csv")
    write_csv(people, folder / "simulated_sessions_clients.csv")
    write_csv(counts(services), folder / "simulated_counts.csv")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
