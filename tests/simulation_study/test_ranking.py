"""Sets of ranks, grades and actions beside the truth: counted again in plain Python, and planted errors caught."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import betaincinv, expit, ndtri

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.answers.decisions import LOSSES, decided
from iatrogenesis.inference.answers.grades import graded, pairs_of_normals
from iatrogenesis.inference.answers.rank_sets import confidence, credible
from iatrogenesis.inference.data.outcomes import counts
from iatrogenesis.inference.engines.collapsed.engine import sample
from iatrogenesis.simulation_study.methods import bayes
from iatrogenesis.simulation_study.methods.answer import RANKED
from iatrogenesis.simulation_study.methods.rates import (
    Predicted,
    beta_draws,
    condensed,
    log_odds_at,
    predicted_table,
    ranked,
    ranked_draws,
    smoothed_log_odds,
    standardised,
    uniforms,
)
from iatrogenesis.simulation_study.profiling import profiling
from tests.simulation_study.made import answer, made

SERVICES, COUNT = 60, 12


def noise(name: str, services: int = SERVICES, count: int = COUNT) -> np.ndarray:
    return Noise(21).normal(name, replicate=np.arange(services)[:, None], therapist=np.arange(count))


def table(**columns: np.ndarray) -> pd.DataFrame:
    shape = next(iter(columns.values())).shape
    replicate, therapist = np.indices(shape)
    flat = {name: values.ravel() for name, values in columns.items()}
    return pd.DataFrame({"replicate": replicate.ravel(), "therapist": therapist.ravel(), **flat})


@pytest.fixture(scope="module")
def truth() -> np.ndarray:
    rates = 0.06 * np.exp(0.7 * noise("truth"))
    rates[0] = 0.06  # a service of truly equal therapists
    rates[1, :4] = 0.05  # and one with a tie
    return rates


def values(truth: np.ndarray, **columns: np.ndarray) -> pd.Series:
    unknown = dict.fromkeys(("rate", "low", "high", "exceeds"), np.nan)
    told = table(score=truth, **columns).assign(**unknown)
    return profiling(told, table(rate=truth)).set_index(["estimand", "measure"])["value"]


def test_sets_of_ranks_are_counted_again(truth):
    low = np.maximum(np.rint(4 + 3 * noise("low")), 1)
    high = np.minimum(low + np.rint(np.abs(4 * noise("high"))), COUNT)
    low_all, high_all = np.maximum(low - 5, 1), np.minimum(high + 5, COUNT)
    found = values(truth, rank_low=low, rank_high=high, rank_low_all=low_all, rank_high_all=high_all)
    each, every = [], []
    for rates, *sets in zip(truth, low, high, low_all, high_all, strict=True):
        held, held_all = [], []
        for j, rate in enumerate(rates):
            possible = range(1 + sum(other < rate for other in rates), 1 + sum(other <= rate for other in rates))
            held.append(all(sets[0][j] <= rank <= sets[1][j] for rank in possible))
            held_all.append(all(sets[2][j] <= rank <= sets[3][j] for rank in possible))
        each.append(sum(held) / COUNT)
        every.append(all(held_all))
    assert 0 < sum(every) < SERVICES
    assert found["rank_set", "coverage"] == pytest.approx(np.mean(each))
    assert found["rank_set_all", "coverage"] == pytest.approx(np.mean(every))
    assert found["rank_set", "width"] == pytest.approx(np.mean((high - low + 1) / COUNT))
    assert found["rank_set_all", "width"] == pytest.approx(np.mean((high_all - low_all + 1) / COUNT))


def test_pairs_of_grades_are_counted_again(truth):
    grade = 1 + np.digitize(truth * np.exp(0.6 * noise("grade")), [0.04, 0.08, 0.3])
    grade[2] = 1  # nobody is put above anybody
    found = values(truth, grade=grade)["grade"]
    right = wrong = tied = pairs = 0
    for rates, own in zip(truth, grade, strict=True):
        for i in range(COUNT):
            for j in range(COUNT):
                pairs += i < j
                if own[i] > own[j]:
                    right += rates[i] > rates[j]
                    wrong += rates[i] < rates[j]
                    tied += rates[i] == rates[j]
    assert min(right, wrong, tied) > 10
    assert found["ordered"] == pytest.approx((right + wrong + tied) / pairs)
    assert found["discordance"] == pytest.approx((wrong + tied) / pairs)
    assert found["misordered"] == pytest.approx((wrong + tied) / (right + wrong + tied))
    assert found["tau"] == pytest.approx((right - wrong) / pairs)
    assert found["grades"] == pytest.approx(np.mean([len(set(own)) for own in grade]))


def test_realised_losses_are_added_up_again(truth):
    action = np.digitize(truth * np.exp(0.5 * noise("action")), [0.09, 0.12])
    found = values(truth, action=action)["action"]
    total = regret = avoidable = paused = harmless = share = empty = 0.0
    for rates, own in zip(truth, action, strict=True):
        mean = sum(rates) / COUNT
        wrong = sum(taken == 2 and rate <= 2 * mean for rate, taken in zip(rates, own, strict=True))
        share += wrong / max(sum(own == 2), 1)
        empty += not any(own == 2)
        for rate, taken in zip(rates, own, strict=True):
            excess = 1000 * (rate - mean)
            losses = [excess, excess - 0.25 * max(excess, 0) + 7.5, 52.5]
            total += losses[taken]
            regret += losses[taken] - min(losses)
            avoidable += excess - min(losses)
            paused += taken == 2
            harmless += taken == 2 and rate <= 2 * mean
    people = SERVICES * COUNT
    assert harmless > 10
    assert found["loss"] == pytest.approx(total / people)
    assert found["regret"] == pytest.approx(regret / people)
    assert found["avoided"] == pytest.approx(1 - regret / avoidable)
    assert found["paused"] == pytest.approx(paused / people)
    assert found["supported"] == pytest.approx(np.mean(action == 1))
    assert found["mfdr"] == pytest.approx(harmless / paused)
    assert found["fdr"] == pytest.approx(share / SERVICES) and found["fdr"] < found["mfdr"] - 0.01
    assert found["empty"] == pytest.approx(empty / SERVICES)


def test_best_actions_have_no_regret_and_leaving_everybody_avoids_nothing(truth):
    best = LOSSES.of(truth, truth.mean(axis=1, keepdims=True)).argmin(axis=0)
    assert values(truth, action=best)["action"][["regret", "avoided"]].tolist() == [0, 1]
    left = values(truth, action=np.zeros_like(best))["action"]
    assert left["avoided"] == 0 and np.isnan(left["mfdr"]) and left["fdr"] == 0


def test_the_area_is_counted_pair_by_pair(truth):
    score = np.round(np.log(truth) + 0.6 * noise("score"), 1)  # rounded: some are equal
    told = table(score=score).assign(**dict.fromkeys(("rate", "low", "high", "exceeds"), np.nan))
    found = profiling(told, table(rate=truth)).set_index(["estimand", "measure"]).loc[("therapist_rank", "auc")]
    areas, ties = [], 0
    for rates, own in zip(truth, score, strict=True):
        mean = sum(rates) / COUNT
        pairs = [
            1.0 if own[i] > own[j] else 0.5 if own[i] == own[j] else 0.0
            for i in range(COUNT)
            for j in range(COUNT)
            if rates[i] > 2 * mean >= rates[j]
        ]
        ties += pairs.count(0.5)
        areas += [sum(pairs) / len(pairs)] if pairs else []
    assert ties > 5 and len(areas) < SERVICES
    assert found[["value", "n"]].tolist() == pytest.approx([sum(areas) / len(areas), len(areas)])
    assert found["mcse"] == pytest.approx(np.std(areas, ddof=1) / len(areas) ** 0.5)


def test_sets_of_ranks_from_errors_a_tenth_too_small_are_caught():
    """Where all are alike the simultaneous sets cover exactly 95 %."""
    services, alike = 1500, np.full((1500, 15), 0.06)
    covered = {}
    for shrink in (1.0, 0.9):
        sets = [
            confidence(error, np.full(15, shrink), replicate=number, stepdown=False)
            for number, error in enumerate(noise("alike", services, 15))
        ]
        places = {name: np.array([one.columns()[name] for one in sets]) for name in RANKED[:4]}
        unknown = dict.fromkeys(("rate", "low", "high", "exceeds"), np.nan)
        told = table(score=alike, **places).assign(**unknown)
        found = profiling(told, table(rate=alike)).set_index(["estimand", "measure"])
        covered[shrink] = found.loc[("rank_set_all", "coverage"), ["value", "mcse"]]
    value, mcse = covered[1.0]
    assert abs(value - 0.95) < 4 * mcse
    value, mcse = covered[0.9]
    assert value < 0.95 - 4 * mcse


def test_bayesian_answers_have_all_columns_from_their_draws(study):
    data = counts("ranked", tuple("abcdef"), [0, 2, 3, 5, 9, 20], [60] * 6)
    tree = sample("intercept_only", data, study.config.fit.priors, 3, draws=1000, chains=2)
    found = bayes.therapists(tree, data)
    assert found[list(RANKED)].notna().all().all()
    draws = 1 / (
        1 + np.exp(-(tree["posterior"]["intercept"].values[..., None] + tree["posterior"]["therapist_effect"]))
    )
    draws = draws.values.reshape(-1, 6)[::2]
    assert found["action"].tolist() == decided(draws).tolist()
    assert found["rank_low"].tolist() == credible(draws).low.tolist()
    assert found["grade"].iloc[-1] > found["grade"].iloc[0] == 1
    assert found["action"].tolist()[0] == 0 and found["action"].tolist()[-1] == 2


@pytest.fixture(scope="module")
def told() -> Predicted:
    """Predictions that are mixtures of two normal distributions."""
    log_odds, sds = np.array([-3.5, -3.0, -2.6, -2.0, -1.2]), np.array([[0.6, 0.4, 0.5, 0.3, 0.4]])
    centres = np.array([log_odds - 0.2, log_odds + 0.3])
    return Predicted(log_odds, sds[0] * 1.1, centres, np.vstack([sds, 1.3 * sds]), np.array([0.75, 0.25]))


def test_predictions_agree_with_many_draws(told):
    case_mix = 0.8 * noise("case mix", 1, 300)[0]
    found = predicted_table(np.arange(5), told, case_mix, replicate=4)
    assert found["grade"].tolist() == graded(pairs_of_normals(told.log_odds, told.se)).grade.tolist()
    part = np.where(np.arange(4000) < 3000, 0, 1)
    draws = told.centres[part] + told.sds[part] * noise("draws", 4000, 5)
    rates = standardised(draws.ravel(), case_mix).reshape(draws.shape)
    mcse = rates.std(axis=0) / np.sqrt(4000)
    assert np.all(np.abs(found["rate"] - rates.mean(axis=0)) < 4 * mcse)
    assert np.all(found["rate"] > standardised(told.weights @ told.centres, case_mix) + mcse)  # not linear
    assert found["action"].tolist() == decided(rates, found["rate"].mean()).tolist()
    assert len(set(found["action"])) > 1
    exceeds = (rates > 2 * found["rate"].mean()).mean(axis=0)
    np.testing.assert_allclose(found["exceeds"], exceeds, atol=0.03)


def test_predictions_have_credible_sets():
    """Shrunk estimates are no unbiased ones: their sets come from draws, and are narrower than from tests."""
    log_odds, se = -3 + 0.5 * noise("predicted", 1, 20)[0], np.full(20, 0.3)
    alone = Predicted(log_odds, se, log_odds[None], se[None], np.ones(1))
    found, tests = predicted_table(np.arange(20), alone, np.zeros(1), 5), ranked(log_odds, se, log_odds, 0.06, 5)
    many = credible(log_odds + se * noise("many", 20_000, 20))
    for name, places in many.columns().items():
        assert np.abs(found[name] - places).max() <= 1
    assert (found["rank_high"] - found["rank_low"]).sum() < (tests["rank_high"] - tests["rank_low"]).sum()
    assert found["grade"].tolist() == tests["grade"].tolist()
    assert tests["rank_high_all"].tolist() == confidence(log_odds, se, replicate=5).high_all.tolist()
    draws = ranked_draws(expit(log_odds + se * ndtri(uniforms(20, 5))))
    assert set(draws) == set(tests) and draws["rank_low_all"].tolist() == found["rank_low_all"].tolist()


def test_clients_condensed_to_points_have_the_same_rates():
    case_mix, log_odds = noise("clients", 1, 3000)[0], np.linspace(-6, 2, 30)
    few = condensed(case_mix)
    assert len(few[0]) < 30
    np.testing.assert_allclose(standardised(log_odds, *few), standardised(log_odds, case_mix), atol=1e-9)
    assert log_odds_at(0.1, *few) == pytest.approx(log_odds_at(0.1, case_mix), abs=1e-7)


def test_beta_draws_are_quantiles():
    first, second = np.array([0.3, 0.6, 2.0, 30.0, 1e-6]), np.array([3.0, 8.0, 90.0, 170.0, 1e-3])
    for chosen in (slice(4), slice(5)):
        uniform = uniforms(5, 3)[:, chosen]
        expected = betaincinv(first[chosen], second[chosen], uniform)
        np.testing.assert_allclose(beta_draws(first[chosen], second[chosen], uniform), expected, atol=1e-8)


def test_without_a_posterior_actions_are_the_best_ones_at_the_estimates():
    """Three of 30 are one and two thirds of the mean, and supported, not paused for what they may be."""
    events, clients = np.array([0, 1, 2, 3, 4, 6] * 5 + [0] * 12), np.full(42, 30)
    rate, mean = events / clients, events.sum() / clients.sum()
    found = ranked(*smoothed_log_odds(events, clients), rate, mean)["action"]
    expected = np.digitize(rate / mean, [1 + 7.5 / (250 * mean), 1 + 52.5 / (1000 * mean)])
    assert found.tolist() == expected.tolist() and set(found) == {0, 1, 2}
    for name in ("raw", "firth"):
        one = answer(name, made()).therapists
        assert one["action"].tolist() == LOSSES.of(one["rate"], one["rate"].mean()).argmin(axis=0).tolist(), name


def test_counts_without_events_have_finite_ranks():
    log_odds, se = smoothed_log_odds(np.array([0, 3, 30]), np.array([30, 30, 30]))
    np.testing.assert_allclose(log_odds, np.log([0.5 / 30.5, 3.5 / 27.5, 30.5 / 0.5]))
    np.testing.assert_allclose(se[0], np.sqrt(1 / 0.5 + 1 / 30.5))
    found = ranked(log_odds, se, np.array([0, 0.1, 1.0]), 11 / 30)
    assert found["rank_low"][2] == 3 and found["grade"].tolist()[2] > 1
    assert set(found) == set(RANKED)
