"""From the tables of the data set to courses and sessions with canonical names."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.resources import config_folder
from iatrogenesis.core.yaml_text import read_yaml
from iatrogenesis.own_data import reading
from iatrogenesis.own_data.attribution import attributed
from iatrogenesis.own_data.mapped import Mapped, nothing_remarked, nothing_unconverted
from iatrogenesis.own_data.nhs import agreement, scores, workforce
from iatrogenesis.own_data.nhs.contacts import activities, contacts, held
from iatrogenesis.own_data.nhs.fields import ACTIVITY, CONTACT, REFERRAL, WORKFORCE, opened
from iatrogenesis.own_data.nhs.referrals import courses, referrals
from iatrogenesis.own_data.settings import Files, NhsTables
from iatrogenesis.own_data.source import Source

QUOTED = 20  # rows of courses that a remark names
CLIENTS = (
    *("client_id", "course_id", "therapist_id", "service_id", "period", "started", "ended", "n_sessions", "completed"),
    *("phq9_first", "phq9_last", "gad7_first", "gad7_last", "age_band", "age_years", "deprivation"),
    *("n_therapists", "most_therapist_id", "last_therapist_id", "first_therapist_id", "first_share"),
    *("n_treatment_contacts", workforce.QUALIFIED, workforce.LEVEL, "flag_completed", "flag_deteriorated"),
)


def mapped(
    tables: NhsTables,
    folder: Path,
    files: Files,
    attribution: str,
    *,
    covariates: Mapping[str, str] | None = None,
    instruments: Instruments | None = None,
) -> Mapped:
    """Read the tables and return one row per course and one per attended contact.

    A course is a pathway (PathwayID), or a referral where no pathway is given; courses without attended contacts are
    kept. Sessions are the attended contacts. The therapist belongs to the activity, so that a course may have several:
    they stand side by side in `most_therapist_id`, `last_therapist_id`, and `first_therapist_id` with `first_share`.

    Parameters
    ----------
    tables
        Paths relative to `folder`.
    files
        How the files are written.
    attribution
        ``most_contacts``, ``last`` or ``membership``: whom `therapist_id` is, see
        `iatrogenesis.own_data.attribution.attributed`.
    covariates
        Further case mix by a short name: fields of IDS101, or ``therapist_qualified`` and ``therapist_qualification``
        of IDS902.
    instruments
        For the comparison with the data set's own flags; those of `config/instruments.yaml` unless said.

    Raises
    ------
    DataError
        If a file cannot be read or lacks a field it must have: naming table, file and field.
    """
    covariates = dict(covariates or {})
    of_referral = opened(REFERRAL, folder / tables.referrals, files.of("referrals"))
    of_contact = opened(CONTACT, folder / tables.contacts, files.of("contacts"))
    of_activity = opened(ACTIVITY, folder / tables.activities, files.of("activities"))
    sources = [of_referral, of_contact, of_activity]
    every = referrals(of_referral, covariates)
    seen = contacts(of_contact, every)
    acts = activities(of_activity, seen)
    parts = []
    for path in tables.scores:
        part, source = scores.scored(reading.read(folder / path, files.of("scores")), files, every, acts)
        parts.append(part)
        sources.append(source)
    dated = scores.together(parts)
    clients, meetings = _clients(courses(every, of_referral), seen, acts, attribution, of_activity)
    clients = clients.assign(**scores.first_and_last(dated, clients, of_referral))
    if tables.workforce is not None:
        source = opened(WORKFORCE, folder / tables.workforce, files.of("workforce"))
        sources.append(source)
        known = workforce.workforce(source, acts["therapist_id"])
        clients = clients.join(workforce.qualified(known, meetings, source))
    for name, field in covariates.items():
        if field in (workforce.QUALIFIED, workforce.LEVEL) and field in clients:
            clients[f"x_{name}"] = clients[field].astype("Float64" if field == workforce.QUALIFIED else "str")
    _compare(clients, instruments, of_referral)
    return _mapped(clients, _sessions(seen, acts, dated, clients, of_contact), sources)


def _clients(
    found: pd.DataFrame, seen: pd.DataFrame, acts: pd.DataFrame, attribution: str, source: Source
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Courses with what their contacts tell; and when each course's therapist and client first met."""
    rows = held(seen, acts, source)
    attended = seen[seen["attended"] & seen["course_id"].notna()].groupby("course_id")
    made = pd.DataFrame({"started": attended["date"].min(), "ended": attended["date"].max()})
    made["n_sessions"] = attended.size().astype("Int64")
    if "treatment" in seen:
        told = attended["treatment"].count() == attended.size()
        made["n_treatment_contacts"] = attended["treatment"].sum().astype("Int64").where(told)
    some = found["course_id"].isin(seen["course_id"])
    clients = found.rename(columns={"provider": "service_id"})
    for name in made:
        ours = made[name].reindex(found["course_id"].to_numpy()).set_axis(found.index)
        if name.startswith("n_"):
            came = found["course_id"].isin(made.index)
            ours = ours.mask(some & ~came, 0).astype("Int64")
        clients[name] = ours.where(some, clients[name]) if name in clients else ours
    if without := int((~some).sum()):
        text = f"{without} courses have no contact in IDS201: dates and number of sessions are the referral's own."
        source.remark("courses without contacts", "n_sessions", "CareContactId", without, text)
    therapists = _therapists(rows, attribution, source)
    clients = clients.join(therapists, on="course_id")
    clients["n_therapists"] = clients["n_therapists"].fillna(0).astype("Int64")
    clients["period"] = clients["ended"].dt.strftime("%Y").astype("str")
    met = rows.groupby(["course_id", "therapist_id"])["date"].min().rename("date").reset_index()
    meetings = clients[["course_id", "therapist_id"]].merge(met, on=["course_id", "therapist_id"], how="left")
    return clients, meetings.set_axis(clients.index)


def _therapists(rows: pd.DataFrame, attribution: str, source: Source) -> pd.DataFrame:
    """Attribution of courses."""
    every = attributed(rows["course_id"], rows["therapist_id"], attribution)
    if several := int((every["n_therapists"] > 1).sum()):
        more = int((every["n_therapists"] > 2).sum())
        text = f"{several} courses had several therapists; they belong to a therapist by the rule {attribution}."
        if more:
            text += f" {more} had more than two: for membership, the two with most contacts count."
        source.remark("several therapists", "therapist_id", "CarePersLocalId", several, text)
    return every


def _sessions(
    seen: pd.DataFrame, acts: pd.DataFrame, dated: pd.DataFrame, clients: pd.DataFrame, source: Source
) -> pd.DataFrame:
    """One row per attended contact of a course, in order of time; the index is the row of IDS201."""
    rows = seen[seen["attended"] & seen["course_id"].isin(clients["course_id"].dropna())]
    person = clients.dropna(subset="course_id").set_index("course_id")["client_id"]
    main = acts[acts["therapist_id"].notna()].sort_values("minutes", kind="stable")
    main = main.drop_duplicates(["course_id", "contact"], keep="last")[["course_id", "contact", "therapist_id"]]
    therapist = rows[["course_id", "contact"]].merge(main, on=["course_id", "contact"], how="left")["therapist_id"]
    table = pd.DataFrame(
        {
            "client_id": rows["course_id"].map(person),
            "course_id": rows["course_id"],
            "session": (rows.groupby("course_id").cumcount() + 1).astype("Int64"),
            "date": rows["date"],
            "therapist_id": therapist.to_numpy(),
            "attended": pd.Series(True, rows.index, dtype="boolean"),
        }
    )
    if "provider" in rows:
        table["service_id"] = rows["provider"]
    return table.assign(**scores.of_contacts(dated, rows, source)) if len(dated) else table


def _compare(clients: pd.DataFrame, instruments: Instruments | None, source: Source) -> None:
    """Say where the data set's own flags and our judgement differ."""
    known = instruments or Instruments.model_validate(read_yaml(config_folder() / "instruments.yaml"))
    ours = agreement.judged(clients, known)
    table, unlike = agreement.agreement(clients, ours), agreement.disagreements(clients, ours)
    for field, part in table.groupby("flag", sort=False):
        both = part[(part["flagged"] != "unknown") & (part["ours"] != "unknown")]
        alike = int(both.loc[both["flagged"] == both["ours"], "courses"].sum())
        rows = unlike.loc[unlike["flag"] == field, "row"]
        text = f"{field} and our own judgement agree in {alike} of {int(both['courses'].sum())} courses"
        if len(rows):
            more = f" and {len(rows) - QUOTED} more" if len(rows) > QUOTED else ""
            text += f"; they differ in rows {', '.join(map(str, rows[:QUOTED]))}{more}"
        source.remark("flags of the data set", str(field), str(field), len(rows), f"{text}.")


def _mapped(clients: pd.DataFrame, sessions: pd.DataFrame, sources: list[Source]) -> Mapped:
    names = [*CLIENTS, *(name for name in clients if name.startswith("x_"))]
    shared = clients["first_share"].notna().any()
    absent = () if shared else ("first_therapist_id", "first_share")
    clients = clients[[name for name in names if name in clients and name not in absent]]
    origin: dict[str, tuple[str, str]] = {}
    for source in sources:
        for name, place in source.origin.items():
            if source.table == "clients" or name in ("therapist_id", "date", "attended"):
                origin.setdefault(name if source.table == "clients" else f"sessions.{name}", place)
    therapist = sources[2].origin["therapist_id"]
    origin |= {name: therapist for name in clients if name.endswith("therapist_id") or name == "first_share"}
    counted = {"n_sessions": "attended", "n_treatment_contacts": "treatment", "started": "date", "ended": "date"}
    origin |= {
        name: sources[1].origin[of] for name, of in counted.items() if of in sources[1].origin and name in clients
    }
    for source in sources[3:]:
        if "score" in source.origin:
            origin |= dict.fromkeys((n for n in clients if n.startswith(scores.INSTRUMENTS)), source.origin["score"])
            origin |= {f"sessions.{name}": source.origin["score"] for name in scores.INSTRUMENTS}
    remarks = pd.concat([nothing_remarked(), *(source.remarks for source in sources)], ignore_index=True)
    failed = pd.concat(
        [nothing_unconverted(), *(part for source in sources for part in source.unconverted)], ignore_index=True
    )
    notes = tuple(
        f"{file}{f', column {column}' if column else ''}: {text}"
        for file, column, text in zip(remarks["file"], remarks["column"], remarks["text"], strict=True)
    )
    unlinked = tuple(one for source in sources for one in source.unlinked)
    return Mapped(clients, sessions, None, origin, failed, notes, remarks, unlinked=unlinked)
