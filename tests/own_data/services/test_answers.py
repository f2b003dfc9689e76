"""The tables of an analysis of counts: who stands out, what is refused, and a rolling origin that sees no future."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.prepared import About, Prepared
from iatrogenesis.own_data.services import rounding, standing_out, tables
from iatrogenesis.own_data.services.counted import counted
from iatrogenesis.own_data.services.posterior import fit_or_simpler
from iatrogenesis.own_data.services.processes import PROCESSES
from iatrogenesis.own_data.services.rivals import RULES
from iatrogenesis.own_data.services.rolling import rolled
from iatrogenesis.own_data.services.summaries import histogram, summary
from iatrogenesis.own_data.settings import Columns, Files, OwnData
from tests.own_data.services.simulated import rounded, simulated

SETTINGS = OwnData(
    name="units", data=Files(counts="counts.csv"), columns=Columns(unit="unit_id", n="n", events="deteriorated")
)


def prepared(counts, kind="counts"):
    return Prepared(About(name="units", title="Units", kind=kind), {kind: counts})


def odd_one(units=30, periods=1, rate=0.3):
    """Alike units and one whose rate is five times theirs."""
    table, _ = simulated(units=units, periods=periods, courses=400, total=0.1)
    odd = table["unit_id"] == "u003"
    return table.assign(deteriorated=table["deteriorated"].where(~odd, (rate * table["n"]).astype(int)))


def test_one_period_has_no_forecast_and_says_why():
    found = tables(prepared(odd_one().assign(period="all")), SETTINGS)
    assert set(found) == {"services", "services_model", "services_notes"}
    notes = found["services_notes"].set_index("subject")["note"]
    assert "a single period does not show" in notes["forecast"]
    assert "no cause" in notes["standing out"]
    services = found["services"].set_index("unit_id")
    assert services.loc["u003", "unlike_others"] == "high"
    assert services.loc["u003", "exceeds"] == "high"
    assert (services.drop(index="u003")["unlike_others"] == "").all()
    assert np.all(services["rate_low"] < services["rate_high"])
    assert services["raw_rate"].to_numpy() == pytest.approx((services["deteriorated"] / services["n"]).to_numpy(float))
    # drawn to the others where courses are few
    small = services.drop(index="u003").nsmallest(5, "n")
    centre = services["rate"].median()
    assert np.all(np.abs(small["rate"] - centre) <= np.abs(small["raw_rate"] - centre) + 0.002)


def test_tails_are_those_of_all_draws_and_hold_their_level(monkeypatch):
    counts, _ = simulated(units=30, periods=2, courses=300, seed=2)
    posterior = fit_or_simpler(counted(counts), PROCESSES["exchangeable"], 1)
    some = standing_out.tails(posterior)
    monkeypatch.setattr(standing_out, "USED", len(posterior.log_weight))
    for few, every in zip(some, standing_out.tails(posterior), strict=True):
        np.testing.assert_allclose(np.log(few), np.log(every), atol=0.2)
    assert np.all(some[0] + some[1] >= 1)  # the count itself is in both
    p = standing_out.two_sided(*some)
    assert np.mean(p <= 0.1) <= 0.1 + 3 * np.sqrt(0.1 * 0.9 / p.size)


def test_of_a_suppressed_count_the_tail_is_that_of_the_whole_range():
    exact, _ = simulated(units=20, periods=1, courses=300, seed=4)
    four = exact.assign(
        deteriorated=exact["deteriorated"].where(exact.index != exact.index[0], 4), n=lambda t: t["n"] + 100
    )
    posterior = fit_or_simpler(counted(four), PROCESSES["exchangeable"], 1)
    data = posterior.counted
    low = data.low.copy()
    low[data.units.index(str(four["unit_id"].iloc[0])), 0] = 0
    hidden = replace(posterior, counted=replace(data, low=low))
    np.testing.assert_allclose(standing_out.tails(hidden)[0], standing_out.tails(posterior)[0])


@pytest.mark.slow
def test_alike_units_do_not_stand_out():
    """Across twenty simulated data sets of 20 units, at most a tenth with a false discovery is what is promised."""
    wrong = 0
    for seed in range(20):
        counts, _ = simulated(units=20, periods=1, seed=seed, courses=300)
        services = tables(prepared(counts), SETTINGS)["services"]
        wrong += (services["unlike_others"] != "").any()
    assert wrong <= 6  # binomial of 20 with 0.1: more has a probability of 0.002


@pytest.mark.slow
def test_ranges_matter_for_small_counts_only():
    counts, _ = simulated(units=20, periods=2, courses=300, seed=4)
    found = rounding.table(counted(rounded(counts)), seed=1).set_index(["counts", "group"])
    exact = found.loc["counts exact", "mean_difference_sd"]
    assert exact["at least 200 courses"] < 0.1 < exact["suppressed"]
    assert (found.loc["courses + 2", "mean_difference_sd"] < 0.1).all()


def test_small_units_are_not_judged():
    counts = odd_one().assign(period="all")
    least = SETTINGS.model_copy(update={"privacy": SETTINGS.privacy.model_copy(update={"least_named": 10**6})})
    services = tables(prepared(counts), least)["services"]
    assert (services[["exceeds", "unlike_others"]] == "").all(axis=None)


def test_counts_only():
    with pytest.raises(DataError, match="units: holds clients, not counts"):
        tables(prepared(pd.DataFrame(), kind="clients"), SETTINGS)
    with pytest.raises(DataError, match="4 units with counts"):
        tables(prepared(simulated(units=4)[0]), SETTINGS)


@pytest.fixture(scope="module")
def rows():
    return rolled(counted(simulated(units=25, periods=5, seed=8)[0]), seed=3)


def test_rolling_origin_compares_methods_on_the_same_rows(rows):
    found = summary(rows)
    every = found[(found["period"] == "all") & (found["courses"] == "as it came")].set_index("method")
    assert set(every.index) == {"ar", "ar, normal innovations", "ar, no shock", *RULES}
    assert (every["rows"] == 50).all()
    assert (every["periods"] == 2).all()
    assert every.loc["ar", "log_score_difference"] == 0
    mean = rows[rows["method"] == "pooled rate"]["log_score"].mean() - every.loc["ar", "log_score"]
    assert every.loc["pooled rate", "log_score_difference"] == pytest.approx(mean)
    assert (every["covered_95_mcse"].notna()).all()
    assert found[found["period"] != "all"]["covered_95_mcse"].isna().all()
    share = histogram(rows).groupby(["method", "courses"])["share"].sum()
    assert share.to_numpy() == pytest.approx(np.ones(len(share)))


@pytest.mark.slow
def test_no_method_sees_the_future(rows):
    table, _ = simulated(units=25, periods=5, seed=8)
    past = rolled(counted(table[table["period"] < "2019-20"]), seed=3)
    same = rows[rows["period"] == "2018-19"].reset_index(drop=True)
    pd.testing.assert_frame_equal(past, same)


def test_every_analysis_of_periods_has_its_tables():
    found = tables(prepared(simulated(units=12, periods=4, seed=5)[0]), SETTINGS)
    assert set(found["rolling_origin"]["period"]) == {"all", "2018-19"}
    assert {"forecast", "rolling_pit"} <= set(found)
    assert len(found["forecast"]) == 12
    notes = found["services_notes"].set_index("subject")["note"]
    assert "1 target periods" in notes["rolling origin"]
    assert not any("null" in table.to_csv() for table in found.values())
