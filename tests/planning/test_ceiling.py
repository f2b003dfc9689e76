"""The detection ceiling: found again where the power curve is known, and plainly denied where there is none."""

import numpy as np
import pytest
from scipy.stats import chi2

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.engines.maximum_likelihood import fit
from iatrogenesis.planning.analysed import STRATA, analysed
from iatrogenesis.planning.ceiling import HALF_CHI_SQUARE, _by_t, _ceiling, burnout_ceiling, spread_ceiling
from iatrogenesis.planning.plasmode import Truth, most_burnout, plasmode
from iatrogenesis.simulation_study.power_curve import noncentrality_for, power
from tests.planning.test_plasmode import service


def known_test(seed: int, per_unit: float, freedom: int = 33):
    """Rejects as a t-test whose noncentrality is known would."""
    noise = Noise(seed)

    def rejects(strength: float, replicate: int) -> bool:
        return bool(noise.uniform("test", replicate=replicate) < power(per_unit * strength, freedom))

    return rejects


def test_a_known_ceiling_is_found_and_its_interval_covers():
    """Noncentrality 6 per unit of the log odds ratio, 33 degrees of freedom; 150 times."""
    truth, found = noncentrality_for(0.8, 33) / 6, []
    for seed in range(150):
        one = _ceiling("burnout", known_test(seed, 6.0), 1.0, 60, 0.8)
        assert one.reachable == "yes" and one.low < one.value < one.high < one.largest
        found.append((one.value, one.low <= truth <= one.high))
    values, covered = np.array(found).T
    assert values.mean() == pytest.approx(truth, rel=0.03)
    assert covered.mean() > 0.90


def test_where_the_largest_effect_is_too_small_there_is_no_number():
    one = _ceiling("burnout", known_test(1, 1.5), 0.6, 100, 0.8)
    assert one.reachable == "no" and np.isnan([one.value, one.low, one.high]).all()
    assert one.power_low <= one.power <= one.power_high < 0.8
    assert one.in_words.startswith("Not reachable: at the largest plausible odds ratio per SD of burnout, 1.82, power")
    nothing = _ceiling("spread", lambda strength, replicate: False, 1.0, 20, 0.8)
    assert nothing.reachable == "no" and "variance share between therapists, 0.23" in nothing.in_words


def test_where_chance_does_not_decide_it_says_so():
    """The largest effect is found with just 80 %."""
    largest = noncentrality_for(0.8, 33) / 6
    found = [_ceiling("burnout", known_test(seed, 6.0), largest, 40, 0.8) for seed in range(10)]
    (one, *_) = (one for one in found if one.reachable == "open")
    assert "leaves open" in one.in_words and one.high == np.inf
    with pytest.raises(ValueError, match="20 at least"):
        _ceiling("burnout", known_test(1, 6.0), 1.0, 5, 0.8)


def test_half_a_chi_square_has_five_percent_above_the_limit():
    assert 0.5 * chi2.sf(HALF_CHI_SQUARE, 1) == pytest.approx(0.05)


@pytest.fixture(scope="module")
def small():
    return plasmode(service(25, 30), Truth(therapist_sd=0.8, rate=0.15), 2, dataset="small")


def test_a_service_has_its_ceilings(small):
    found = burnout_ceiling(small, 20)
    assert found.reachable == "yes" and 0.2 < found.value < found.largest == most_burnout(small)
    assert found.tried["strength"].is_monotonic_increasing and len(found.tried) >= 8
    again = burnout_ceiling(small, 20)
    assert again.value == found.value and again.tried.equals(found.tried)
    spread = spread_ceiling(small, 20)
    assert spread.reachable == "yes" and 0.1 < spread.value < 1.0
    # one eighth of the clients show less
    few = small.clients.groupby("therapist_id").head(5).assign(deteriorated=False)
    poor = plasmode(few, Truth(therapist_sd=0.8, rate=0.15, coefficients={}), 2, dataset="few")
    assert not spread_ceiling(poor, 20).value < spread.value


def test_large_tables_are_counted_without_loss(small):
    """The t-statistic of burnout from strata is that of the clients one by one, to some hundredths."""
    world = small.under(small.truth.model_copy(update={"burnout": 0.4}))
    pairs = []
    for replicate in range(15):
        whole, counted = (analysed(world, replicate, rating=True, many=many) for many in (10_000, 0))
        assert whole.deteriorated.sum() == counted.deteriorated.sum() and whole.trials.sum() == counted.trials.sum()
        np.testing.assert_array_equal(whole.events, counted.events)
        assert len(counted.trials) <= 25 * STRATA < len(whole.trials)
        found = [fit(data, 9) for data in (whole, counted)]
        pairs.append([one.estimate[-2] / one.standard_error[-2] for one in found])
    ours, theirs = np.array(pairs).T
    assert np.corrcoef(ours, theirs)[0, 1] > 0.99 and np.abs(ours - theirs).max() < 0.25


@pytest.mark.slow
def test_the_power_at_the_ceiling_is_that_of_new_data_sets(small):
    found = burnout_ceiling(small, 100)
    world = small.under(small.truth.model_copy(update={"burnout": found.value}))
    freedom = np.count_nonzero(small.data.clients) - 2
    new = np.mean([_by_t(analysed(world, replicate, rating=True), freedom) for replicate in range(100_000, 100_600)])
    assert new == pytest.approx(0.8, abs=0.08)  # 3 standard errors of the ceiling's and of these 600
    null = small.under(small.truth.model_copy(update={"burnout": 0.0}))
    size = np.mean([_by_t(analysed(null, replicate, rating=True), freedom) for replicate in range(200_000, 200_600)])
    assert size < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 600)


@pytest.mark.slow
def test_by_bayes_the_ceiling_is_about_the_same(small, study):
    likelihood, bayes = (burnout_ceiling(small, 20, priors=priors) for priors in (None, study.config.fit.priors))
    assert bayes.value == pytest.approx(likelihood.value, rel=0.25)
