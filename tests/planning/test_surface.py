"""The planning page's surface: near to what is simulated, and as far off as it says."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.files import read_csv
from iatrogenesis.planning.surface import DEGREES, Surface, critical, power
from iatrogenesis.planning.surface_points import COLUMNS, RANGES, points, simulated
from iatrogenesis.planning.usual import configured
from iatrogenesis.simulation_study import power_curve
from tests.conftest import CONFIG

KEYS = [*RANGES, "odds_ratio"]


@pytest.fixture(scope="module")
def table():
    return read_csv(CONFIG / "planning_points.csv")


@pytest.fixture(scope="module")
def surface(table):
    return Surface.of(table)


def test_the_committed_plans_are_those_of_the_code(table):
    asked = points()
    assert tuple(table.columns) == COLUMNS
    done = table.drop_duplicates(KEYS).reset_index(drop=True)
    pd.testing.assert_frame_equal(done[KEYS], asked[KEYS], check_dtype=False, rtol=1e-8)
    assert (done["held_out"].astype(bool) == asked["held_out"]).all()
    low, high = np.array(list(RANGES.values())).T
    inside = done[list(RANGES)].to_numpy()
    assert (inside >= low - 1).all() and (inside <= high + 1).all()


@pytest.mark.slow
def test_a_plan_is_simulated_again_to_the_same_numbers(table):
    usual = configured(CONFIG)
    asked = points().sort_values("therapists").iloc[0].to_dict()
    again = pd.DataFrame(simulated(asked, usual.priors.model_dump(), usual.seed)).set_index("quantity")
    done = table[np.isclose(table["vpc"], asked["vpc"]) & np.isclose(table["rate"], asked["rate"])].set_index(
        "quantity"
    )
    for name in DEGREES:
        assert again.loc[name, "value"] == pytest.approx(done.loc[name, "value"], rel=1e-6, nan_ok=True), name


def test_it_is_near_to_plans_that_it_was_not_fitted_to(surface, table):
    error = surface.error.set_index("quantity")
    assert error.loc["power", "typical"] < 0.03 and error.loc["power", "worst"] < 0.15
    assert error.loc["width", "typical"] < 0.08
    assert error.loc["sensitivity", "typical"] < 0.05 and error.loc["raw_rate", "worst"] < 0.06
    held = table[table["held_out"].astype(bool) & (table["quantity"] == "power")]
    # by another way: the share of held-out plans within the Monte Carlo error and the typical one
    off = (surface.at(held)["power"] - held["value"]).abs()
    assert off.median() == pytest.approx(error.loc["power", "typical"])
    assert (off < 3 * held["mcse"] + 0.08).mean() > 0.9


def test_more_of_everything_shows_more(surface):
    usual = {"therapists": 35, "clients": 180, "rate": 0.058, "vpc": 0.1, "reliability": 0.88, "odds_ratio": 1.44}
    at = surface.at(pd.DataFrame([usual, *({**usual, **more} for more in (
        {"therapists": 70}, {"clients": 360}, {"odds_ratio": 1.6}, {"reliability": 0.95}))]))  # fmt: skip
    assert (at["power"].iloc[1:] > at["power"].iloc[0]).all()
    assert at["width"].iloc[1] < at["width"].iloc[0] and at["raw_rate"].iloc[2] > at["raw_rate"].iloc[0]


def test_the_t_test_of_the_page_is_that_of_scipy():
    freedom = np.array([6.0, 10.0, 30.0, 100.0])
    assert critical(freedom) == pytest.approx(power_curve.critical(freedom), rel=1e-3)
    for shift in (0.0, 1.0, 2.0, 3.0, 4.0):
        assert power(shift, freedom) == pytest.approx(power_curve.power(shift, freedom), abs=0.006)
