"""Monte Carlo standard errors against closed forms and against brute repetition."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.montecarlo import jackknife, ratio, reach, share_interval
from iatrogenesis.harm.twins import scenario_rows, twin_counts


def test_ratio_of_equal_clusters_is_the_mean_with_its_standard_error():
    values = np.array([3.0, 1.0, 4.0, 1.0, 5.0])
    estimate, error = ratio(values, np.ones(5))
    assert estimate == pytest.approx(values.mean())
    assert error == pytest.approx(values.std(ddof=1) / np.sqrt(5))


def test_jackknife_of_a_mean_is_its_standard_error():
    values = np.array([3.0, 1.0, 4.0, 1.0, 5.0])

    def mean(left_out):
        return np.array([np.delete(values, left_out).mean() if left_out is not None else values.mean()])

    estimate, error = jackknife(mean, 5)
    assert estimate[0] == pytest.approx(values.mean())
    assert error[0] == pytest.approx(values.std(ddof=1) / np.sqrt(5))


def test_ratio_error_is_that_of_repeated_samples():
    rng = np.random.default_rng(1)
    found = []
    for _ in range(400):
        clients = rng.integers(5, 40, size=60)
        rate = rng.beta(2, 30, size=60)
        found.append(ratio(rng.binomial(clients, rate).astype(float), clients.astype(float)))
    estimates, errors = np.array(found).T
    # SD of 400 estimates is known to 3.5 %; five of those.
    assert errors.mean() == pytest.approx(estimates.std(), rel=0.18)


def test_twins_against_themselves_show_no_harm(study, small):
    sample = study.setup.sample(study.catalogue["routine_care"], small)
    rows = pd.DataFrame(scenario_rows("routine_care", twin_counts(sample, sample, sample))).set_index("measure")
    assert rows.loc[["iatrogenic", "spared", "net_against_routine_care", "net_against_reference"], "value"].eq(0).all()
    assert rows.loc["deteriorated", "value"] == pytest.approx(1000 * sample.deteriorated.sum() / sample.finished.sum())


def test_paired_difference_is_surer_than_two_separate_rates(study, small):
    big = small.model_copy(update={"replicates": 10})
    routine_care, reference, burned = (
        study.setup.sample(study.catalogue[n], big) for n in ("routine_care", "reference", "high_burnout")
    )
    rows = pd.DataFrame(scenario_rows("high_burnout", twin_counts(burned, reference, routine_care))).set_index(
        "measure"
    )
    alone = pd.DataFrame(scenario_rows("routine_care", twin_counts(routine_care, reference, routine_care))).set_index(
        "measure"
    )
    apart = np.hypot(rows.loc["deteriorated_per_client", "mcse"], alone.loc["deteriorated_per_client", "mcse"])
    assert rows.loc["net_against_routine_care", "mcse"] < apart
    difference = rows.loc["deteriorated_per_client", "value"] - alone.loc["deteriorated_per_client", "value"]
    assert rows.loc["net_against_routine_care", "value"] == pytest.approx(difference)


def test_intervals_know_how_few_units_they_come_from():
    assert reach(2.0, 4) == pytest.approx(2 * 3.182446) and reach(2.0, 10_000) == pytest.approx(3.92, abs=0.001)


def test_a_share_of_none_or_all_has_an_interval_too():
    """The exact one: with 0 of 76 a rate of 4.7 % would still show none in one study out of forty."""
    assert share_interval(0.0, 0.0, 76) == pytest.approx((0.0, 0.047376), abs=1e-5)
    assert share_interval(1.0, 0.0, 5) == pytest.approx((0.478176, 1.0), abs=1e-5)
    assert pytest.approx(0.025, rel=1e-3) == (1 - 0.047376) ** 76
    low, high = share_interval(0.5, 0.05, 76)
    assert low == pytest.approx(0.5 - reach(0.05, 76)) and high == pytest.approx(0.5 + reach(0.05, 76))
    assert share_interval(0.01, 0.05, 76)[0] == 0 and share_interval(0.99, 0.05, 76)[1] == 1
