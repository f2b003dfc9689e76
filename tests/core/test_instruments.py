"""Scores and the rule of change, against hand-made cases and the published reliable change."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatrogenesis.core.definitions import Judgement
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.yaml_text import read_yaml
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.setup import Setup
from tests.conftest import CONFIG

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


ALL = ("phq9", "gad7", "oq45", "core_om")


@pytest.fixture(scope="module")
def every() -> Instruments:
    """All instruments of the configuration."""
    return Instruments.model_validate(read_yaml(CONFIG / "instruments.yaml"))


@pytest.mark.parametrize("name", ALL)
def test_published_reliable_change_follows_from_sd_and_reliability(every, name):
    instrument = every.by_name()[name]
    # Published as the next whole number of points.
    assert np.ceil(instrument.computed_reliable_change - 0.05) == float(instrument.reliable_change)


@given(st.lists(st.floats(-100, 100), min_size=1))
def test_scores_are_whole_and_in_range(study, values):
    for instrument in study.instruments.by_name().values():
        scores = instrument.score(np.array(values))
        assert scores.min() >= instrument.minimum and scores.max() <= instrument.maximum


@pytest.mark.parametrize("name", ALL)
def test_a_study_can_choose_any_instrument(study, every, name):
    """Its rule is then the plain reliable change index, and its scores have the mean and SD of the configuration."""
    rule = Judgement(instruments=(name,))
    setup = Setup(seed=3, instruments=every.only(rule.instruments), judgement=rule)
    run = setup.run(
        study.catalogue["routine_care"], Design(replicates=4, therapists=40, services=4, clients_per_therapist=40)
    )
    instrument, first, last = every.by_name()[name], run.state.first[name].astype(float), run.state.last[name]
    assert set(run.state.first) == {"phq9", "gad7", name}
    assert first.mean() == pytest.approx(float(instrument.mean), rel=0.05)
    assert first.std() == pytest.approx(float(instrument.sd), rel=0.12)
    sample = setup.sample(study.catalogue["routine_care"], Design(therapists=10, services=2, clients_per_therapist=40))
    rise = sample.last[name].astype(float) - sample.first[name]
    assert np.array_equal(sample.deteriorated, (rise >= float(instrument.reliable_change)) & sample.finished)
    assert 0.01 < np.mean(last - first >= float(instrument.reliable_change)) < 0.15


def test_more_instruments_move_no_score_of_the_others(study, every):
    small = Design(therapists=6, services=2, clients_per_therapist=15)
    rule = study.config.judgement
    two, four = (
        Setup(seed=3, instruments=used, judgement=rule).run(study.catalogue["routine_care"], small)
        for used in (every.only(()), every)
    )
    for name in ("phq9", "gad7"):
        assert np.array_equal(two.state.last[name], four.state.last[name])
