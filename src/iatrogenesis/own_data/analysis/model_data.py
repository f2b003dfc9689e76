"""The data of each model from the judged courses, or why there are none."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import by_service, from_clients
from iatrogenesis.inference.data.membership import MembershipData, from_referrals
from iatrogenesis.inference.data.ordinal import OrdinalData
from iatrogenesis.inference.data.outcomes import FitData, OutcomeData
from iatrogenesis.own_data.analysis.ready import Ready

FEWEST_SERVICES = 5
FEWEST_VULNERABLE = 20
VULNERABLE = "x_vulnerable"


class NotPossible(DataError):
    """The columns do not allow a model; the message says why."""


def _intercept_only(ready: Ready) -> OutcomeData:
    return from_clients(ready.judged, dataset=ready.name)


def _casemix(ready: Ready) -> OutcomeData:
    if not ready.case_mix:
        raise NotPossible("no column of case mix can be used")
    return ready.data()


def _therapist(ready: Ready) -> OutcomeData:
    if not ready.ratings:
        raise NotPossible("no trait is rated for every course")
    return ready.data((*ready.case_mix, *ready.ratings))


def _interaction(ready: Ready) -> OutcomeData:
    if "burnout_rating" not in ready.ratings:
        raise NotPossible("burnout is not rated for every course")
    if VULNERABLE not in ready.judged:
        raise NotPossible("no covariate is called 'vulnerable'")
    flag = ready.judged[VULNERABLE]
    if flag.isna().any() or not flag.astype(float).isin([0.0, 1.0]).all():
        raise NotPossible("'vulnerable' must be yes or no for every course")
    if not FEWEST_VULNERABLE <= flag.astype(float).sum() <= len(flag) - FEWEST_VULNERABLE:
        raise NotPossible(f"fewer than {FEWEST_VULNERABLE} clients are vulnerable, or are not")
    table = ready.judged.assign(vulnerable=flag.astype(bool))
    others = tuple(name for name in (*ready.case_mix, *ready.ratings) if name != VULNERABLE)
    return from_clients(table, (*others, "vulnerable", "burnout_rating:vulnerable"), dataset=ready.name)


def _service(ready: Ready) -> OutcomeData:
    if "service_id" not in ready.judged or ready.judged["service_id"].isna().any():
        raise NotPossible("the service is not given for every course")
    number = ready.judged["service_id"].nunique()
    if number < FEWEST_SERVICES:
        raise NotPossible(f"{number} services; from fewer than {FEWEST_SERVICES} nothing can be said about services")
    return by_service(_intercept_only(ready), ready.judged)


def _membership(ready: Ready) -> MembershipData:
    if not ready.about.two_therapists or "first_share" not in ready.judged:
        raise NotPossible("no course is marked to have had two therapists")
    if not ready.case_mix:
        raise NotPossible("no column of case mix can be used")
    return from_referrals(ready.judged, ready.case_mix, dataset=ready.name)


def _measurement(ready: Ready) -> FitData:
    from iatrogenesis.inference.models.measurement import TRAITS, RatedData

    known = ready.settings.analysis.rating_reliability
    if lost := [name for name in TRAITS if f"{name}_rating" not in ready.ratings]:
        raise NotPossible(f"{lost[0]} is not rated for every course")
    if lost := [name for name in TRAITS if name not in known]:
        raise NotPossible(f"the reliability of ratings of {lost[0]} is not given in analysis.rating_reliability")
    ratings = np.column_stack([ready.judged[f"{name}_rating"].to_numpy(dtype=float) for name in TRAITS])
    return RatedData(_casemix(ready), ratings, np.array([known[name] for name in TRAITS])).validate()


def _ordinal(ready: Ready) -> FitData:
    from iatrogenesis.inference.data.ordinal import outcome_of

    table = ready.judged
    if "improved" not in table or table["improved"].isna().any():
        raise NotPossible("improvement is not known: the outcome was given, or there are no scores")
    if not ready.case_mix:
        raise NotPossible("no column of case mix can be used")
    table = table.assign(recovered=_recovered(ready))
    return OrdinalData(ready.data(), outcome_of(table, ready.name)).validate()


def _recovered(ready: Ready) -> np.ndarray:
    """Whether each judged course began above a cut-off for caseness and ended below all."""
    cut = {name: ready.about.instruments[name].caseness for name in ready.about.judged_by}
    if not cut or any(value is None for value in cut.values()):
        raise NotPossible("an instrument has no cut-off for caseness, so that recovery is not known")
    before, after = np.zeros((2, len(ready.judged)), dtype=bool)
    for name, value in cut.items():
        before |= (ready.judged[f"{name}_first"] >= value).to_numpy(dtype=bool)
        after |= (ready.judged[f"{name}_last"] >= value).to_numpy(dtype=bool)
    return before & ~after


def _growth(ready: Ready) -> FitData:
    from iatrogenesis.inference.data.sessions import from_sessions
    from iatrogenesis.inference.models.growth import SCORE

    sessions = _sessions(ready, SCORE)
    covariates = tuple(name for name in ready.case_mix if name != f"{SCORE}_first")
    return from_sessions(sessions, ready.every, covariates, dataset=ready.name, score=SCORE)


def _dropout(ready: Ready) -> FitData:
    from iatrogenesis.inference.data.endings import from_courses
    from iatrogenesis.inference.models.dropout import SCORE

    sessions, clients = _sessions(ready, SCORE), ready.every
    if "completed" not in clients or clients["completed"].isna().any():
        raise NotPossible("it is not known of every course whether it was completed")
    if lost := [name for name in ("competence_rating", "burnout_rating") if name not in ready.ratings]:
        raise NotPossible(f"{lost[0]} is not there for every course")
    last = sessions.groupby("client_id")["session"].max()
    clients = clients[clients["client_id"].isin(last.index)]
    clients = clients.assign(
        end=np.where(clients["completed"].astype(bool), "completed", "dropped_out"),
        n_sessions=last.loc[clients["client_id"]].to_numpy(),
    )
    change = ready.about.instruments[SCORE].reliable_change
    return from_courses(sessions, clients, dataset=ready.name, score=SCORE, reliable_change=change)


def _sessions(ready: Ready, score: str) -> pd.DataFrame:
    """Sessions with a score; the priors of these models are in points of one instrument."""
    if ready.sessions is None or score not in ready.sessions:
        raise NotPossible(f"there are no sessions with a score of {score}")
    known = ready.sessions[score].notna() & ready.sessions["client_id"].isin(ready.every["client_id"])
    return ready.sessions[known]


MAKERS: Mapping[str, Callable[[Ready], FitData]] = {
    "intercept_only": _intercept_only,
    "casemix": _casemix,
    "therapist": _therapist,
    "interaction": _interaction,
    "service": _service,
    "membership": _membership,
    "measurement": _measurement,
    "ordinal": _ordinal,
    "growth": _growth,
    "dropout": _dropout,
}
"""By model what makes its data."""
