"""Stable part and drift: integrals beside dense quadrature, known truths found again, no trend taken for drift."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import binom, norm

from iatrogenesis.own_data.periods import COLUMNS, drift, table
from iatrogenesis.own_data.periods.integral import ByPeriod
from iatrogenesis.own_data.prepared import About, Prepared
from tests.own_data.made_up import own, service, with_clients


@pytest.fixture(scope="module")
def priors(study):
    return study.config.fit.priors


@pytest.fixture(autouse=True)
def _fewer_draws(monkeypatch):
    monkeypatch.setattr(drift, "DRAWS", 600)


def counted(therapists: int, n: int, stable: float, drift: float, trend: float = 0.0, seed: int = 1) -> Prepared:
    """Counts of four years."""
    rng, years = np.random.default_rng(seed), 4
    odds = -2.2 + stable * rng.normal(size=(therapists, 1)) + drift * rng.normal(size=(therapists, years))
    odds += trend * np.arange(years)
    unit, year = (place.ravel() for place in np.indices(odds.shape))
    counts = pd.DataFrame(
        {
            "unit_id": [f"T{k:03d}" for k in unit],
            "period": [str(2020 + k) for k in year],
            "n": n,
            "deteriorated": rng.binomial(n, expit(odds)).ravel(),
        }
    )
    periods = tuple(str(2020 + k) for k in range(years))
    return Prepared(About(name="counts", title="Counts", kind="counts", periods=periods), {"counts": counts})


def test_the_integral_is_that_of_dense_quadrature():
    """Two therapists with two and three periods, by sums over a fine grid of both effects."""
    data = ByPeriod(
        events=np.array([1.0, 4.0, 0.0, 3.0, 9.0]),
        trials=np.array([10.0, 20.0, 15.0, 30.0, 30.0]),
        offset=np.array([0.2, -0.1, 0.0, 0.3, -0.2]),
        design=drift.contrasts(3)[[0, 1, 0, 1, 2]],
        starts=np.array([0, 2, 5]),
    )
    point = {
        "intercept": np.array([-2.0, -1.5]),
        "coefficients": np.array([[0.3, -0.2], [0.0, 0.4]]),
        "stable_sd": np.array([0.6, 1.2]),
        "drift_sd": np.array([0.4, 0.05]),
    }
    found = data.integrals(point, 15).value
    grid = np.linspace(-8, 8, 241)
    step = norm.pdf(grid) * (grid[1] - grid[0])
    for b in range(2):
        odds = point["intercept"][b] + data.design @ point["coefficients"][b] + data.offset
        for j, (first, last) in enumerate(((0, 2), (2, 5))):
            total = np.ones(len(grid))
            for c in range(first, last):
                at = odds[c] + point["stable_sd"][b] * grid[:, None] + point["drift_sd"][b] * grid
                total *= binom.pmf(data.events[c], data.trials[c], expit(at)) @ step
            choose = sum(np.log(binom.pmf(e, n, 0.5)) + n * np.log(2) for e, n in zip(
                data.events[first:last], data.trials[first:last], strict=True))  # fmt: skip
            assert found[j, b] == pytest.approx(np.log(total @ step) - choose, abs=1e-4)


def test_contrasts_favour_no_period():
    for number in (2, 5):
        columns = drift.contrasts(number)
        np.testing.assert_allclose(columns.T @ columns, np.eye(number - 1), atol=1e-12)
        np.testing.assert_allclose(columns.sum(axis=0), 0, atol=1e-12)
        np.testing.assert_allclose(np.sum(columns**2, axis=1), 1 - 1 / number)


def spreads(found: pd.DataFrame) -> pd.DataFrame:
    return found.set_index("quantity").loc[["stable_sd", "drift_sd", "correlation"]]


@pytest.mark.parametrize(
    ("stable", "drifting"),
    [(0.5, 0.5), pytest.param(0.6, 0.0, marks=pytest.mark.slow), pytest.param(0.0, 0.6, marks=pytest.mark.slow)],
)
def test_known_spreads_are_found_again(priors, stable, drifting):
    found = spreads(table(counted(30, 200, stable, drifting), own(), priors))
    assert found.loc["stable_sd", "estimate"] == pytest.approx(stable, abs=0.2)
    assert found.loc["drift_sd", "estimate"] == pytest.approx(drifting, abs=0.2)
    share = stable**2 / (stable**2 + drifting**2)
    assert found.loc["correlation", "low"] - 0.05 < share < found.loc["correlation", "high"] + 0.05
    assert (found["learnt"] > 0.5).all() and (found["note"] == "").all()


def test_a_trend_of_the_service_is_no_drift(priors):
    rising = table(counted(30, 200, 0.5, 0.0, trend=0.3), own(), priors)
    assert spreads(rising).loc["drift_sd", "estimate"] < 0.2
    change = rising.set_index("quantity").loc["rate_change"]
    assert change["low"] > 0 and change["period"] == "2020 to 2023"
    rates = rising[rising["quantity"] == "rate"]
    assert rates["estimate"].is_monotonic_increasing
    np.testing.assert_allclose(rates["estimate"], rates["raw_rate"], atol=0.02)
    assert ((rates["low"] < rates["raw_rate"]) & (rates["raw_rate"] < rates["high"])).all()


def test_few_clients_leave_the_prior_and_it_says_so(priors):
    found = spreads(table(counted(6, 3, 0.3, 0.3), own(), priors))
    assert found.loc["correlation", "note"] == "the data hardly move the prior"
    assert found.loc["correlation", "high"] - found.loc["correlation", "low"] > 0.8
    # half-normal of scale .7 / sqrt(2); arcsine law
    assert found.loc["stable_sd", "prior"] == pytest.approx(0.6745 * priors.therapist_sd.scale / np.sqrt(2), rel=1e-3)
    assert found.loc["correlation", "prior_low"] == pytest.approx(np.sin(np.pi * 0.0125) ** 2)


def test_clients_without_case_mix_are_counts(priors):
    prepared = service(15, 40)
    bare = with_clients(prepared, prepared.tables["clients"], case_mix=())
    clients = prepared.tables["clients"]
    finished = clients[clients["finished"]]
    counts = finished.groupby(["therapist_id", "period"], as_index=False).agg(
        n=("client_id", "size"), deteriorated=("deteriorated", "sum")
    )
    same = Prepared(prepared.about, {"counts": counts.rename(columns={"therapist_id": "unit_id"})})
    found = table(bare, own(), priors)
    assert list(found) == list(COLUMNS)
    pd.testing.assert_frame_equal(found, table(same, own(), priors))
    mixed = with_clients(bare, clients.sample(frac=1, random_state=2), case_mix=())
    pd.testing.assert_frame_equal(table(mixed, own(), priors), found)


def test_case_mix_that_moves_from_year_to_year_is_no_drift(priors):
    """Some therapists' clients are far more ill in one year, and the outcome follows from that alone."""
    prepared = service(25, 120, sd=0.0, slope=0.0, seed=4)
    clients, rng = prepared.tables["clients"].copy(), np.random.default_rng(1)
    cell = clients.groupby(["therapist_id", "period"]).ngroup().to_numpy()
    ill = 15 + 6 * rng.normal(size=cell.max() + 1)[cell] + rng.normal(size=len(clients))
    worse = rng.random(len(clients)) < expit(-1.5 + 0.15 * (ill - 15))
    clients["phq9_first"] = ill
    clients["deteriorated"] = pd.array(np.where(clients["finished"], worse, None), dtype="boolean")
    plain, adjusted = (
        table(with_clients(prepared, clients, case_mix=columns), own(), priors)
        for columns in ((), ("phq9_first", "gad7_first"))
    )
    assert spreads(plain).loc["drift_sd", "low"] > 0.3 > spreads(adjusted).loc["drift_sd", "estimate"]
    assert plain["adjusted"].iloc[0] == "" and adjusted["adjusted"].iloc[0] == "phq9_first, gad7_first"
    risk = expit(-1.5 + 0.15 * (ill - 15))
    given = table(with_clients(prepared, clients), own(), priors, risk)
    assert spreads(given).loc["drift_sd", "estimate"] < 0.3


def test_where_drift_cannot_be_seen_it_says_why(priors):
    prepared = service(10, 20)
    clients = prepared.tables["clients"]
    first = clients.groupby("therapist_id")["period"].transform("first")
    cases = {
        "1 period: drift needs two": clients.assign(period="2020"),
        "0 periods": clients.drop(columns="period"),
        "0 periods: drift needs two": clients.assign(finished=False),
        "4 therapists; at least 5": clients[clients["therapist_id"] < "T0004"],
        "0 therapists have courses in two periods": clients.assign(period=first),
        "nobody or everybody": clients.assign(deteriorated=pd.array([False] * len(clients), dtype="boolean")),
    }
    for reason, some in cases.items():
        found = table(with_clients(prepared, some), own(), priors)
        assert len(found) == 1 and reason in found["reason"].iloc[0] and found["estimate"].isna().all()


@pytest.mark.slow
def test_intervals_cover(priors):
    """60 services of 20 therapists and four years; both spreads drawn from their prior."""
    rng, hits = np.random.default_rng(9), []
    for seed in range(60):
        truth = np.abs(rng.normal(size=2)) * priors.therapist_sd.scale / np.sqrt(2)
        found = spreads(table(counted(20, 40, *truth, seed=100 + seed), own(), priors))
        hits.append((found["low"].to_numpy()[:2] <= truth) & (truth <= found["high"].to_numpy()[:2]))
    assert np.mean(hits) > 0.95 - 3 * np.sqrt(0.95 * 0.05 / 120)


def test_a_flat_posterior_of_the_share_is_marked_though_its_variance_is_less_than_the_priors(priors):
    share = np.linspace(0.001, 0.999, 999)
    drawn = {"stable_sd": np.sqrt(share), "drift_sd": np.sqrt(1 - share)}
    rows = {row["quantity"]: row for row in drift._spreads(drawn, priors.therapist_sd)}
    assert rows["correlation"]["learnt"] > 0.3
    assert rows["correlation"]["note"] == "the data hardly move the prior"
