"""How many it takes: the formulas against published values, and curves whose answer is known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from iatrogenesis.inference.models.spread import log_odds_at, sd_of, vpc
from iatrogenesis.report.study_tables import reliability
from iatrogenesis.simulation_study.advice import Advice, column
from iatrogenesis.simulation_study.needed import _power_curve, _reached, needed


@pytest.mark.parametrize(("sd", "clients"), [(0.61, 116), (0.42, 247), (0.33, 381)])
def test_clients_for_reliability_are_those_of_the_literature(sd, clients):
    """Literature row X03: n for reliability .7 at a rate of .058; its SDs are .608, .416 and .335 before rounding."""
    exact = {0.61: 0.608, 0.42: 0.416, 0.33: 0.335}[sd]
    rows = [
        {"question": "reliability", "quantity": "raw_rate", "therapist_sd": exact, "clients": n, "mcse": 0.0}
        | {"value": n * 0.058 * 0.942 * exact**2 / (1 + n * 0.058 * 0.942 * exact**2)}
        for n in (15, 30, 60, 120, 240, 480, 960)
    ]
    found = needed(pd.DataFrame(rows).assign(effect=np.nan, therapists=40_000), 0.058).iloc[0]
    assert found["formula"] == pytest.approx(clients, abs=1.0 if sd != 0.42 else 1.5)
    assert found["needed"] == pytest.approx(found["formula"], rel=0.03)  # interpolated on the grid


def test_spread_and_share_of_variance_are_two_forms_of_one_number():
    for share in (0.0, 0.05, 0.101, 0.5):
        assert vpc(sd_of(share)) == pytest.approx(share)


def test_the_power_curve_is_found_again():
    therapists = np.array([10, 20, 40, 80, 160, 320])
    power = norm.cdf(0.25 * np.sqrt(therapists) - 1.96) + norm.cdf(-0.25 * np.sqrt(therapists) - 1.96)
    c, error = _power_curve(therapists, power, np.full(6, 400))
    assert c == pytest.approx(0.25, abs=1e-3) and 0 < error < 0.01
    rows = pd.DataFrame({"therapists": therapists, "value": power, "replicates": 400})
    rows = rows.assign(question="burnout", quantity="power", therapist_sd=0.61, effect=0.25, clients=50, mcse=0.02)
    found = needed(rows, 0.058).iloc[0]
    assert found["needed"] == pytest.approx(((1.95996 + 0.84162) / 0.25) ** 2, rel=0.01)
    assert found["low"] < found["needed"] < found["high"] and not found["beyond_grid"]


@pytest.mark.parametrize("power", [(0.1, 0.38, 0.72), (0.05, 0.05, 0.07), (0.9, 1.0, 1.0), (0.0, 0.01, 0.02)])
def test_the_power_curve_lies_near_what_it_is_fitted_to(power):
    """Also on a coarse grid, and where power is 0 or 1 everywhere."""
    therapists = np.array([20, 60, 200])
    c, error = _power_curve(therapists, np.array(power), np.full(3, 76))
    expected = norm.cdf(c * np.sqrt(therapists) - 1.96) + norm.cdf(-c * np.sqrt(therapists) - 1.96)
    assert np.max(np.abs(expected - power)) < 0.12 and error > 0


def test_sizes_are_interpolated_inside_and_extended_by_the_root_law():
    sizes, widths = pd.Series([10, 40, 160]), pd.Series([0.4, 0.2, 0.1])
    assert _reached(sizes, widths, 0.2, -0.5) == pytest.approx(40)
    assert 40 < _reached(sizes, widths, 0.15, -0.5) < 160
    assert _reached(sizes, widths, 0.05, -0.5) == pytest.approx(640)
    assert np.isnan(_reached(sizes, widths, 0.05, None))
    assert _reached(sizes, widths, 0.5, -0.5) == pytest.approx(10)


def test_the_grid_answers_every_question_and_repeats_itself(study):
    grid = Advice.model_validate(study.config.advice.model_dump())
    priors = study.config.fit.priors
    first, again = (column(grid, 60, priors, 5) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    assert set(first["question"]) == {"spread", "flagging", "burnout", "reliability"}
    shares = first[first["quantity"].isin(["coverage", "power", "sensitivity", "fpr", "raw_rate", "formula"])]
    assert shares["value"].between(0, 1).all()
    both = first[first["question"] == "reliability"].set_index("quantity")["value"]
    assert both["raw_rate"] == pytest.approx(both["formula"], abs=0.05)


def test_more_clients_and_more_therapists_tell_more(study):
    grid = study.config.advice.model_copy(update={"therapists": (10, 80), "coverage_mcse": 0.08})
    few, many = (column(grid, clients, study.config.fit.priors, 5) for clients in (15, 240))
    width = [part[part["quantity"] == "width"].set_index("therapists")["value"] for part in (few, many)]
    assert width[0][10] > width[0][80] > width[1][80]
    found = [part[part["quantity"] == "raw_sensitivity"].set_index("therapists")["value"][80] for part in (few, many)]
    assert found[1] > found[0]


def test_where_chance_leaves_open_that_nothing_is_enough_no_upper_end_is_made_up():
    """After no and one find in five data sets no number of therapists can be ruled out; so at the end of a grid."""
    power = pd.DataFrame({"therapists": [10, 20], "value": [0.0, 0.2], "replicates": 5})
    power = power.assign(question="burnout", quantity="power", therapist_sd=0.61, effect=0.25, clients=50, mcse=0.2)
    found = pd.DataFrame({"clients": [75, 150, 300], "value": [0.1, 0.3, 0.52], "mcse": 0.03, "therapists": 200})
    found = found.assign(question="flagging", quantity="sensitivity", therapist_sd=0.61)
    table = needed(pd.concat([power, found]), 0.058).set_index("question")
    assert table.loc["burnout", "low"] > 1 and np.isnan(table.loc["burnout", "high"])
    row = table.loc["flagging"]
    assert 230 < row["low"] < row["needed"] < 300 and np.isnan(row["high"])
    assert reliability(table.reset_index()).rows[0][2] == "282 (from 233)"


def test_log_odds_leave_the_rate_that_was_asked_for_on_average():
    draws = np.random.default_rng(2).normal(size=400_000)
    for rate, sd in ((0.058, 0.61), (0.3, 1.2), (0.5, 0.8), (0.06, 0.0)):
        assert (1 / (1 + np.exp(-(log_odds_at(rate, sd) + sd * draws)))).mean() == pytest.approx(rate, abs=0.001)
