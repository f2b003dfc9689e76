"""Scores and the rule of change, against hand-made cases and the published reliable change."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatrogenesis.instruments import Judgement

BOTH = Judgement(instruments=("phq9", "gad7"))


def judge(study, rule, phq9, gad7):
    scores = {"phq9": np.array([phq9]), "gad7": np.array([gad7])}
    first = {name: values[:, 0] for name, values in scores.items()}
    last = {name: values[:, 1] for name, values in scores.items()}
    worse, better = rule.worse_and_better(first, last, study.instruments)
    return bool(worse[0]), bool(better[0])


@pytest.mark.parametrize(
    ("phq9", "gad7", "worse", "better"),
    [
        ((10, 16), (10, 10), True, False),  # one instrument up by its reliable change
        ((10, 15), (10, 13), False, False),  # both up, neither reliably
        ((10, 10), (10, 14), True, False),
        ((10, 4), (10, 14), False, False),  # one up, the other down: neither
        ((10, 16), (14, 10), False, False),
        ((16, 10), (10, 10), False, True),
        ((10, 10), (14, 10), False, True),
        ((16, 10), (14, 10), False, True),
        ((27, 27), (21, 21), False, False),
    ],
)
def test_two_instrument_rule(study, phq9, gad7, worse, better):
    assert judge(study, BOTH, phq9, gad7) == (worse, better)


def test_one_instrument_rule_is_the_plain_index(study):
    rule = Judgement(instruments=("phq9",))
    assert judge(study, rule, (10, 16), (14, 2)) == (True, False)
    assert judge(study, rule, (10, 15), (2, 14)) == (False, False)


@pytest.mark.parametrize("name", ["phq9", "gad7"])
def test_published_reliable_change_follows_from_sd_and_reliability(study, name):
    instrument = study.instruments.by_name()[name]
    # Published as the next whole number of points.
    assert np.ceil(instrument.computed_reliable_change - 0.05) == float(instrument.reliable_change)


@given(st.lists(st.floats(-100, 100), min_size=1))
def test_scores_are_whole_and_in_range(study, values):
    for instrument in study.instruments.by_name().values():
        scores = instrument.score(np.array(values))
        assert scores.min() >= instrument.minimum and scores.max() <= instrument.maximum
