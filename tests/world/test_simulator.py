"""The engine's promises: the same people in every world, whatever the order, the chunks or the company."""

import numpy as np
import pytest

from iatrogenesis.core.streams import Noise
from iatrogenesis.world import burnout
from iatrogenesis.world.cohort import Design, draw_therapists
from iatrogenesis.world.run import COMPLETED, DROPPED_OUT
from iatrogenesis.world.tidy import clients_table, sessions_table, therapist_weeks_table, therapists_table
from iatrogenesis.world.weekly import AHEAD, Weekly


@pytest.fixture(scope="module")
def run(study, small):
    return study.setup.run(study.catalogue["routine_care"], small, record=True)


def table(study, run, twin=None):
    return clients_table(run, study.instruments, study.config.judgement, twin)


def test_everyone_ends_and_is_counted_once(run):
    state = run.state
    assert np.isin(state.end, (COMPLETED, DROPPED_OUT)).all()
    assert (state.session >= 1).all()
    assert state.session.sum() == sum(len(part["client"]) for part in run.sessions)


def test_chunks_of_replicates_change_nothing(study, small, run):
    whole = table(study, run)
    parts = [study.setup.run(study.catalogue["routine_care"], small, replicates=range(i, i + 1)) for i in range(3)]
    for column in ("severity_last", "phq9_last", "n_sessions", "burnout", "alliance_rating"):
        together = np.concatenate([table(study, part)[column] for part in parts])
        assert np.array_equal(whole[column].to_numpy(), together), column


def test_more_therapists_and_longer_lists_extend_and_do_not_reshuffle(study, run, small):
    more = study.setup.run(study.catalogue["routine_care"], small.model_copy(update={"therapists": 8}))
    few, many = table(study, run).set_index("client_id"), table(study, more).set_index("client_id")
    assert few.drop(columns="service_id").equals(many.loc[few.index].drop(columns="service_id"))
    longer = study.setup.run(study.catalogue["routine_care"], small.model_copy(update={"clients_per_therapist": 30.0}))
    many = table(study, longer).set_index("client_id")
    assert few["severity_first"].equals(many.loc[few.index, "severity_first"])


def test_a_lone_replicate_is_named_like_no_replicate(study, small):
    one = small.model_copy(update={"replicates": 1})
    ids = table(study, study.setup.run(study.catalogue["routine_care"], one))["client_id"]
    assert ids.iloc[0] == "T000-C0000" and ids.is_unique


@pytest.mark.parametrize(
    ("scenario", "trait"), [("high_burnout", "burnout"), ("low_competence", "competence"), ("poor_fit", "fit")]
)
def test_harmful_scenarios_shift_their_trait_by_one_and_harm(study, small, scenario, trait, run):
    other = study.setup.run(study.catalogue[scenario], small)
    before, after = table(study, run), table(study, other)
    shift = (after[trait] - before[trait]).to_numpy()
    expected = {"burnout": 1.0, "competence": -1.0, "fit": -1.0}[trait]
    first = before["start_week"] == 0  # later on, burnout has already answered to what happened
    assert np.allclose(shift[first], expected)
    assert before["severity_first"].equals(after["severity_first"])
    assert np.mean(other.state.level - run.state.level) > 0


def test_the_reference_twin_of_a_world_without_mechanisms_is_itself(study, small):
    reference = study.catalogue["reference"]
    twin = study.setup.run(reference, small)
    clients = table(study, study.setup.run(reference, small), twin)
    assert not clients["iatrogenic"].fillna(False).any() and not clients["spared"].fillna(False).any()


def test_iatrogenic_is_deteriorated_here_and_not_there(study, small, run):
    twin = study.setup.run(study.catalogue["reference"], small)
    clients = table(study, run, twin)
    judged = clients[clients["finished"]]
    expected = judged["deteriorated"] & ~judged["deteriorated_reference"].fillna(False)
    assert (judged["iatrogenic"] == expected).all()
    assert clients.loc[~clients["finished"], ["deteriorated", "improved", "iatrogenic"]].isna().all(axis=None)


def test_untreated_clients_have_no_therapy(study, small):
    run = study.setup.run(study.catalogue["untreated"], small)
    assert (run.state.ruptures == 0).all() and (run.state.end == COMPLETED).all()
    assert np.array_equal(run.state.session, run.clients.agreed)


def test_places_are_never_overfull_and_lists_are_served_in_order(run):
    for week in run.therapist_weeks:
        assert np.all(week["in_study"] <= week["caseload"])
    row = run.clients.row
    starts = np.split(run.state.start_week, np.flatnonzero(np.diff(row)) + 1)
    assert all(np.all(np.diff(start) >= 0) for start in starts)


def test_sessions_table_agrees_with_clients_table(study, run):
    clients, sessions = table(study, run).set_index("client_id"), sessions_table(run)
    by_client = sessions.groupby("client_id")
    assert by_client.size().equals(clients["n_sessions"].loc[by_client.size().index].astype("int64").rename(None))
    assert (by_client["phq9"].first() == clients["phq9_first"].loc[by_client["phq9"].first().index]).all()
    assert (by_client["gad7"].last() == clients["gad7_last"].loc[by_client["gad7"].last().index]).all()
    assert (by_client["session"].apply(lambda s: (s.to_numpy() == np.arange(1, len(s) + 1)).all())).all()
    assert len(therapist_weeks_table(run)) == len(run.therapist_weeks) * len(run.therapists.index)


def test_therapist_weeks_need_a_recorded_run(study, small):
    with pytest.raises(ValueError, match="record=True"):
        sessions_table(study.setup.run(study.catalogue["routine_care"], small))


def test_burnout_keeps_its_spread_stability_and_workload_correlation(study):
    """One thousand therapists over three years without clients: the stationary process, in closed form."""
    world = study.catalogue["routine_care"].world
    therapists = draw_therapists(
        world, Design(therapists=4000, services=10, clients_per_therapist=5), Noise(5), range(1)
    )
    process = world.burnout
    neutral = np.full(4000, float(process.expected_worse))
    states = [burnout.start(process, 0.0, therapists, Noise(5))]
    weekly = Weekly(Noise(5), therapists, "burnout.week")
    for week in range(104):
        states.append(burnout.next_week(process, 0.0, therapists, weekly.at(week), states[-1], neutral))
    error = 5 / np.sqrt(4000)
    assert abs(np.std(states[104]) - 1) < error
    assert abs(np.corrcoef(states[52], states[104])[0, 1] - float(process.yearly_stability)) < error
    assert abs(np.corrcoef(states[104], therapists.workload)[0, 1] - float(process.workload_correlation)) < error


def test_noise_drawn_weeks_ahead_is_that_of_each_week(study):
    design = Design(therapists=20, services=5, clients_per_therapist=5)
    therapists = draw_therapists(study.catalogue["routine_care"].world, design, Noise(5), range(2))
    weekly, who = Weekly(Noise(5), therapists, "a"), {"replicate": therapists.replicate, "therapist": therapists.index}
    for week in (0, 1, AHEAD - 1, AHEAD, 5 * AHEAD + 2, 3):
        assert np.array_equal(weekly.at(week), Noise(5).normal("a", **who, occasion=week))


def test_deteriorating_clients_push_burnout_up(study):
    world = study.catalogue["routine_care"].world
    therapists = draw_therapists(world, Design(therapists=50, services=5, clients_per_therapist=5), Noise(5), range(1))
    start = burnout.start(world.burnout, 0.0, therapists, Noise(5))
    calm, hard = (
        burnout.next_week(world.burnout, 0.0, therapists, np.zeros(50), start, np.full(50, share))
        for share in (0.0, 0.5)
    )
    assert np.all(hard > calm)


def test_a_full_caseload_burns_out(study):
    small = Design(therapists=200, services=4, clients_per_therapist=5)
    routine_care = study.catalogue["routine_care"]
    run = study.setup.run(routine_care, small)
    assert np.corrcoef(run.therapists.caseload[run.clients.row], run.state.burnout_at_start)[0, 1] > 0.1


REFERRING = "monitoring_response"


@pytest.fixture(scope="module")
def referring(study):
    return study.setup.run(
        study.catalogue[REFERRING], Design(therapists=12, services=3, clients_per_therapist=60), record=True
    )


def test_referred_clients_have_two_therapists_of_one_service_and_no_session_lost(study, referring):
    clients = table(study, referring).set_index("client_id")
    moved = clients[clients["referred"]]
    assert len(moved) > 5
    assert (moved["last_therapist_id"] != moved["therapist_id"]).all()
    stayed = clients[~clients["referred"]]
    assert (stayed["last_therapist_id"] == stayed["therapist_id"]).all()
    service = therapists_table(referring).set_index("therapist_id")["service_id"]
    assert (service[moved["last_therapist_id"]].to_numpy() == moved["service_id"].to_numpy()).all()
    sessions = sessions_table(referring)
    for client, rows in sessions[sessions["client_id"].isin(moved.index)].groupby("client_id"):
        assert (rows["session"].to_numpy() == np.arange(1, len(rows) + 1)).all()
        assert rows["therapist_id"].nunique() == 2 or clients.loc[client, "n_sessions"] == len(rows)
        assert rows["week"].is_monotonic_increasing


def test_a_therapist_alone_in_a_service_refers_nobody(study):
    alone = study.setup.run(study.catalogue[REFERRING], Design(therapists=4, services=4, clients_per_therapist=60))
    assert not alone.state.referred.any()


def test_places_hold_with_referrals(referring):
    for week in referring.therapist_weeks:
        assert np.all(week["in_study"] <= week["caseload"])


def only(study, kind):
    """Routine care with one route of harm alone, and with none."""
    routine_care = study.catalogue["routine_care"]
    one = tuple(mechanism for mechanism in routine_care.mechanisms if mechanism.kind == kind)
    return routine_care.model_copy(update={"mechanisms": one}), study.catalogue["reference"]


def test_harm_that_outlasts_therapy_shows_at_follow_up_only(study, small):
    """Dependency keeps people in therapy a little longer; its harm comes afterwards."""
    leaning, spared = (study.setup.run(scenario, small) for scenario in only(study, "dependency"))
    same = leaning.state.session == spared.state.session
    late = leaning.follow_up["severity"] - spared.follow_up["severity"]
    prone = leaning.state.own["dependency.reliance"] > 0
    assert np.array_equal(spared.state.last["phq9"][same], leaning.state.last["phq9"][same])
    assert late[same & prone].mean() > 0.3


def test_exacerbation_passes_and_retraumatisation_stays(study):
    """Without trauma the pushed are as well at follow-up as their twins; with trauma they are not."""
    design = Design(therapists=60, services=6, clients_per_therapist=60)
    pushed, spared = (study.setup.run(scenario, design) for scenario in only(study, "misapplied_technique"))
    was = (pushed.state.own["misapplied_technique.pushed"] > 0) & (pushed.state.session == spared.state.session)
    was &= pushed.state.session >= 5
    change = pushed.follow_up["severity"] - spared.follow_up["severity"]
    trauma = pushed.clients.trauma > 0
    assert pushed.state.transient[was].mean() > 0.5
    assert change[was & trauma].mean() > 4 * abs(change[was & ~trauma].mean()) > 0
