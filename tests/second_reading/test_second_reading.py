"""Every client's path by the second reading is the engine's, on the same chance events."""

import numpy as np
import pytest

from iatrogenesis.world.cohort import Design
from iatrogenesis.world.mechanisms import KINDS as MECHANISMS
from iatrogenesis.world.preventions import KINDS as PREVENTIONS
from iatrogenesis.world.scenarios import with_values
from iatrogenesis.world.tidy import sessions_table, therapists_table
from tests.second_reading.chance import Chance
from tests.second_reading.course import Course
from tests.second_reading.people import Therapist

DESIGN = Design(replicates=2, therapists=4, services=2, clients_per_therapist=12)
NEAR = 1e-9
# The referral to another therapist is the one prevention that this reading of one client's path leaves out.
SCENARIOS = [
    "routine_care",
    "burnout_null",
    *(f"no_{kind}" for kind in MECHANISMS),
    *(f"with_{kind}" for kind in PREVENTIONS if kind not in ("referral", "supervision", "caseload_limit")),
    "monitoring_repair",
]


def courses(study, scenario, run):
    """The second reading of every client of a run; burnout, pressure and first weeks are the engine's."""
    burnout = {}
    for part in run.therapist_weeks:
        for row, values in enumerate(zip(part["burnout"], part["pressure"], strict=True)):
            burnout.setdefault(row, {})[int(part["week"][0])] = tuple(map(float, values))
    seed, found = study.setup.seed, []
    for client, row in enumerate(run.clients.row):
        replicate, index = int(run.therapists.replicate[row]), int(run.therapists.index[row])
        therapist = Therapist(scenario.world, DESIGN, seed, replicate, index)
        chance = Chance(seed, replicate, index, int(run.clients.index[client]))
        found.append(Course(study, scenario, therapist, chance, int(run.state.start_week[client]), burnout[row]))
        found[-1].run()
    return found


def largest_difference(run, found) -> float:
    """Over all clients, sessions, events, scores and states; infinite where lengths or endings differ."""
    sessions = sessions_table(run).groupby("client_id", sort=False)
    worst = 0.0
    for client, (course, (_, rows)) in enumerate(zip(found, sessions, strict=True)):
        if len(rows) != len(course.sessions):
            return np.inf
        ends = {"completed": 1, "dropped_out": 2}
        if ends[course.end] != run.state.end[client]:
            return np.inf
        for name in course.sessions[0]:
            mine = np.array([float(session[name]) for session in course.sessions])
            worst = max(worst, np.abs(mine - rows[name].to_numpy(dtype=float)).max())
        pairs = [(course.severity_follow_up, run.follow_up["severity"][client])]
        pairs += [(score, run.follow_up[name][client]) for name, score in course.scores_follow_up.items()]
        pairs += [(course.returns, run.follow_up["returns"][client])]
        for kind, own in course.routes.own.items():
            pairs += [(value, run.state.own[f"{kind}.{name}"][client]) for name, value in own.items()]
        worst = max(worst, *(abs(float(a) - float(b)) for a, b in pairs))
    return worst


@pytest.mark.parametrize("name", SCENARIOS)
def test_paths_are_the_same(study, name):
    scenario = study.catalogue[name]
    run = study.setup.run(scenario, DESIGN, record=True)
    assert largest_difference(run, courses(study, scenario, run)) < NEAR


def test_paths_are_the_same_where_therapists_differ_skewly(study):
    form = {"world.therapist.drift_skewness": 0.4, "world.therapist.drift_tails": 0.12}
    scenario = with_values(study.catalogue["routine_care"], form)
    run = study.setup.run(scenario, DESIGN, record=True)
    assert largest_difference(run, courses(study, scenario, run)) < NEAR
    for path, value in form.items():
        assert largest_difference(run, courses(study, with_values(scenario, {path: value + 1e-6}), run)) > NEAR, path


@pytest.mark.parametrize(
    "path",
    [
        "mechanisms.labelling.self_worth_points",
        "mechanisms.overmedication.side_effect_points",
        "mechanisms.emotional_withdrawal.gain_loss",
        "mechanisms.resistance.alliance_loss",
        "mechanisms.misdiagnosis.mismatch_points",
        "world.alliance.drift",
        "world.alliance.repair_drift",
        "world.client.slope_with_alliance",
        "world.client.drift_per_log_odds",
        "world.therapist.drift_with_competence",
        "world.therapist.drift_with_burnout",
        "world.therapist.drift_with_pressure",
    ],
)
def test_a_reading_that_is_wrong_by_a_millionth_is_caught(study, path):
    scenario = study.catalogue["routine_care"]
    run = study.setup.run(scenario, DESIGN, record=True)
    *parents, name = path.split(".")
    node = scenario.world if parents[0] == "world" else None
    kind = parents[-1]
    node = getattr(node, kind) if node is not None else next(m for m in scenario.mechanisms if m.kind == kind)
    wrong = with_values(scenario, {path: float(getattr(node, name)) * (1 + 1e-6)})
    assert largest_difference(run, courses(study, wrong, run)) > NEAR


def test_therapists_are_the_same(study):
    scenario = study.catalogue["routine_care"]
    run = study.setup.run(scenario, DESIGN, record=True)
    table = therapists_table(run)
    for row, one in enumerate(table.itertuples()):
        mine = Therapist(scenario.world, DESIGN, study.setup.seed, int(one.replicate), int(run.therapists.index[row]))
        assert (mine.caseload, mine.clients) == (one.caseload, one.clients)
        assert mine.competence == pytest.approx(one.competence, abs=NEAR)
        assert mine.first_pressure == pytest.approx(run.therapist_weeks[0]["pressure"][row], abs=NEAR)
        assert mine.first_burnout == pytest.approx(run.therapist_weeks[0]["burnout"][row], abs=NEAR)
