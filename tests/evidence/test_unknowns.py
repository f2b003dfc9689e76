"""Priors of the unknown numbers, and associations that are causes in part."""

import numpy as np
import pytest
from scipy.stats import kstest

from iatrogenesis.core.sources import records
from iatrogenesis.evidence.unknowns import ORIGINS, STRENGTH, Association, Prior, Unknowns, prior_of

RNG = np.random.default_rng(3)


@pytest.fixture(scope="module")
def worlds(study):
    return [study.catalogue["routine_care"], study.catalogue["all_preventions"]]


@pytest.fixture(scope="module")
def unknowns(study, worlds):
    return Unknowns(worlds, study.config.judgement.instruments, study.associations)


def test_quantiles_of_normal_scores_are_spread_as_the_prior_says():
    score = RNG.standard_normal(4000)
    even = Prior(2.0, 5.0, 3.0)
    assert kstest((even.quantile(score) - 2) / 3, "uniform").pvalue > 0.001
    normal = Prior(-np.inf, np.inf, 3.0, se=0.5)
    assert kstest((normal.quantile(score) - 3) / 0.5, "norm").pvalue > 0.001
    for prior in (even, normal):
        assert prior.score(prior.quantile(score)) == pytest.approx(score, abs=1e-6)


def test_a_published_number_keeps_within_its_range():
    assert Prior(0.0, 1.0, 0.9, se=0.5).quantile(np.array([-9.0, 9.0])).tolist() == [0.0, 1.0]


def test_every_number_that_nobody_knows_is_among_them(unknowns, worlds):
    known = {path: record for world in worlds for path, record in records(world).items()}
    other = {path for one in unknowns._associations.values() for path in (one.causal, one.other)}
    for path, record in known.items():
        wide = record.status in ("assumed", "calibrated") and record.low is not None and record.low < record.high
        seen = not path.startswith(("world.scores.oq45", "world.scores.core_om"))
        asked = wide and seen and ".cost." not in path and path not in ORIGINS and path not in other
        assert (path in unknowns.priors) >= asked, path
        assert not (record.status in ("reported",) and record.se is None and path in unknowns.priors), path


def test_a_strength_that_nobody_measured_includes_none(worlds):
    """Of what a mechanism or prevention does; exposures (shares, chances, when and for how long) are no strengths."""
    effects = ("points", "log gain", "SD of alliance", "log odds per", "share avoided", "points per session")
    for world in worlds:
        for path, record in records(world).items():
            if not path.startswith(("mechanisms.", "preventions.")) or record.status != "assumed":
                continue
            if any(record.unit.startswith(unit) for unit in effects):
                assert record.low <= 0 <= record.high, path


def test_an_association_is_shared_out(unknowns):
    named = {name: np.array([prior.value]) for name, prior in unknowns.priors.items()}
    named["total of burnout"], named["share of burnout"] = np.array([0.4]), np.array([0.25])
    values = unknowns.split(named)
    assert values["mechanisms.burnout.drift_per_sd"] == pytest.approx([0.1])
    assert values["world.therapist.drift_with_burnout"] == pytest.approx([0.3])
    assert set(values) == {path for path in values if "." in path}


def test_the_centre_has_one_share_of_every_judged_strength(unknowns, worlds):
    known = {path: record for world in worlds for path, record in records(world).items()}
    share = unknowns.common_factor(known)
    judged = {path: one for path, one in known.items() if getattr(one, "judged", None) is not None}
    assert len(judged) > 40 and 0 < share < 2
    for path, one in judged.items():
        end = one.high if one.judged > 0 else one.low
        assert abs(one.value) == pytest.approx(min(abs(share * one.judged), abs(end)), rel=1e-3, abs=1e-9), path
    written = unknowns.centre(unknowns.scores_of(known), known)
    assert set(judged) <= set(written)


def test_strengths_that_nobody_measured_have_a_common_factor(unknowns, worlds):
    named = {name: np.array([prior.value]) for name, prior in unknowns.priors.items()}
    usual, none, twice = (unknowns.split(named | {STRENGTH: np.array([by])}) for by in (1.0, 0.0, 2.0))
    known = {path: record for world in worlds for path, record in records(world).items()}
    moved = [path for path in usual if none[path] != usual[path]]
    assert len(moved) > 30 and all(none[path] == 0 for path in moved)
    assert all(path.startswith("mechanisms.") and known[path].status == "assumed" for path in moved)
    for path in moved:
        end = known[path].high if usual[path] > 0 else known[path].low
        assert abs(twice[path][0]) == pytest.approx(min(abs(2 * usual[path][0]), abs(end))), path


def test_the_scenarios_own_numbers_come_back_from_their_scores(unknowns, worlds):
    known = {path: record for world in worlds for path, record in records(world).items()}
    values = unknowns.values(unknowns.scores_of(known)[:, None])
    for path, value in values.items():
        prior = unknowns.priors.get(path)
        width = np.inf if prior is None or not np.isfinite(prior.high) else prior.high - prior.low
        assert value[0] == pytest.approx(known[path].value, abs=0.01 * min(width, 5.0) + 1e-6), path


@pytest.mark.trial(kind="refused", what="an association of unknown numbers that are not there")
def test_an_association_of_numbers_that_are_not_there_is_refused(study, worlds):
    share = study.associations["burnout"].share
    wrong = {
        "x": Association(causal="mechanisms.burnout.drift", other="world.therapist.drift_with_burnout", share=share)
    }
    with pytest.raises(ValueError, match="associations: x"):
        Unknowns(worlds, ("phq9", "gad7"), wrong)


def test_readings_are_part_of_the_prior(study):
    record = records(study.catalogue["with_monitoring"])["preventions.monitoring.support_points"]
    prior = prior_of(record)
    assert prior.low <= record.sceptical and prior.high >= record.optimistic
