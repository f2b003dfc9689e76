"""Shapley values on games whose values are known, and outcomes against a recount by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from iatrogenesis.core.streams import Noise
from iatrogenesis.harm.attribution import combined, contributions, order
from iatrogenesis.harm.outcomes import OUTCOMES, compared, outcome_sums
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.preventions.base import Cost
from iatrogenesis.world.tidy import clients_table

KINDS = ["a", "b", "c"]


def game(value):
    """A world whose only outcome is the value of the set of open mechanisms, per client."""

    def world(open_):
        return {name: np.array([value(open_)]) for name in OUTCOMES} | {"clients": np.ones(1)}

    return world


def found(table, what):
    rows = table[(table["attribution"] == what) & (table["outcome"] == "sessions")]
    return rows.set_index("mechanism")["value"].to_dict()


def test_additive_games_give_each_its_own():
    worth = {"a": 3.0, "b": -1.0, "c": 0.0}
    table = pd.DataFrame(contributions(game(lambda open_: sum(worth[k] for k in open_)), KINDS, ["b", "c", "a"]))
    for what in ("alone", "removed", "shapley"):
        assert found(table, what) == pytest.approx(worth)
    assert found(table, "interaction") == pytest.approx(dict.fromkeys(KINDS, 0.0))
    assert found(table, "total") == pytest.approx({"all": 2.0})


def test_what_two_do_together_is_shared_between_them():
    table = pd.DataFrame(contributions(game(lambda open_: 6.0 * ({"a", "b"} <= set(open_))), KINDS, KINDS))
    assert found(table, "alone") == {"a": 0.0, "b": 0.0, "c": 0.0}
    assert found(table, "removed") == {"a": 6.0, "b": 6.0, "c": 0.0}
    assert found(table, "shapley") == pytest.approx({"a": 3.0, "b": 3.0, "c": 0.0})


def test_shares_add_up_to_the_whole_for_any_order():
    def value(open_):
        return len(open_) ** 2 + ("a" in open_)

    for pair in range(5):
        table = pd.DataFrame(contributions(game(value), KINDS, order(Noise(3), pair, KINDS)))
        assert sum(found(table, "shapley").values()) == pytest.approx(found(table, "total")["all"])


def test_orders_differ_between_pairs_and_repeat_for_the_same_one():
    kinds = [str(i) for i in range(12)]
    assert order(Noise(1), 0, kinds) == order(Noise(1), 0, kinds)
    assert len({tuple(order(Noise(1), pair, kinds)) for pair in range(6)}) == 6
    assert sorted(order(Noise(1), 0, kinds)) == sorted(kinds)


def test_one_pair_says_nothing_about_the_error():
    part = pd.DataFrame(contributions(game(len), KINDS, KINDS))
    with pytest.raises(ValueError, match="at least 2"):
        combined([part])
    both = combined([part, part.assign(value=part["value"] + 2)])
    assert both["mcse"].tolist() == pytest.approx([1.0] * len(both))
    assert (both["value"] - part["value"]).tolist() == pytest.approx([1.0] * len(both))
    # Two pairs leave one degree of freedom: 12.7 standard errors, not two.
    assert (both["high"] - both["value"]).tolist() == pytest.approx([t.ppf(0.975, 1)] * len(both))


def test_intervals_of_few_pairs_hold_the_truth_as_often_as_they_say():
    """Attributions by four pairs each; with two standard errors it would be 86 %, nine standard errors away."""
    part = pd.DataFrame(contributions(game(len), KINDS, KINDS))
    one = part[(part["mechanism"] == "all") & (part["outcome"] == "sessions")]
    draws = np.random.default_rng(5).normal(size=(500, 4))
    held = 0
    for row in draws:
        found = combined([one.assign(value=value) for value in row]).iloc[0]
        held += found["low"] <= 0 <= found["high"]
    assert held / len(draws) == pytest.approx(0.95, abs=0.03)


def test_outcomes_are_those_of_the_clients_table(study, small):
    run = study.setup.run(study.catalogue["routine_care"], small)
    sums = {name: sums.sum() for name, sums in outcome_sums(run, study.setup).items()}
    clients = clients_table(run, study.instruments, study.config.judgement)
    assert sums["clients"] == len(clients)
    assert sums["deteriorated"] == clients["deteriorated"].fillna(False).sum()
    assert sums["dropped_out"] == (clients["end"] == "dropped_out").sum()
    assert sums["crises"] == clients["crises"].sum() > 0
    assert sums["severity_last"] == pytest.approx(clients["severity_last"].sum())
    assert sums["not_returning"] == (~clients["seeks_help_again"].fillna(True)).sum()
    assert len(outcome_sums(run, study.setup)["clients"]) == small.replicates * small.services


def test_a_world_does_not_differ_from_itself_and_harm_has_its_sign(study):
    design = Design(replicates=4, therapists=20, services=4, clients_per_therapist=40)
    reference, full = (
        outcome_sums(study.setup.run(study.catalogue[name], design), study.setup)
        for name in ("reference", "routine_care")
    )
    assert set(compared(reference, reference).values()) == {(0.0, 0.0, 0.0, 0.0)}
    more = compared(full, reference)
    for name in ("deteriorated", "dropped_out", "severity_last", "severity_follow_up", "not_returning"):
        assert more[name].value > 3 * more[name].mcse > 0, name
        half = t.ppf(0.975, len(reference["clients"]) - 1) * more[name].mcse
        assert more[name].high - more[name].value == pytest.approx(half) == more[name].value - more[name].low


def test_hours_are_counted_from_clients_sessions_and_weeks(study, small):
    prevention = next(p for p in study.catalogue["with_monitoring"].preventions)
    assert prevention.cost.hours(100, 600, 50) == pytest.approx(600 * float(prevention.cost.per_session) / 60)
    assert Cost().hours(100, 600, 50) == 0
    run = study.setup.run(study.catalogue["with_supervision"], small)
    hours = outcome_sums(run, study.setup)["prevention_hours"].sum()
    weeks = pd.Series(run.state.start_week + run.state.session).groupby(run.clients.row).max().sum()
    assert hours == pytest.approx(weeks)  # one hour a week
    assert np.all(outcome_sums(run, study.setup)["therapist_hours"] > 0)
