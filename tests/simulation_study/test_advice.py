"""How many it takes: the formulas against published values, and curves whose answer is known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nct, t

from iatrogenesis.inference.models.spread import log_odds_at, sd_of, vpc
from iatrogenesis.report.study_tables import reliability
from iatrogenesis.simulation_study.advice import column, t_test
from iatrogenesis.simulation_study.grid import Advice
from iatrogenesis.simulation_study.needed import LOG_ODDS, LOGARITHM, NEGATIVE, _reached, needed
from iatrogenesis.simulation_study.power_curve import noncentrality_for, power, slope, therapists_for
from iatrogenesis.simulation_study.setting import Setting


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


@pytest.mark.parametrize("freedom", [1, 8, 33, 300])
def test_power_is_that_of_the_noncentral_t(freedom):
    reach = t.ppf(0.975, freedom)
    for shift in (0.0, 1.0, 2.8, 4.0):
        expected = nct.sf(reach, freedom, shift) + nct.cdf(-reach, freedom, shift)
        assert float(power(shift, freedom)) == pytest.approx(expected, abs=1e-9)
    assert float(power(0.0, freedom)) == pytest.approx(0.05)
    assert np.all(np.diff(power(np.linspace(0, 40, 300), freedom)) > -1e-9)
    assert float(power(noncentrality_for(0.8, freedom + 2), freedom + 2)) == pytest.approx(0.8)


def test_the_power_curve_is_found_again():
    therapists = np.array([10, 20, 40, 80, 160, 320])
    share = power(0.25 * np.sqrt(therapists), therapists - 2)
    c, error = slope(np.sqrt(therapists), therapists - 2, share, np.full(6, 400))
    assert c == pytest.approx(0.25, abs=1e-3) and 0 < error < 0.01
    rows = pd.DataFrame({"therapists": therapists, "value": share, "replicates": 400})
    rows = rows.assign(question="burnout", quantity="power", therapist_sd=0.61, effect=0.25, clients=50, mcse=0.02)
    found = needed(rows, 0.058).iloc[0]
    assert float(power(0.25 * np.sqrt(found["needed"]), found["needed"] - 2)) == pytest.approx(0.8, abs=2e-3)
    # with many, Student's t is the normal: ((1.96 + .84) / c)^2
    assert therapists_for(0.8, 0.05) == pytest.approx(((1.95996 + 0.84162) / 0.05) ** 2, rel=0.001)
    assert found["low"] < found["needed"] < found["high"] and not found["beyond_grid"]


@pytest.mark.parametrize("power_at", [(0.1, 0.38, 0.72), (0.05, 0.05, 0.07), (0.9, 1.0, 1.0), (0.0, 0.01, 0.02)])
def test_the_power_curve_lies_near_what_it_is_fitted_to(power_at):
    """Also on a coarse grid, and where power is 0 or 1 everywhere."""
    therapists = np.array([20, 60, 200])
    c, error = slope(np.sqrt(therapists), therapists - 2, np.array(power_at), np.full(3, 76))
    expected = power(c * np.sqrt(therapists), therapists - 2)
    assert np.max(np.abs(expected - power_at)) < 0.12 and error > 0


@pytest.mark.slow
def test_the_range_of_the_power_curve_covers():
    """Counts drawn from a known curve, 1,000 times: the interval of two standard errors holds c in 95 %."""
    rng, therapists = np.random.default_rng(4), np.array([20, 60, 200])
    expected = power(0.3 * np.sqrt(therapists), therapists - 2)
    hits = 0
    for _ in range(1000):
        c, error = slope(np.sqrt(therapists), therapists - 2, rng.binomial(76, expected) / 76, np.full(3, 76))
        hits += abs(c - 0.3) < 2 * error
    assert hits / 1000 == pytest.approx(0.9545, abs=4 * np.sqrt(0.95 * 0.05 / 1000))


def test_settings_share_no_chance_events():
    """Replicate by replicate, what one setting draws says nothing of another's."""
    about = {"therapist_sd": 0.61, "rate": 0.058, "reliability": 0.88, "effect": 0.25}
    settings = [Setting(20, 75, **about), Setting(60, 75, **about), Setting(20, 150, **about)]
    settings.append(Setting(20, 75, **about | {"effect": 0.1}))
    ratings = [np.concatenate([one.drawn(3, k)[2][:20] for k in range(50)]) for one in settings]
    correlation = np.corrcoef(ratings)[np.triu_indices(4, 1)]
    assert np.abs(correlation).max() < 4.5 / np.sqrt(1000)
    again = Setting(20, 75, **about).drawn(3, 7)
    np.testing.assert_array_equal(again[2], settings[0].drawn(3, 7)[2])
    assert not np.array_equal(again[2], settings[0].drawn(4, 7)[2])


def test_lists_of_unequal_length_keep_their_mean():
    sizes = Setting(200, 60, 0.5, 0.06, clients_spread=0.6).sizes
    assert sizes.mean() == pytest.approx(60, rel=0.03) and np.log(sizes).std() == pytest.approx(0.6, rel=0.05)
    assert np.all(Setting(5, 60, 0.5, 0.06).sizes == 60)


def test_the_test_of_burnout_keeps_its_size_with_few_therapists():
    """By the normal's 1.96 it rejects a true null at about 9 % with ten therapists."""
    setting = Setting(10, 75, 0.61, 0.058, 0.88)
    rejected = np.mean([t_test(setting, 8, replicate) for replicate in range(400)])
    assert rejected < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


def test_sizes_are_interpolated_inside_and_extended_by_the_root_law():
    sizes, none = pd.Series([10, 40, 160]), pd.Series([0.0, 0.0, 0.0])

    def size(values: list[float], target: float, scale, beyond: float | None = None) -> float:
        return _reached(sizes, pd.Series(values), none, target, scale, beyond)[0]

    widths = [0.4, 0.2, 0.1]
    assert size(widths, 0.2, LOGARITHM) == pytest.approx(40)
    assert size(widths, 0.15, LOGARITHM) == pytest.approx(40 * (0.2 / 0.15) ** 2)  # the root law holds inside too
    assert size(widths, 0.05, LOGARITHM, beyond=-0.5) == pytest.approx(640)
    assert np.isnan(size(widths, 0.05, LOGARITHM)) and size(widths, 0.5, LOGARITHM) == pytest.approx(10)
    reliability = [n / (n + 60) for n in sizes]
    assert size(reliability, 0.7, LOG_ODDS) == pytest.approx(140)  # exact between grid points
    assert size([0.2, 0.4, 0.8], 0.6, NEGATIVE) == pytest.approx(80)
    assert np.isnan(_reached(sizes, pd.Series([np.nan] * 3), none, 0.5, NEGATIVE)[0])


def test_the_range_of_an_interpolated_size_covers():
    """Widths that scatter by their errors around the root law, 4,000 times."""
    rng, sizes = np.random.default_rng(5), np.array([20.0, 60.0, 200.0])
    truth, hits = 1.2 / np.sqrt(sizes), 0
    for _ in range(4000):
        mcse = 0.03 * truth
        _, low, high = _reached(*map(pd.Series, (sizes, truth + mcse * rng.normal(size=3), mcse)), 0.12, LOGARITHM)
        low, high = sorted((low, high))
        hits += low < 100 < high
    assert hits / 4000 == pytest.approx(0.9545, abs=4 * np.sqrt(0.95 * 0.05 / 4000))


def test_the_grid_answers_every_question_and_repeats_itself(study):
    grid = Advice.model_validate(study.config.advice.model_dump())
    priors = study.config.fit.priors
    first, again = (column(grid, 60, priors, 5) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    assert set(first["question"]) == {"spread", "flagging", "burnout", "another_year", "reliability"}
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
    assert reliability(table.reset_index()).rows[0][2] == f"282 (from {int(row['low'])})"


def test_log_odds_leave_the_rate_that_was_asked_for_on_average():
    draws = np.random.default_rng(2).normal(size=400_000)
    for rate, sd in ((0.058, 0.61), (0.3, 1.2), (0.5, 0.8), (0.06, 0.0)):
        assert (1 / (1 + np.exp(-(log_odds_at(rate, sd) + sd * draws)))).mean() == pytest.approx(rate, abs=0.001)
