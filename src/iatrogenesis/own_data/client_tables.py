"""Canonical tables of clients and of sessions, each from the columns of one file."""

from collections.abc import Callable, Collection, Mapping, Sequence

import pandas as pd

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data import from_sessions
from iatrogenesis.own_data.reading.said import many
from iatrogenesis.own_data.settings import Columns
from iatrogenesis.own_data.source import Source

COUNTED = ("session", "date", "attended")


def keys(source: Source, columns: Columns) -> dict[str, pd.Series]:
    """Return the ids of client, course and therapist, those that the file has."""
    names = {"client_id": columns.client, "course_id": columns.course, "therapist_id": columns.therapist}
    return {field: source.ids(field, name) for field, name in names.items() if name and source.has(name)}


def of_client(source: Source, columns: Columns, known: Collection[str] = ()) -> dict[str, pd.Series]:
    """Return what is known of a client, those of the columns that the file has and that are not known already."""
    take: dict[str, tuple[str, Callable[[str, str], pd.Series]]] = {
        "service": ("service_id", source.ids),
        "period": ("period", source.texts),
        "started": ("started", source.dates),
        "ended": ("ended", source.dates),
        "n_sessions": ("n_sessions", source.whole_numbers),
        "completed": ("completed", source.yes_no),
        "deteriorated": ("deteriorated", source.yes_no),
        "deprivation": ("deprivation", source.numbers),
    }
    wanted = [(field, method, getattr(columns, place)) for place, (field, method) in take.items()]
    for place, method in (("first", source.numbers), ("last", source.numbers)):
        wanted += [(f"{key}_{place}", method, name) for key, name in getattr(columns, place).items()]
    wanted += [(f"{trait}_rating", source.numbers, name) for trait, name in columns.ratings.items()]
    wanted += [(f"x_{key}", source.covariate, name) for key, name in columns.covariates.items()]
    found = {field: method(field, name) for field, method, name in wanted if field not in known and source.has(name)}
    if columns.age and "age_band" not in known and source.has(columns.age):
        found |= source.ages(columns.age)
    return found


def of_sessions(source: Source, columns: Columns, known: Collection[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return the sessions, and which of their columns belong to the client."""
    source.use_dates([name for name in (columns.date, columns.started, columns.ended) if name])
    table = keys(source, columns)
    if columns.service and source.has(columns.service):
        table["service_id"] = source.ids("service_id", columns.service)
    if columns.session:
        number = source.whole_numbers("session", columns.session)
        if number.notna().any() and number.min() == 0:  # intake is session 1 here
            number = number + 1
            source.remark("sessions from 0", "session", columns.session, len(number), "Sessions are counted from 1.")
        table["session"] = number
    if columns.date:
        table["date"] = source.dates("date", columns.date)
    if columns.attended:
        table["attended"] = source.yes_no("attended", columns.attended)
    table |= {key: source.numbers(key, name) for key, name in columns.scores.items()}
    constant = of_client(source, columns, {*known, "service_id"})
    sessions = pd.DataFrame(table | constant, index=source.raw.table.index)
    if "session" not in sessions:
        sessions["session"] = from_sessions.numbered(sessions)
        how = "their dates" if columns.date else "their order in the file"
        source.remark("sessions numbered", "session", "", len(sessions), f"Sessions were numbered by {how}.")
    constant_names = [*constant, *(["service_id"] if "service_id" in sessions and "service_id" not in known else [])]
    return sessions, constant_names


def remark_on_courses(
    source: Source, sessions: pd.DataFrame, made: pd.DataFrame, constant: Sequence[str], rule: str
) -> None:
    """Keep account of what was decided where courses were made from sessions."""
    text = f"{many(len(made), 'course', 'was', 'were')} made from {many(len(sessions), 'row')}."
    source.remark("courses from sessions", "client_id", "", len(made), text)
    for name in constant:
        if varies := from_sessions.varying(sessions, name):
            text = f"{name} differs within {many(varies, 'course')}: the first value that is not missing was taken."
            source.remark("varies within courses", name, source.origin.get(name, ("", ""))[1], varies, text)
    if "n_therapists" in made and (several := int((made["n_therapists"] > 1).sum())):
        text = f"{many(several, 'course', 'has', 'have')} several therapists; the rule {rule} says to whom it belongs."
        source.remark("several therapists", "therapist_id", source.origin["therapist_id"][1], several, text)


def origin_of_made(
    origin: Mapping[str, tuple[str, str]], made: pd.DataFrame, columns: Columns
) -> dict[str, tuple[str, str]]:
    """Return file and column of each column of courses that were made from sessions."""
    source_of = {f"{key}_{place}": key for key in columns.scores for place in ("first", "last")}
    source_of |= dict.fromkeys(
        (name for name in made if name.endswith("therapist_id") or name == "n_therapists"), "therapist_id"
    )
    source_of |= {"first_share": "therapist_id", "started": "date", "ended": "date"}
    source_of["n_sessions"] = next((name for name in COUNTED if name in origin), "client_id")
    return {name: origin[source_of.get(name, name)] for name in made if source_of.get(name, name) in origin}


def filled(clients: pd.DataFrame, made: pd.DataFrame, sources: Mapping[str, Source]) -> pd.DataFrame:
    """Return the clients with the columns that only their sessions tell."""
    key = [name for name in from_sessions.key_of(made) if name in clients]
    one_way = from_sessions.key_of(clients) != key and clients[key].dropna().duplicated().any()
    if one_way or made[key].duplicated().any():
        places = " and ".join(str(source.raw.path) for source in sources.values())
        raise DataError(
            f"{places}: clients have several courses, but only one file tells which. Give columns.course in both."
        )
    new = [name for name in made if name not in clients and name not in from_sessions.KEY]
    joined = clients[key].merge(made[[*key, *new]], on=key, how="left")
    result = pd.concat([clients, joined[new].set_axis(clients.index)], axis=1)
    if "n_sessions" in new:
        result["n_sessions"] = result["n_sessions"].fillna(0)
    return result
