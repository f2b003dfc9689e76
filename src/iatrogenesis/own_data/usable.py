"""The prepared tables, made of what the checks have left, and what they hold."""

import pandas as pd

from iatrogenesis.own_data.checks import Checked
from iatrogenesis.own_data.checks.columns import collinear_covariates, covariates, unusable_covariates
from iatrogenesis.own_data.codes import KINDS
from iatrogenesis.own_data.mapped import Mapped
from iatrogenesis.own_data.outcome import GIVEN, judging
from iatrogenesis.own_data.prepared import About
from iatrogenesis.own_data.ratings import standardised
from iatrogenesis.own_data.settings import RATINGS, OwnData

TEXTS = ("client_id", "service_id", "period", "age_band", *KINDS["therapist"])
DROPPED = ("course_id", "age_years", GIVEN)
BOOLEANS = ("completed", "deteriorated", "improved")
ROW_CODE = "R"
WHOLE_TIME = "all"


def tables(found: Mapped, checked: Checked, settings: OwnData) -> dict[str, pd.DataFrame]:
    """Return the prepared tables, one row per course, each with an id of its own.

    No table of the analysis holds the ids of clients: a course is R with its row in the file. Where ids are to be
    replaced by codes, courses keep the client's id until then, so that the key file knows it, and further courses of a
    client get their number.
    """
    if checked.kept is None:
        return {} if checked.counts is None else {"counts": _counts(checked.counts)}
    clients = checked.kept
    codes = _named(clients) if settings.privacy.anonymise else _numbered(clients)
    made = {"clients": _clients(clients.assign(client_id=codes))}
    if checked.sessions is not None:
        made["sessions"] = _sessions(checked.sessions, clients, codes)
    return made


def _numbered(clients: pd.DataFrame) -> pd.Series:
    return pd.Series([f"{ROW_CODE}{row:06d}" for row in clients.index], index=clients.index)


def _named(clients: pd.DataFrame) -> pd.Series:
    """The client's id; with the id of the course, or its number in order of time, where there are several."""
    ids = clients["client_id"].astype(str)
    if "course_id" in clients.columns:
        return ids + " / " + clients["course_id"].astype(str)
    order = [name for name in ("started", "ended") if name in clients.columns]
    ordered = clients.sort_values(order, kind="stable") if order else clients
    number = ordered.groupby("client_id").cumcount() + 1
    return ids.where(number == 1, ids + " / " + number.astype(str))


def _clients(clients: pd.DataFrame) -> pd.DataFrame:
    ratings = usable_ratings(clients)
    clients = standardised(clients, ratings)
    flat = [f"{trait}_rating" for trait in RATINGS if trait not in ratings]
    clients = clients.drop(columns=[*flat, *DROPPED, *unusable_covariates(clients)], errors="ignore")
    for name in clients.columns:
        if name in TEXTS:
            clients[name] = clients[name].astype("str")
        elif name in BOOLEANS:
            clients[name] = clients[name].astype("boolean")
        elif name.endswith(("_first", "_last", "_rating")) or name in ("deprivation", "first_share"):
            clients[name] = clients[name].astype("Float64").astype("float64")
    return clients.reset_index(drop=True)


def _sessions(sessions: pd.DataFrame, clients: pd.DataFrame, codes: pd.Series) -> pd.DataFrame:
    """Sessions of the usable courses; of a client with several courses only where they name the course."""
    key = [name for name in ("client_id", "course_id") if name in sessions.columns and name in clients.columns]
    once = clients[~clients.duplicated(key, keep=False)]
    courses = once[key].assign(code=codes[once.index])
    joined = sessions.merge(courses, on=key, how="inner")
    drop = ["course_id", "therapist_id", "service_id", "attended", "code"]
    joined = joined.assign(client_id=joined["code"].astype("str")).drop(columns=drop, errors="ignore")
    return joined.sort_values(["client_id", "session"], kind="stable", ignore_index=True)


def _counts(counts: pd.DataFrame) -> pd.DataFrame:
    period = counts["period"].astype("str") if "period" in counts.columns else WHOLE_TIME
    return pd.DataFrame(
        {
            "unit_id": counts["unit_id"].astype("str"),
            "period": period,
            "n": counts["n"].astype("int64"),
            "deteriorated": counts["deteriorated"].astype("int64"),
        }
    ).reset_index(drop=True)


def usable_ratings(clients: pd.DataFrame) -> tuple[str, ...]:
    """Return the traits whose ratings differ."""
    return tuple(
        trait for trait in RATINGS if f"{trait}_rating" in clients and clients[f"{trait}_rating"].nunique() > 1
    )


def about(found: Mapped, checked: Checked, settings: OwnData, made: dict[str, pd.DataFrame]) -> About:
    """Say what the tables hold: only what the models can use."""
    title = settings.title or settings.name.replace("_", " ")
    if "counts" in made:
        return About(name=settings.name, title=title, kind="counts", periods=_periods(made["counts"]))
    clients, known = made["clients"], checked.known or {}
    again = {second for _, second in collinear_covariates(clients)}
    unusable = unusable_covariates(clients)
    return About(
        name=settings.name,
        title=title,
        kind="clients",
        case_mix=tuple(name for name in covariates(clients) if name not in again and name not in unusable),
        ratings=usable_ratings(clients),
        instruments={name: known[name] for name in known},
        judged_by=judging(clients, known, settings),
        two_therapists="first_share" in clients.columns and bool(clients["first_share"].notna().any()),
        periods=_periods(clients),
    )


def _periods(table: pd.DataFrame) -> tuple[str, ...]:
    if "period" not in table.columns:
        return ()
    found = tuple(sorted(table["period"].dropna().unique()))
    return () if found == (WHOLE_TIME,) else found
