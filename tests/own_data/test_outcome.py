"""Deterioration by each instrument's rule, worked out by hand here; ratings in SDs of those rated."""

from math import sqrt

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.outcome import GIVEN, instruments, judged
from iatrogenesis.own_data.ratings import standardised
from tests.own_data.catalogued import catalogue, settings

DATA = {"clients": "a.csv"}
NOTHING = np.nan


def both(phq9, gad7, n_sessions=None):
    """Clients by (first, last) of both instruments."""
    table = pd.DataFrame(
        {
            "phq9_first": [pair[0] for pair in phq9],
            "phq9_last": [pair[1] for pair in phq9],
            "gad7_first": [pair[0] for pair in gad7],
            "gad7_last": [pair[1] for pair in gad7],
        },
        dtype=float,
    )
    return table if n_sessions is None else table.assign(n_sessions=pd.array(n_sessions, dtype="Int64"))


def outcome(clients, **sections):
    own = settings(data=DATA, **sections)
    return judged(clients, instruments(own, clients, catalogue()), own)


def test_worse_on_one_and_improved_on_none():
    # Reliable change: 6 points of the PHQ-9, 4 of the GAD-7.
    found = outcome(
        both(
            [(10, 16), (10, 15), (10, 16), (10, 10), (10, 4), (10, 16)],
            [(10, 10), (10, 14), (10, 6), (10, 13), (10, 10), (10, 13)],
        )
    )
    assert found["deteriorated"].tolist() == [True, True, False, False, False, True]
    assert found["improved"].tolist() == [False, False, False, False, True, False]
    assert found["finished"].all()


def test_courses_are_not_chosen_by_their_outcome_where_a_score_is_missing():
    # Worse on one, improved on one, neither: the second instrument is missing in all three.
    found = outcome(both([(10, 16), (10, 4), (10, 10)], [(10, NOTHING), (NOTHING, 10), (10, NOTHING)]))
    assert found["deteriorated"].isna().all() and found["improved"].isna().all()


def test_the_rate_does_not_move_with_scores_that_are_missing_by_chance():
    noise, who = Noise(3), np.arange(4000)
    change = np.rint(-4 + 5 * noise.normal("phq9", client=who)), np.rint(-3 + 4 * noise.normal("gad7", client=who))
    clients = both([(13, 13 + one) for one in change[0]], [(10, 10 + one) for one in change[1]])
    whole = outcome(clients)["deteriorated"]
    gone = noise.uniform("gone", client=who) < 0.3
    left = outcome(clients.assign(gad7_last=clients["gad7_last"].mask(gone)))["deteriorated"].dropna()
    assert len(left) == (~gone).sum() and left.mean() == whole[~gone].mean()
    assert abs(left.mean() - whole.mean()) < 0.01


def test_one_instrument_is_chosen():
    clients = both([(10, 16), (10, 10)], [(10, 2), (10, 18)])
    assert outcome(clients, outcome={"instruments": ["phq9"]})["deteriorated"].tolist() == [True, False]
    with pytest.raises(DataError, match=r"outcome\.instruments: 'oq45' has no first and last scores"):
        outcome(clients, outcome={"instruments": ["oq45"]})


def test_unfinished_courses_have_no_outcome():
    found = outcome(both([(10, 16)] * 3, [(10, 10)] * 3, n_sessions=[1, 2, None]))
    assert found["finished"].tolist() == [False, True, True]  # without a number, the scores tell
    assert found["deteriorated"].isna().tolist() == [True, False, False]
    later = outcome(both([(10, 16)], [(10, 10)], n_sessions=[2]), outcome={"finished_sessions": 3})
    assert not later["finished"].any()


def test_a_given_outcome_is_used_without_scores_and_kept_beside_them():
    given = pd.DataFrame({"deteriorated": pd.array([True, False, None], dtype="boolean")})
    found = outcome(given)
    assert found["finished"].tolist() == [True, True, False] and "improved" not in found
    beside = both([(10, 10)], [(10, 10)]).assign(deteriorated=pd.array([True], dtype="boolean"))
    assert outcome(beside)["deteriorated"].tolist() == [False] and outcome(beside)[GIVEN].tolist() == [True]
    with pytest.raises(DataError, match="There is no outcome"):
        outcome(pd.DataFrame({"therapist_id": ["A"]}))


def own_instrument(**more):
    return {"hap": {"name": "Happiness", "minimum": 0, "maximum": 10} | more}


def test_reliable_change_of_an_own_instrument():
    clients = pd.DataFrame({"hap_first": [2.0, 4.0, 6.0], "hap_last": [2.0, 4.0, 6.0]})

    def known(**more):
        return instruments(settings(data=DATA, instruments=own_instrument(**more)), clients, catalogue())["hap"]

    assert known(reliable_change=3).reliable_change == 3
    # 1.96 sqrt(2) SD sqrt(1 - reliability); the SD of 2, 4, 6 is 2.
    assert known(reliability=0.91).reliable_change == pytest.approx(1.96 * sqrt(2) * 2 * 0.3)
    assert known(reliability=0.91, sd=5).reliable_change == pytest.approx(1.96 * sqrt(2) * 5 * 0.3)
    assert known(reliable_change=3, caseness=4, higher_is="better").caseness == 6  # scores are turned round
    assert "of these clients" in known(reliability=0.91).source
    alike = clients.assign(hap_first=5.0)
    own = settings(data=DATA, instruments=own_instrument(reliability=0.9))
    with pytest.raises(DataError, match=r"instruments\.hap: reliable change cannot be worked out"):
        instruments(own, alike, catalogue())


def test_an_own_instrument_comes_before_that_of_the_catalogue():
    clients = pd.DataFrame({"phq9_first": [10.0], "phq9_last": [15.0]})
    own = {"phq9": {"name": "PHQ-9, five points", "minimum": 0, "maximum": 27, "reliable_change": 5}}
    assert outcome(clients)["deteriorated"].tolist() == [False]
    assert outcome(clients, instruments=own)["deteriorated"].tolist() == [True]


def test_a_change_of_exactly_the_reliable_change_counts_with_decimals():
    clients = pd.DataFrame({"hap_first": [0.1], "hap_last": [0.4]})  # 0.4 - 0.1 is a little less than 0.3
    assert outcome(clients, instruments=own_instrument(reliable_change=0.3))["deteriorated"].tolist() == [True]


def test_ratings_of_therapists_weigh_each_therapist_once():
    clients = pd.DataFrame(
        {
            "therapist_id": ["A", "A", "A", "B", "C"],
            "burnout_rating": [1.0, 3.0, NOTHING, 4.0, 6.0],  # A: 2
            "fit_rating": [1.0, 2.0, 3.0, 4.0, 5.0],
        }
    )
    found = standardised(clients, ["burnout", "fit"])
    assert found["burnout_rating"].tolist() == [-1.0, -1.0, -1.0, 0.0, 1.0]
    assert found["fit_rating"].mean() == pytest.approx(0) and found["fit_rating"].std() == pytest.approx(1)
    with pytest.raises(DataError, match=r"columns\.ratings\.burnout: the rating does not vary between therapists"):
        standardised(clients.assign(burnout_rating=0.1), ["burnout"])
