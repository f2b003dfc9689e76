"""Both tables of a small service: their columns and sentences, the announced cost, the same numbers on any cores."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.inference.models.spread import vpc
from iatrogenesis.own_data.could_have_shown import CEILING, ERROR_RATES, tables
from iatrogenesis.own_data.could_have_shown.costs import FEWEST_CEILING, PATIENCE, plan
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.planning.ceiling import _ceiling, _halved
from iatrogenesis.simulation_study.power_curve import noncentrality_for, power
from tests.own_data.made_up import own, service, with_clients
from tests.planning.test_ceiling import known_test

SPREADS = {"low": 0.2, "median": 0.5, "high": 0.9}


@pytest.fixture(scope="module")
def priors(study):
    return study.config.fit.priors


@pytest.fixture(scope="module")
def bare() -> Prepared:
    """Few clients, and nothing known of them but who their therapist is."""
    prepared = service(8, 25, rate=0.2, slope=0.0)
    kept = ["client_id", "therapist_id", "finished", "deteriorated"]
    return with_clients(prepared, prepared.tables["clients"][kept], case_mix=(), periods=())


@pytest.fixture(scope="module")
def found(bare, priors) -> dict[str, pd.DataFrame]:
    return tables(bare, own(could_have_shown={"replicates": 4}), priors, SPREADS)


def test_a_service_without_case_mix_or_ratings_has_both_tables(found):
    ceiling, rates = found["ceiling"], found["error_rates"]
    assert list(ceiling) == list(CEILING) and list(rates) == list(ERROR_RATES)
    assert list(ceiling["quantity"]) == ["odds_ratio", "vpc"] and (ceiling["replicates"] == FEWEST_CEILING).all()
    of_burnout, of_spread = ceiling["sentence"]
    assert of_burnout.startswith("With these 8 therapists and ") and "made up for them" in of_burnout
    assert "variance share between therapists" in of_spread and "made up" not in of_spread
    assert ceiling["note"].str.contains("No case mix").all() and list(ceiling["ratings"]) == ["made up", ""]
    known = ceiling[ceiling["reachable"] == "yes"]
    assert ((known["low"] <= known["value"]) & (known["value"] <= known["high"])).all()
    assert ceiling["power"].between(0, 1).all() and ceiling["type_1_error"].between(0, 0.3).all()
    order = list(dict.fromkeys(rates["therapists_differ"]))
    assert order == ["not at all", "low", "median", "high"]
    assert list(dict.fromkeys(rates["therapist_sd"])) == [0.0, 0.2, 0.5, 0.9]
    np.testing.assert_allclose(rates["vpc"], vpc(rates["therapist_sd"]))
    assert rates.groupby("therapists_differ").size().nunique() == 1 and (rates["reason"] == "").all()


@pytest.mark.slow
def test_the_numbers_do_not_depend_on_how_many_cores_work(bare, priors, found):
    clients = bare.tables["clients"].sample(frac=1, random_state=3)
    again = tables(with_clients(bare, clients), own(could_have_shown={"replicates": 4}), priors, SPREADS, workers=2)
    for name, table in found.items():
        pd.testing.assert_frame_equal(again[name], table, check_exact=True)


def test_where_nothing_can_be_simulated_it_says_why(bare, priors):
    clients = bare.tables["clients"]
    cases = {
        "not asked for": (bare, 0),
        "4 therapists have a finished course": (with_clients(bare, clients[clients["therapist_id"] < "T0004"]), 4),
        "these are counts": (Prepared(bare.about, {"counts": pd.DataFrame()}), 4),
    }
    for reason, (prepared, replicates) in cases.items():
        for table in tables(prepared, own(could_have_shown={"replicates": replicates}), priors).values():
            assert len(table) == 1 and reason in table["reason"].iloc[0]


def test_large_services_get_fewer_data_sets_and_it_is_said():
    small, large, many = plan(22, 2800, True, 40), plan(500, 50_000, True, 40), plan(5000, 50_000, True, 40)
    assert (small.ceiling, small.model, small.in_words) == (40, 40, "") and small.seconds < 60
    assert large.seconds <= PATIENCE and many.seconds <= PATIENCE
    assert 4 <= many.model < 40 and "Fewer data sets than the 40 asked for" in many.in_words
    assert plan(22, 2800, True, 5000).model < 5000 and plan(22, 2800, True, 5000).seconds <= PATIENCE + 1
    few = plan(22, 2800, False, 4)
    assert (few.ceiling, few.model, few.in_words) == (FEWEST_CEILING, 4, "")


def test_a_ceiling_far_below_the_largest_strength_is_found_by_halving():
    """Noncentrality 90 per unit: power is 1 at nearly every strength of the first pass."""
    truth, found = noncentrality_for(0.8, 33) / 90, []
    for seed in range(20):
        rejects = known_test(seed, 90.0)
        largest = _halved(rejects, 1.5, 8)
        assert power(90 * largest, 33) > 0.95
        one = _ceiling("burnout", rejects, largest, 40, 0.8)
        found.append((one.value, one.low <= truth <= one.high, one.high - one.low))
    values, covered, widths = np.array(found).T
    assert values.mean() == pytest.approx(truth, rel=0.05) and covered.mean() >= 0.8
    assert np.median(widths) < truth
    assert _halved(lambda strength, replicate: False, 1.5, 8) == 1.5 == _halved(known_test(1, 90.0), 1.5, 0)
