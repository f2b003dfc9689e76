"""Forecasts and posteriors beside the truth of simulated counts."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import binom

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.engines.collapsed.weights import Unreliable
from iatrogenesis.own_data.services import forecast, posterior
from iatrogenesis.own_data.services.counted import counted
from iatrogenesis.own_data.services.posterior import fit
from iatrogenesis.own_data.services.predictive import BetaBinomial, Mixture, crps
from iatrogenesis.own_data.services.processes import PROCESSES
from tests.own_data.services.simulated import rounded, simulated

QUANTILES = ["q025", "q10", "q25", "q50", "q75", "q90", "q975"]


@pytest.fixture(scope="module")
def whole():
    return simulated(units=60, periods=5, seed=11, courses=600)


@pytest.fixture(scope="module")
def forecasts(whole):
    """The last of five periods, from the four before it, whose counts are rounded and suppressed."""
    table, _ = whole
    return forecast(rounded(table[table["period"] < "2019-20"]), seed=2)


def test_forecasts_cover_what_came(whole, forecasts):
    table, _ = whole
    came = table[table["period"] == "2019-20"].set_index("unit_id")
    found = forecasts.set_index("unit_id")
    assert set(forecasts["period"]) == {"2019-20"}
    rate = came["deteriorated"] / came["n"]
    for level, (low, high) in {0.5: ("q25", "q75"), 0.8: ("q10", "q90"), 0.95: ("q025", "q975")}.items():
        share = ((found[low] <= rate) & (rate <= found[high])).mean()
        # 60 units with a common shock: a wide allowance, which a forecast without drift or without chance misses
        assert share == pytest.approx(level, abs=0.17)
    assert np.corrcoef(found["q50"], rate)[0, 1] > 0.6


def test_forecasts_have_their_columns_in_order(forecasts):
    assert list(forecasts)[:7] == ["unit_id", "period", "n", "n_given", "history", "last_period", "mean"]
    for prefix in ("", "count_"):
        ends = forecasts[[prefix + name for name in QUANTILES]].to_numpy()
        assert np.all(np.diff(ends, axis=1) >= 0)
    assert forecasts["count_q50"].to_numpy() == pytest.approx((forecasts["q50"] * forecasts["n"]).to_numpy(), abs=1e-6)


def test_same_seed_same_numbers_and_given_courses_matter():
    table, _ = simulated(units=8, periods=2)
    given = pd.DataFrame({"unit_id": ["u000", "brand new"], "n": [100_000, 50]})
    one, other = (forecast(table, seed=7, n=given) for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
    without = forecast(table, seed=7).set_index("unit_id")
    found = one.set_index("unit_id")
    assert set(found.index) - set(without.index) == {"brand new"}
    assert found.loc["brand new", ["n", "history", "last_period"]].tolist() == [50, 0, ""]
    assert found.loc["u000", "n_given"]
    assert not found.loc["u001", "n_given"]
    width = [(t.loc["u000", "q90"] - t.loc["u000", "q10"]) for t in (found, without)]
    assert width[0] < width[1]
    assert not forecast(table, seed=8)["mean"].equals(without["mean"].reset_index(drop=True))


@pytest.mark.slow
def test_units_that_ended_are_forecast_with_less_certainty():
    table, _ = simulated(units=20, periods=5, courses=3000, total=0.4, next=0.9, lasting=0.0)
    ended = table[(table["unit_id"] != "u005") | (table["period"] < "2017-18")]
    found, whole = (forecast(counts, seed=1).set_index("unit_id").loc["u005"] for counts in (ended, table))
    assert found["last_period"] == "2016-17"
    assert found["history"] == 2
    assert found["q90"] - found["q10"] > whole["q90"] - whole["q10"]


@pytest.mark.trial(kind="refused", what="a forecast, refused with: {words}")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"counts": simulated(units=6, periods=1)[0]}, "needs at least two periods"),
        ({"counts": simulated(units=6, periods=2)[0], "horizon": 0}, "0 periods; give 1 or more"),
        (
            {"counts": simulated(units=6, periods=2)[0], "n": pd.DataFrame({"unit_id": ["u000"], "n": [0]})},
            "n: column 'n' must hold whole numbers from 1",
        ),
    ],
)
def test_impossible_forecasts_are_refused(arguments, words):
    with pytest.raises(DataError, match=words):
        forecast(**arguments)


@pytest.mark.slow
def test_true_rates_are_covered(whole):
    table, rate = whole
    fitted = fit(counted(rounded(table)), PROCESSES["ar"], seed=4)
    low, high = np.quantile(expit(fitted.log_odds), [0.025, 0.975], axis=0)
    seen = fitted.counted.seen
    # 300 rates of 60 units: 4 SDs of a share among 150 independent ones
    assert ((low <= rate) & (rate <= high))[seen].mean() == pytest.approx(0.95, abs=0.07)
    assert fitted.effective > 300
    for name, true in {"total": 0.3, "next": 0.8}.items():
        ends = np.quantile(fitted.parameters[name], [0.005, 0.995])
        assert ends[0] < true < ends[1]


def test_predictive_distributions_are_those_of_scipy():
    n, odds = np.array([50, 400]), np.log([[0.05, 0.1], [0.07, 0.2]]) - np.log1p([[-0.05, -0.1], [-0.07, -0.2]])
    mixture = Mixture(odds, n)
    for count in (-1, 0, 4, 50):
        exact = binom.cdf(count, n, expit(odds)).mean(axis=0)
        assert mixture.at_most(np.full(2, count)) == pytest.approx(exact, abs=1e-12)
    assert mixture.at_most(n) == pytest.approx([1, 1])
    drawn = BetaBinomial(np.array([0.1, 0.06]), np.array([50.0, 400.0]), n).draws(Noise(1), "a")
    assert drawn.mean(axis=0) == pytest.approx(n * [0.1, 0.06], rel=0.05)


def test_crps_is_its_definition():
    noise = np.random.default_rng(1)
    drawn, value = np.sort(noise.normal(size=(300, 2)), axis=0), np.array([0.3, -2.0])
    apart = np.abs(drawn[:, None] - drawn[None]).mean(axis=(0, 1))
    assert crps(drawn, value) == pytest.approx(np.abs(drawn - value).mean(axis=0) - apart / 2)


def test_units_that_do_not_drift_are_fitted_without_drift(monkeypatch):
    """Where weights fail, the answer is that of a simpler model, which says its name, and no error."""
    table, _ = simulated(units=6, periods=3)
    real = posterior.fit

    def fails(data, process, seed, draws=400):
        if process.name == "ar":
            raise Unreliable("ar: Pareto k 0.9")
        return real(data, process, seed, draws)

    monkeypatch.setattr(posterior, "fit", fails)
    found = posterior.fit_or_simpler(counted(table), PROCESSES["ar"], seed=1)
    assert found.process.name == "exchangeable"
