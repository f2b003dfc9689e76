"""Convert a run to tidy data frames: string ids, one row per client, session, therapist, therapist-week.

The columns are described in ``config/codebook.yaml``.
"""

import numpy as np

from iatrogenesis.core.extras import missing

try:
    import pandas as pd
except ModuleNotFoundError as error:
    raise missing("tables", error) from None

from iatrogenesis.core.definitions import Judgement
from iatrogenesis.core.definitions import finished as finished_courses
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.world.run import ENDS, Run


def _numbered(prefix: str, numbers: np.ndarray, width: int) -> np.ndarray:
    return np.char.add(prefix, np.char.zfill(numbers.astype(str), width)).astype(object)


def therapist_ids(run: Run) -> np.ndarray:
    """Ids such as ``T007``, with the replicate in front where there are several (``R2-T007``)."""
    ids = _numbered("T", run.therapists.index, 3)
    return _with_replicate(run, run.therapists.replicate, ids)


def client_ids(run: Run) -> np.ndarray:
    """Ids such as ``T007-C0123``: the place on the therapist's list."""
    return therapist_ids(run)[run.clients.row] + "-" + _numbered("C", run.clients.index, 4)


def _with_replicate(run: Run, replicate: np.ndarray, ids: np.ndarray) -> np.ndarray:
    return _numbered("R", replicate, 1) + "-" + ids if run.one_of_many else ids


def therapists_table(run: Run) -> pd.DataFrame:
    """One row per therapist: the latent states and how many clients and places there are."""
    t = run.therapists
    return pd.DataFrame(
        {
            "therapist_id": therapist_ids(run),
            "service_id": _with_replicate(run, t.replicate, _numbered("S", t.service, 2)),
            "replicate": t.replicate,
            "caseload": t.caseload,
            "clients": t.clients,
            "competence": t.competence,
            "competence_rating": t.competence_rating,
            "residual_drift": t.drift,
            "residual_dropout": t.dropout,
        }
    )


def clients_table(run: Run, instruments: Instruments, judgement: Judgement, twin: Run | None = None) -> pd.DataFrame:
    """One row per client; with a ``twin`` (the same clients in the reference world) also what therapy caused.

    ``deteriorated``, ``improved``, ``recovered``, ``iatrogenic`` and ``spared`` are missing where a course was not
    finished, because change cannot be judged there.
    """
    state, clients = run.state, run.clients
    worse, better = judgement.worse_and_better(state.first, state.last, instruments)
    case_first = judgement.caseness(state.first, instruments)
    case_last = judgement.caseness(state.last, instruments)
    finished = finished_courses(state.session)
    by_therapist = therapists_table(run).iloc[clients.row].reset_index(drop=True)
    return pd.DataFrame(
        {
            "client_id": client_ids(run),
            "therapist_id": by_therapist["therapist_id"],
            "last_therapist_id": therapist_ids(run)[state.row],
            "service_id": by_therapist["service_id"],
            "replicate": clients.replicate,
            "start_week": state.start_week,
            "n_sessions": state.session,
            "end": np.asarray(ENDS, dtype=object)[state.end],
            **_scores(run, instruments),
            "finished": finished,
            "deteriorated": _where(finished, worse),
            "improved": _where(finished, better),
            "recovered": _where(finished & case_first, ~case_last),
            "severity_first": clients.level + clients.elevation,
            "severity_last": state.severity,
            "severity_follow_up": run.follow_up["severity"],
            "new_symptoms": state.second,
            "seeks_help_again": _where(run.follow_up["unwell"], run.follow_up["returns"]),
            "age_band": clients.age_band,
            "deprivation": clients.deprivation,
            **{trait: getattr(clients, trait) for trait in ("ethnicity", "problem", "cluster")},
            **{trait: getattr(clients, trait) > 0 for trait in ("trauma", "fragile", "unrealistic")},
            "vulnerable": (clients.trauma > 0) | (clients.fragile > 0),
            "fit": clients.fit,
            "fit_rating": clients.fit_rating,
            "alliance_rating": run.alliance_rating,
            "ruptures": state.ruptures,
            "repairs": state.repairs,
            "crises": state.crises,
            "noticed": state.noticed,
            "referred": state.referred,
            "competence": by_therapist["competence"],
            "competence_rating": by_therapist["competence_rating"],
            "burnout": state.burnout_at_start,
            "burnout_rating": state.burnout_rating,
            **(_caused(finished, worse, twin, instruments, judgement) if twin is not None else {}),
        }
    )


def _scores(run: Run, instruments: Instruments) -> dict[str, np.ndarray]:
    """Every instrument at the first session, the last and follow-up."""
    scores = {}
    for name in instruments.by_name():
        scores[f"{name}_first"] = run.state.first[name]
        scores[f"{name}_last"] = run.state.last[name]
        scores[f"{name}_follow_up"] = run.follow_up[name]
    return scores


def _caused(
    finished: np.ndarray, worse: np.ndarray, twin: Run, instruments: Instruments, judgement: Judgement
) -> dict[str, pd.array]:
    """What only a comparison with the reference world tells; a course not finished there counts as no deterioration."""
    other, _ = judgement.worse_and_better(twin.state.first, twin.state.last, instruments)
    known = finished_courses(twin.state.session)
    other &= known
    return {
        "deteriorated_reference": _where(known, other),
        "iatrogenic": _where(finished, worse & ~other),
        "spared": _where(finished, ~worse & other),
    }


def _where(known: np.ndarray, values: np.ndarray) -> pd.array:
    return pd.arrays.BooleanArray(np.asarray(values, dtype=bool), mask=~known)


def sessions_table(run: Run) -> pd.DataFrame:
    """One row per session of a recorded run, client by client.

    Raises
    ------
    ValueError
        If the run was not recorded.
    """
    table = _stacked(run.sessions).sort_values(["client", "session"], kind="stable", ignore_index=True)
    row = table["client"].to_numpy()
    return table.assign(client_id=client_ids(run)[row], therapist_id=therapist_ids(run)[table["row"]])[
        ["client_id", "therapist_id", *(name for name in table if name not in ("client", "row"))]
    ]


def therapist_weeks_table(run: Run) -> pd.DataFrame:
    """One row per therapist and week of a recorded run, therapist by therapist."""
    table = _stacked(run.therapist_weeks)
    ids = np.tile(therapist_ids(run), len(run.therapist_weeks))
    table = table.assign(therapist_id=ids)[["therapist_id", *table.columns]]
    return table.sort_values(["therapist_id", "week"], kind="stable", ignore_index=True)


def _stacked(parts: list[dict[str, np.ndarray]]) -> pd.DataFrame:
    if not parts:
        raise ValueError("this run kept no sessions; simulate with record=True")
    return pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
