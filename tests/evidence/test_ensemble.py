"""The search for plausible worlds: on a model whose posterior is known, and the table that holds what it found."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.sources import records
from iatrogenesis.core.tables import DataError
from iatrogenesis.evidence.centre import centred
from iatrogenesis.evidence.ensemble import (
    Search,
    assimilated,
    fingerprint,
    prior_scores,
    read_ensemble,
    summary,
    write_ensemble,
)
from iatrogenesis.evidence.unknowns import Unknowns
from iatrogenesis.evidence.worlds import DISTRESSED, Asked, Patterns, shown
from iatrogenesis.world.cohort import Design
from tests.workflow.conftest import ROOT

SEARCH = Search(members=2000, steps=4, seed=11)
SLOPES = np.array([[1.0, 0.5, 0.0], [0.0, 1.0, 0.0]])
PUBLISHED, TOLERANCE = np.array([1.2, -0.4]), np.array([0.3, 0.5])


def exact() -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of the scores where patterns are linear in them: normal, by conjugacy."""
    weight = np.diag(TOLERANCE**-2)
    covariance = np.linalg.inv(np.eye(3) + SLOPES.T @ weight @ SLOPES)
    return covariance @ SLOPES.T @ weight @ PUBLISHED, covariance


def test_a_linear_world_gives_the_exact_posterior():
    prior = prior_scores(["a", "b", "c"], SEARCH)
    found = assimilated(prior, PUBLISHED, TOLERANCE, lambda x, step: SLOPES @ x, SEARCH)
    mean, covariance = exact()
    assert found.mean(axis=1) == pytest.approx(mean, abs=0.06)
    assert np.cov(found) == pytest.approx(covariance, abs=0.06)


def test_what_no_pattern_informs_stays_as_it_was():
    prior = prior_scores(["a", "b", "c"], SEARCH)
    found = assimilated(prior, PUBLISHED, TOLERANCE, lambda x, step: SLOPES @ x, SEARCH)
    assert found[2].std() == pytest.approx(1, abs=0.06) and found[2].mean() == pytest.approx(0, abs=0.08)


def test_the_same_seed_gives_the_same_members():
    prior = prior_scores(["a", "b", "c"], SEARCH)
    one, two = (assimilated(prior, PUBLISHED, TOLERANCE, lambda x, step: SLOPES @ x, SEARCH) for _ in range(2))
    assert np.array_equal(one, two)
    assert np.array_equal(prior, prior_scores(["a", "b", "c"], SEARCH))
    assert not np.array_equal(prior, prior_scores(["a", "b", "c"], SEARCH.model_copy(update={"seed": 12})))


def test_a_member_that_cannot_show_a_pattern_is_kept():
    prior = prior_scores(["a", "b", "c"], SEARCH)

    def some(scores: np.ndarray, step: int) -> np.ndarray:
        found = SLOPES @ scores
        found[0, :5] = np.nan
        return found

    assert np.isfinite(assimilated(prior, PUBLISHED, TOLERANCE, some, SEARCH)).all()


def test_the_centre_is_the_mode_of_the_free_numbers_alone():
    start, free = np.array([0.0, 0.7, 0.3]), np.array([True, False, True])
    found = centred(start, free, PUBLISHED / TOLERANCE, lambda x: SLOPES @ x / TOLERANCE[:, None], 8)
    best = (PUBLISHED[0] - 0.5 * 0.7) / 0.3**2 / (1 + 1 / 0.3**2)
    assert found == pytest.approx([best, 0.7, 0.0], abs=1e-3)


def test_a_step_that_does_not_help_is_made_shorter():
    """An answer that bends: full steps overshoot."""
    found = centred(np.zeros(1), np.array([True]), np.array([400.0]), lambda x: 20 * np.exp(2 * x), 20)
    assert found[0] == pytest.approx(np.log(20) / 2, abs=0.01)


def test_the_table_of_members(tmp_path):
    path = tmp_path / "ensemble.csv"
    values = {"world.a": np.array([0.12345, 2.0]), "share of b": np.array([0.5, 0.25])}
    write_ensemble(values, SEARCH, "abc", path)
    assert path.read_text().startswith("# ES-MDA: members 2000, steps 4, seed 11, basis abc")
    found = read_ensemble(path, list(values))
    assert found["world.a"].tolist() == [0.12345, 2.0] and found["share of b"].tolist() == [0.5, 0.25]
    with pytest.raises(DataError, match=r"'world\.c' does not match"):
        read_ensemble(path, ["world.a", "share of b", "world.c"])
    path.write_text(path.read_text().replace("0.25", ""))
    with pytest.raises(DataError, match="a value is missing"):
        read_ensemble(path, list(values))
    with pytest.raises(DataError, match="cannot be read"):
        read_ensemble(tmp_path / "none.csv", list(values))


def test_ranges_are_quantiles():
    table = summary(["x"], np.arange(101.0)[None, :], when="prior")
    assert table.iloc[0].to_dict() == {
        "name": "x", "when": "prior", "low_90": 5, "low_50": 25, "median": 50, "high_50": 75, "high_90": 95
    }  # fmt: skip


@pytest.fixture(scope="module")
def committed(study):
    unknowns = Unknowns(
        [study.catalogue["routine_care"], study.catalogue["all_preventions"]],
        study.config.judgement.instruments,
        study.associations,
    )
    return unknowns, read_ensemble(ROOT / "config" / "ensemble.csv", unknowns.names)


def test_the_committed_ensemble_is_of_these_scenarios_and_has_not_collapsed(committed):
    unknowns, ensemble = committed
    members = len(next(iter(ensemble.values())))
    assert members >= 300
    table = pd.DataFrame({name: prior.score(ensemble[name]) for name, prior in unknowns.priors.items()}).clip(-4, 4)
    variances = np.linalg.eigvalsh(np.cov(table.to_numpy().T))
    effective = variances.sum() ** 2 / np.sum(variances**2)
    assert effective > 40, "directions in which members differ"
    assert (table.std() > 0.1).all() and table.drop_duplicates().shape[0] == members


def test_the_committed_ensemble_was_found_from_these_priors_and_patterns(study, committed):
    """Whoever edits a prior or a fitted pattern runs `make calibrate`."""
    first = (ROOT / "config" / "ensemble.csv").read_text().partition("\n")[0]
    assert f"basis {fingerprint(committed[0].priors, study.evidence)};" in first


def test_spread_that_is_lost_by_chance_is_given_back():
    """Few members, many patterns of nothing: without it the scores would shrink."""
    search, noise = Search(members=60, steps=4, seed=3), np.random.default_rng(1)
    prior = prior_scores([f"x{i}" for i in range(40)], search)
    found = assimilated(
        prior, np.zeros(20), np.ones(20), lambda x, step: 5 * noise.standard_normal((20, x.shape[1])), search
    )
    assert found.std(axis=1).mean() == pytest.approx(1, abs=0.07)


def test_members_lie_within_their_priors(committed):
    unknowns, ensemble = committed
    for name, prior in unknowns.priors.items():
        slack = 1e-3 * max(abs(prior.low), abs(prior.high), 1e-9) if np.isfinite(prior.low) else 0
        assert (ensemble[name] >= prior.low - slack).all() and (ensemble[name] <= prior.high + slack).all(), name


def test_each_member_has_people_of_its_own_whatever_the_cores(study, committed):
    unknowns, ensemble = committed
    values = unknowns.split({name: of[:12] for name, of in ensemble.items()})
    scenarios = {"treated": study.catalogue["routine_care"]}
    design = Design(replicates=2, therapists=12, services=2, clients_per_therapist=30)
    asked = Asked(study.setup, design, scenarios, Patterns(("D01", "M07", DISTRESSED)))
    found = shown(asked, values, cores=1)
    assert found.shape == (3, 12) and np.array_equal(found, shown(asked, values, cores=2))
    alone = shown(asked, {path: of[11:] for path, of in values.items()}, first=11)
    assert np.array_equal(found[:, 11:], alone)
    twice = shown(asked, {path: np.repeat(of[:1], 2) for path, of in values.items()})
    assert twice[0, 0] != twice[0, 1]


def test_fitted_numbers_name_patterns_that_are_fitted(study):
    used = dict(zip(study.evidence["id"], study.evidence["use"], strict=True))
    for name in ("routine_care", "with_monitoring"):
        for path, record in records(study.catalogue[name]).items():
            for pattern in record.fitted_to:
                assert pattern == DISTRESSED or used[pattern] == "fit", path
