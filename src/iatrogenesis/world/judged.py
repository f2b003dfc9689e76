"""What a simulated set shows to an analyst: flat arrays, one entry per client."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from iatrogenesis.core.definitions import Judgement, judged_sessions
from iatrogenesis.core.definitions import finished as finished_courses
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.world.burnout import WEEKS_PER_YEAR
from iatrogenesis.world.run import DROPPED_OUT, Run


@dataclass(frozen=True)
class Sample:
    """Clients of a run, judged. Arrays of shape (clients,).

    ``on_main`` judges by the first instrument of the study alone. ``truly`` judges by the same rule what scores would
    be without error. ``unit`` numbers therapists, ``cluster`` services, over all replicates and members
    (of an ensemble).
    """

    member: np.ndarray
    replicate: np.ndarray
    unit: np.ndarray
    cluster: np.ndarray
    finished: np.ndarray
    deteriorated: np.ndarray
    improved: np.ndarray
    truly_deteriorated: np.ndarray
    truly_improved: np.ndarray
    dropped_out: np.ndarray
    sessions: np.ndarray
    first: dict[str, np.ndarray]
    last: dict[str, np.ndarray]
    later: dict[str, np.ndarray]
    alliance_rating: np.ndarray
    competence_rating: np.ndarray
    burnout: np.ndarray
    burnout_rating: np.ndarray
    workload: np.ndarray
    pressure: np.ndarray
    age_band: np.ndarray
    deprivation: np.ndarray
    ethnicity: np.ndarray
    problem: np.ndarray
    cluster_of_care: np.ndarray
    start_week: np.ndarray
    case_at_first: np.ndarray
    recovered: np.ndarray
    case_on_main: np.ndarray
    recovered_on_main: np.ndarray
    worse_at_follow_up: np.ndarray
    ruptures: np.ndarray
    repairs: np.ndarray
    noticed: np.ndarray
    alarmed: np.ndarray
    distressed_sessions: np.ndarray
    judged_sessions: np.ndarray

    @classmethod
    def of(cls, run: Run, instruments: Instruments, judgement: Judgement) -> "Sample":
        """Judge every client of ``run``; only *finished* courses count as deteriorated, improved or recovered."""
        state, clients, therapists = run.state, run.clients, run.therapists
        worse, better = judgement.worse_and_better(state.first, state.last, instruments)
        truly_worse, truly_better = judgement.worse_and_better(state.true_first, state.true_last, instruments)
        later = {name: run.follow_up[name] for name in state.first}
        worse_later, _ = judgement.worse_and_better(state.first, later, instruments)
        case = judgement.caseness(state.first, instruments)
        main = Judgement(instruments=judgement.instruments[:1])
        main_case = main.caseness(state.first, instruments)
        alarmed = state.own.get("monitoring.alarmed", np.zeros(len(case)))
        finished = finished_courses(state.session)
        services, replicates = int(therapists.service.max()) + 1, int(therapists.replicate.max()) + 1
        copies = therapists.member * replicates + therapists.replicate.astype(np.int64)
        return cls(
            member=therapists.member[clients.row],
            replicate=clients.replicate,
            unit=clients.row,
            cluster=(copies * services + therapists.service)[clients.row],
            finished=finished,
            deteriorated=worse & finished,
            improved=better & finished,
            truly_deteriorated=truly_worse & finished,
            truly_improved=truly_better & finished,
            dropped_out=state.end == DROPPED_OUT,
            sessions=state.session,
            first=state.first,
            last=state.last,
            later=later,
            alliance_rating=run.alliance_rating,
            competence_rating=therapists.competence_rating[clients.row],
            burnout=state.burnout_at_start,
            burnout_rating=state.burnout_rating,
            pressure=state.pressure_sum / state.session,
            workload=therapists.workload[clients.row],
            age_band=clients.age_band,
            deprivation=clients.deprivation,
            ethnicity=clients.ethnicity,
            problem=clients.problem,
            cluster_of_care=clients.cluster,
            start_week=state.start_week,
            case_at_first=case,
            recovered=finished & case & ~judgement.caseness(state.last, instruments),
            case_on_main=main_case,
            recovered_on_main=finished & main_case & ~main.caseness(state.last, instruments),
            worse_at_follow_up=worse_later & finished,
            ruptures=state.ruptures,
            repairs=state.repairs,
            noticed=state.noticed,
            alarmed=alarmed > 0,
            distressed_sessions=state.distressed_sessions,
            judged_sessions=judged_sessions(state.session),
        )

    @property
    def year(self) -> np.ndarray:
        """Year, from 0, in which each course began."""
        return self.start_week // WEEKS_PER_YEAR

    def only(self, keep: np.ndarray | slice) -> "Sample":
        """The sample with some of the clients, by a boolean array, positions, or a slice."""
        pick: dict[str, Any] = {
            name: {k: v[keep] for k, v in value.items()} if isinstance(value, dict) else value[keep]
            for name, value in vars(self).items()
        }
        return Sample(**pick)
