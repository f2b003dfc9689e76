"""Real counts: how much NHS services differ in deterioration, year by year, as published analyses of them found."""

from pathlib import Path

import numpy as np
import pytest

from iatrogenesis.inference.answers import estimands, therapists
from iatrogenesis.inference.checks import diagnostics
from iatrogenesis.inference.checks.convergence import Convergence
from iatrogenesis.inference.data.nhs import read_service_years
from iatrogenesis.inference.engines.maximum_likelihood import fit
from iatrogenesis.inference.engines.nuts import compile_model, sample_many

COUNTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "nhs-talking-therapies" / "service_year.csv"
# Between-service SD (logit) by DerSimonian & Laird's moments, services with at least 200 courses, row T22 of the
# literature table.
BY_MOMENTS = {
    **{"2017-18": 0.23, "2018-19": 0.26, "2019-20": 0.21, "2020-21": 0.23, "2021-22": 0.23},
    **{"2022-23": 0.16, "2023-24": 0.16},
}

pytestmark = [
    pytest.mark.skipif(not COUNTS.is_file(), reason=f"the NHS counts are not in {COUNTS.parent}; see its README"),
]


@pytest.fixture(scope="module")
def years():
    return read_service_years(COUNTS).years


@pytest.fixture(scope="module")
def fitted(years, priors, sampler):
    """One compiled model serves seven years over 199 services, some of them without courses in a year."""
    compiled = compile_model("intercept_only", next(iter(years.values())), priors)
    assert compiled.centred
    trees = sample_many(compiled, list(years.values()), sampler.model_copy(update={"cores": 1}), seed=1, workers=2)
    return dict(zip(years, trees, strict=True))


def test_every_year_passes_the_gate(fitted):
    rows = diagnostics.table(diagnostics.diagnose(tree, Convergence()) for tree in fitted.values())
    assert rows["passed"].all(), rows["reasons"].tolist()


def test_services_differ_as_much_as_was_found_before(fitted):
    for year, tree in fitted.items():
        row = estimands.table(tree).set_index("estimand").loc["therapist_sd"]
        assert 0.15 - 2 * row["sd"] < row["estimate"] < 0.26 + 2 * row["sd"]
        assert row["estimate"] == pytest.approx(BY_MOMENTS[year], abs=3 * row["sd"] + 0.005)  # printed to two digits


def test_services_without_courses_leave_the_rest_alone(fitted, years):
    # Maximum likelihood leaves them out; with 140 services the two answers are nearly the same.
    for year, tree in fitted.items():
        row, found = estimands.table(tree).set_index("estimand").loc["therapist_sd"], fit(years[year])
        assert row["estimate"] == pytest.approx(found.estimate[-1], abs=0.35 * row["sd"])
        table = therapists.table(tree)
        assert len(table) == np.count_nonzero(years[year].clients)
        # a service without courses is a draw from the population
        empty = np.flatnonzero(years[year].clients == 0)
        spread = tree["posterior"]["therapist_effect"].values[..., empty].std()
        assert spread == pytest.approx(row["estimate"], rel=0.1)
