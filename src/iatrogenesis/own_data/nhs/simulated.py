"""Simulated tables of the data set, from the project's simulator, with all that makes real ones awkward; nobody exists.

Ids of referrals, contacts and therapists that are unique within a provider only; missed contacts; contacts that a
colleague held, or that name nobody; scores filled in days after the contact, or not at all; other questionnaires;
records handed in again in a later month; people with two courses; therapists in training.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from iatrogenesis.core.definitions import FIRST_JUDGED_SESSION, Judgement
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.streams import Noise

FIRST_DAY = np.datetime64("2021-01-04")
FIRST_MONTH = 1451  # Unique_MonthID of that month: months since April 1900, counted from 1
ON_TIME, MISSED, COVERED, UNNAMED, LATE, UNSCORED = 0.8, 0.1, 0.06, 0.01, 0.1, 0.05
"""Shares of contacts on time, before which one was missed, that a colleague held, that name nobody, whose questionnaire
came up to five days later, or never."""
AGAIN, WRONG = 0.1, 0.01
"""Shares of records handed in twice, and of flags that are wrong."""
AGES = {"18-25": 22, "26-64": 45, "65-74": 70, "75-89": 80}
TWO_COURSES, TRAINEES, STUDY_DAYS = 15, 4, 500
TOOLS = {"phq9": "720433000", "gad7": "445455005"}
OTHER_TOOL = "932621000000100"  # work and social adjustment


@dataclass(frozen=True)
class NhsData:
    """Simulated tables.

    Attributes
    ----------
    tables
        referrals, contacts, activities, referral_scores (IDS606), activity_scores (IDS607), workforce.
    truth
        One row per attended contact, in order of time: `course_id`, `client_id` (the person), `service_id`, `date`,
        `therapist_id` (missing where the table names nobody), and the scores at it (missing where none was filled in).
    wrong_flags
        Courses whose ReliableDeterioration_Flag is wrong on purpose.
    """

    tables: Mapping[str, pd.DataFrame]
    truth: pd.DataFrame
    wrong_flags: tuple[str, ...]


def nhs_data(clients: pd.DataFrame, sessions: pd.DataFrame, instruments: Instruments, seed: int) -> NhsData:
    """Return the tables of simulated clients and sessions.

    Parameters
    ----------
    clients, sessions
        As `iatrogenesis.world.tidy` gives them, of one replicate, with phq9 and gad7.
    instruments
        By whose reliable change the data set's flags are set.
    seed
        Everything random follows from it.
    """
    noise = Noise(seed)
    people = _people(clients)
    held = _held(people, sessions, noise)
    contacts = _contacts(held, noise)
    courses = _courses(people, held, instruments)
    wrong = noise.uniform("nhs.wrong_flag", client=courses["place"].to_numpy()) < WRONG
    courses["deteriorated"] ^= wrong & courses["completed"]
    public = [name for name in contacts if name[0].isupper()]
    tables = {
        "referrals": _referrals(courses, noise),
        "contacts": contacts[public].reset_index(drop=True),
        "activities": _activities(contacts),
        **_scores(held, contacts, noise),
        "workforce": _workforce(clients, noise),
    }
    truth = held[["course_id", "client_id", "service_id", "date", "therapist_id", *TOOLS]]
    wrong_ids = tuple(courses.loc[wrong & courses["completed"], "course_id"])
    return NhsData(tables, truth.reset_index(drop=True), wrong_ids)


def _people(clients: pd.DataFrame) -> pd.DataFrame:
    """Clients with the ids of the data set: every so many, the person of the client before comes back."""
    number = clients.groupby("service_id").cumcount().to_numpy()
    person = np.where(number % TWO_COURSES == 1, number - 1, number)
    provider = _providers(clients["service_id"])
    return clients.assign(
        service_id=provider,
        request=[f"SR{n:05d}" for n in number],
        person=provider + [f"-{n:05d}" for n in person],
        course_id=[f"PW{n:06d}" for n in range(len(clients))],
        place=np.arange(len(clients)),
    )


def _providers(services: pd.Series) -> pd.Series:
    return "R" + services.str.removeprefix("S").str.zfill(2)


def local_ids(therapists: pd.Series, services: pd.Series) -> pd.Series:
    """Return each therapist's id within its provider: P01, P02, ..."""
    known = pd.DataFrame({"id": therapists, "service": services}).drop_duplicates().sort_values("id")
    known["local"] = [f"P{n + 1:02d}" for n in known.groupby("service").cumcount()]
    return therapists.map(known.set_index("id")["local"])


def _held(people: pd.DataFrame, sessions: pd.DataFrame, noise: Noise) -> pd.DataFrame:
    """Attended contacts: when, by whom, with which scores."""
    held = sessions[["client_id", "therapist_id", "session", "week", *TOOLS]].merge(
        people[["client_id", "service_id", "course_id", "person", "request", "place"]], on="client_id"
    )
    who = {"client": held["place"].to_numpy(), "occasion": held["session"].to_numpy()}
    weekday = (noise.uniform("nhs.weekday", client=who["client"]) * 5).astype(int)
    held["date"] = FIRST_DAY + (7 * held["week"].to_numpy() + weekday).astype("timedelta64[D]")
    service = people.drop_duplicates("therapist_id").set_index("therapist_id")["service_id"]
    everyone = pd.Series(sorted({*held["therapist_id"], *people["therapist_id"]}), dtype="str")
    of_service = everyone.map(service)
    local = dict(zip(everyone, local_ids(everyone, of_service), strict=True))
    held["own"] = held["therapist_id"].map(local)
    team = {name: sorted(local[one] for one in part) for name, part in everyone.groupby(of_service)}
    pick = noise.uniform("nhs.colleague", **who)
    colleague = [team[s][int(u * len(team[s]))] for s, u in zip(held["service_id"], pick, strict=True)]
    covered = noise.uniform("nhs.covered", **who) < COVERED
    named = noise.uniform("nhs.named", **who) >= UNNAMED
    held["local"] = pd.Series(np.where(covered, colleague, held["own"]), dtype="str").where(named)
    held["therapist_id"] = held["service_id"] + "-" + held["local"]
    unscored = noise.uniform("nhs.unscored", **who) < UNSCORED
    held[list(TOOLS)] = held[list(TOOLS)].astype(float).mask(pd.Series(unscored, held.index), axis=0)
    held["client_id"] = held["person"]
    return held.sort_values(["place", "session"], ignore_index=True)


def _contacts(held: pd.DataFrame, noise: Noise) -> pd.DataFrame:
    """Contacts, the missed ones between them, some handed in twice: at first as missed, a month later as they were."""
    who = {"client": held["place"].to_numpy(), "occasion": held["session"].to_numpy()}
    on_time = noise.uniform("nhs.on_time", **who) < ON_TIME
    kind = np.where(held["session"] == 1, "03", "02")
    code = np.where(on_time, "5", "6")
    came = held.assign(AttendOrDNACode=code, AppType=kind, day=held["date"], came=True)
    missed = held[(noise.uniform("nhs.missed", **who) < MISSED) & held["session"].ne(1)]
    codes = np.array(["2", "3", "4", "7"])[missed["session"].to_numpy() % 4]
    before = missed["date"] - pd.Timedelta(days=3)
    missed = missed.assign(AttendOrDNACode=codes, AppType="02", day=before, came=False)
    every = pd.concat([came, missed], ignore_index=True).sort_values(["place", "day"], kind="stable", ignore_index=True)
    number = every.groupby("service_id").cumcount()
    table = pd.DataFrame(
        {
            "OrgID_Provider": every["service_id"],
            "CareContactId": [f"CC{n:06d}" for n in number],
            "ServiceRequestId": every["request"],
            "PathwayID": every["course_id"],
            "CareContDate": every["day"].dt.strftime("%Y-%m-%d"),
            "AttendOrDNACode": every["AttendOrDNACode"],
            "AppType": every["AppType"],
            "Unique_MonthID": _month(every["day"]) + 1,
            **{name: every[name] for name in ("place", "session", "local", "came")},
            "number": number,
        }
    )
    again = table[noise.uniform("nhs.again", client=np.arange(len(table))) < AGAIN]
    early = again.assign(AttendOrDNACode="3", Unique_MonthID=again["Unique_MonthID"] - 1, came=False, number=-1)
    return pd.concat([table, early], ignore_index=True)


def _month(days: pd.Series) -> pd.Series:
    first = pd.Timestamp(FIRST_DAY)
    return FIRST_MONTH + 12 * (days.dt.year - first.year) + days.dt.month - first.month


def _activities(contacts: pd.DataFrame) -> pd.DataFrame:
    own = contacts[contacts["number"] >= 0]
    return pd.DataFrame(
        {
            "OrgID_Provider": own["OrgID_Provider"],
            "CareActId": [f"CA{n:06d}" for n in own["number"]],
            "CareContactId": own["CareContactId"],
            "CarePersLocalId": own["local"],
            "ClinContactDurOfCareAct": 50,
        }
    ).reset_index(drop=True)


def _scores(held: pd.DataFrame, contacts: pd.DataFrame, noise: Noise) -> dict[str, pd.DataFrame]:
    """Scores of even providers by referral and date, some days late; of odd ones by activity."""
    who = {"client": held["place"].to_numpy(), "occasion": held["session"].to_numpy()}
    late = noise.uniform("nhs.late", **who) < LATE
    days = np.where(late, 1 + (noise.uniform("nhs.days", **who) * 5).astype(int), 0)
    held = held.assign(filled_in=held["date"] + pd.to_timedelta(days, unit="D"))
    held = held.merge(contacts.loc[contacts["came"], ["place", "session", "number"]], on=["place", "session"])
    long = [held.assign(CodedAssToolType=code, PersScore=held[name]) for name, code in TOOLS.items()]
    long.append(held.assign(CodedAssToolType=OTHER_TOOL, PersScore=np.where(held["session"] % 2 == 0, "NA", "4")))
    every = pd.concat(long).dropna(subset="PersScore")
    every["PersScore"] = every["PersScore"].map(lambda score: score if isinstance(score, str) else f"{score:.0f}")
    every = every.rename(columns={"service_id": "OrgID_Provider", "request": "ServiceRequestId"})
    every["AssToolCompDate"] = every["filled_in"].dt.strftime("%Y-%m-%d")
    every["CareActId"] = [f"CA{n:06d}" for n in every["number"]]
    odd = every["OrgID_Provider"].str[-1].astype(int) % 2 == 1
    both = ["CodedAssToolType", "PersScore"]
    return {
        "referral_scores": every.loc[~odd, ["OrgID_Provider", "ServiceRequestId", *both, "AssToolCompDate"]],
        "activity_scores": every.loc[odd, ["OrgID_Provider", "CareActId", *both]],
    }


def _courses(people: pd.DataFrame, held: pd.DataFrame, instruments: Instruments) -> pd.DataFrame:
    """Courses with what the data set derives from their contacts and scores."""
    by_course = held.groupby("course_id")
    found = pd.DataFrame({"started": by_course["date"].min(), "ended": by_course["date"].max(), "n": by_course.size()})
    for name in TOOLS:
        given = held.dropna(subset=name).groupby("course_id")[name]
        found[f"{name}_first"], found[f"{name}_last"] = given.first(), given.last().where(given.size() > 1)
    found = people.drop(columns=[name for name in found if name in people]).join(found, on="course_id")
    first, last = ({name: found[f"{name}_{place}"].to_numpy() for name in TOOLS} for place in ("first", "last"))
    worse, _ = Judgement(instruments=tuple(TOOLS)).worse_and_better(first, last, instruments)
    return found.assign(completed=found["n"] >= FIRST_JUDGED_SESSION, deteriorated=worse & (found["n"] >= 2))


def _referrals(courses: pd.DataFrame, noise: Noise) -> pd.DataFrame:
    """Referrals, some of them handed in while they were still open, too."""

    def written(days: pd.Series) -> pd.Series:
        return days.dt.strftime("%Y-%m-%d")

    number = {"PHQ9": "phq9", "GAD": "gad7"}
    table = pd.DataFrame(
        {
            "OrgID_Provider": courses["service_id"],
            "ServiceRequestId": courses["request"],
            "Person_ID": courses["person"],
            "PathwayID": courses["course_id"],
            "ReferralRequestReceivedDate": written(courses["started"] - pd.Timedelta(days=30)),
            "ServDischDate": written(courses["ended"] + pd.Timedelta(days=14)),
            "EndCode": courses["end"].map({"completed": "46", "dropped_out": "47"}),
            "UsePathway_Flag": True,
            "Unique_MonthID": _month(courses["ended"]) + 1,
            "Age_ReferralRequest_ReceivedDate": courses["age_band"].map(AGES),
            "IndicesOfDeprivationDecile": 11 - courses["deprivation"],
            "TreatmentCareContact_Count": courses["n"],
            "TherapySession_FirstDate": written(courses["started"]),
            "TherapySession_LastDate": written(courses["ended"]),
            **{
                f"{theirs}_{place}Score": courses[f"{ours}_{place.lower()}"].astype("Int64")
                for theirs, ours in number.items()
                for place in ("First", "Last")
            },
            "CompletedTreatment_Flag": courses["completed"],
            "ReliableDeterioration_Flag": courses["deteriorated"],
        }
    )
    opened = table[noise.uniform("nhs.opened", client=courses["place"].to_numpy()) < AGAIN]
    unknown = ["ServDischDate", "EndCode", "PHQ9_LastScore", "GAD_LastScore"]
    early = opened.assign(Unique_MonthID=opened["Unique_MonthID"] - 1, UsePathway_Flag=False, **dict.fromkeys(unknown))
    return pd.concat([table, early.astype(table.dtypes.to_dict())], ignore_index=True)


def _workforce(clients: pd.DataFrame, noise: Noise) -> pd.DataFrame:
    """One qualification for each therapist: of most long ago, of some while the data were collected."""
    own = clients[["therapist_id", "service_id"]].drop_duplicates().sort_values("therapist_id", ignore_index=True)
    own["service_id"] = _providers(own["service_id"])
    trainee = np.arange(len(own)) % TRAINEES == 0
    days = (noise.uniform("nhs.qualified", therapist=np.arange(len(own))) * STUDY_DAYS).astype(int)
    awarded = pd.Series(FIRST_DAY + np.where(trainee, days, -2000 + days).astype("timedelta64[D]"))
    return pd.DataFrame(
        {
            "OrgID_Provider": own["service_id"],
            "CarePersLocalId": local_ids(own["therapist_id"], own["service_id"]),
            "QualAttainLevelIAPT": np.where(trainee, "02", "05"),
            "QualAwardedDate": awarded.dt.strftime("%Y-%m-%d"),
            "QualPlannedCompletionDate": (awarded - pd.Timedelta(days=10)).dt.strftime("%Y-%m-%d"),
        }
    )
