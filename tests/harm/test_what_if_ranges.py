"""What-ifs over plausible worlds: the same truth as a model is judged by, however clients are allotted."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats.mstats import hdquantiles

from iatrogenesis.harm.what_if_ranges import COLUMNS, QUESTIONS, designs, table
from iatrogenesis.inference.answers.what_if import causal_truth
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import with_values

DESIGN = Design(replicates=1, therapists=16, services=2, clients_per_therapist=30)
DRIFTS = np.linspace(0, 0.6, 5)
PATHS = ("mechanisms.burnout.drift_per_sd", "world.client.natural_slope_mean")


def members(drift: np.ndarray) -> dict[str, np.ndarray]:
    """Worlds in which burnout harms so much."""
    return dict(zip(PATHS, (drift, np.full(len(drift), 0.1)), strict=True))


@pytest.fixture(scope="module")
def found(study) -> pd.DataFrame:
    asked = [(allocation, question) for allocation in study.config.what_if.designs() for question in QUESTIONS]
    centre = pd.DataFrame(asked, columns=["allocation", "question"]).assign(truth=-9.0, truth_mcse=0.3)
    centre = pd.concat([centre, centre])  # a row for each analysis
    by_allocation = designs(study.config.what_if, DESIGN)
    return table(study.setup, by_allocation, study.what_if_worlds, members(DRIFTS), centre, 1)


def test_every_question_is_told_for_every_allocation(found, study):
    assert list(found) == list(COLUMNS) and (found["members"] == 5).all()
    assert list(dict.fromkeys(found["allocation"])) == list(study.config.what_if.designs())
    assert found["question"].tolist() == list(QUESTIONS) * 3 and set(QUESTIONS) | {"routine_care"} == set(
        study.what_if_worlds
    )
    assert (found["centre"] == 9).all() and (found["centre_mcse"] == 0.3).all()


def test_the_allocation_is_that_of_the_what_ifs(study):
    settings = study.config.what_if
    by = designs(settings, DESIGN)
    assert by["chance"] == DESIGN
    assert by["severity"].severity_by_burnout == settings.severity_by_burnout and by["severity"].course_by_burnout == 0
    assert by["course"].course_by_burnout == settings.course_by_burnout
    assert {one.therapists for one in by.values()} == {16}


@pytest.mark.parametrize("allocation", ["chance", "course"])
def test_each_world_averts_what_the_judge_of_models_takes_for_true(found, study, allocation):
    """Every member alone, with the people that are its own; then their quantiles."""
    design, truths = designs(study.config.what_if, DESIGN)[allocation], []
    for member, drift in enumerate(DRIFTS):
        changed = {path: float(of[0]) for path, of in members(np.array([drift])).items()}
        mine = {
            name: study.setup.sample(
                with_values(study.what_if_worlds[name], changed), design, replicates=range(member, member + 1)
            )
            for name in ("routine_care", "burnout_down")
        }
        truths.append(-causal_truth(mine["burnout_down"], mine["routine_care"])["truth"])
    row = found.set_index(["allocation", "question"]).loc[(allocation, "burnout_down")]
    expected = hdquantiles(np.array(truths), [0.05, 0.5, 0.95])
    assert row[["low_90", "median", "high_90"]].astype(float).tolist() == pytest.approx(expected.tolist())
    assert truths[-1] > truths[0] + 20, "where burnout harms more, more is averted"
