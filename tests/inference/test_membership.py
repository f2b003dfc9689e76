"""Clients of two therapists: data, density, and an engine held to quadrature, to `collapsed` and to known truths."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import dblquad
from scipy.special import expit, logsumexp
from scipy.stats import halfnorm, norm

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers import estimands
from iatrogenesis.inference.answers.standardise import stacked
from iatrogenesis.inference.checks import sbc
from iatrogenesis.inference.data.membership import from_referrals, with_referrals
from iatrogenesis.inference.engines.collapsed import engine as collapsed
from iatrogenesis.inference.engines.collapsed.target import Target
from iatrogenesis.inference.engines.fit import fit_all
from iatrogenesis.inference.engines.linked import engine as linked
from iatrogenesis.inference.engines.linked.laplace import Newton, find
from iatrogenesis.inference.engines.linked.target import LinkedTarget
from iatrogenesis.inference.engines.sampler import Sampler
from iatrogenesis.inference.models import casemix, membership
from iatrogenesis.simulation_study.logit_normal import LogitNormal, simulate
from iatrogenesis.simulation_study.methods import membership as method
from iatrogenesis.simulation_study.methods.answer import DataSet, Settings
from tests.inference.test_model_family import density
from tests.inference.test_models import PRIORS

SAMPLER = Sampler(chains=2, draws=500, tune=300)


def referred(share: float, seed: int, therapists: int = 20, each: int = 25, sd: float = 0.6, rate: float = -2.0):
    """Clients of whom a share began with somebody else, who counts .1 to .9; the truth is that of the model."""
    design = LogitNormal(clients_per_therapist=(each,) * therapists, intercept=rate, therapist_sd=sd)
    drawn, noise, every = simulate(design, Noise(seed)), Noise(1000 + seed), np.arange(therapists * each)
    clients, effect = drawn.clients.copy(), drawn.therapists["effect"].to_numpy()
    moved = noise.uniform("referred", client=every) < share
    first = (therapists * noise.uniform("first", client=every)).astype(int)
    weight = np.where(moved, 0.1 + 0.8 * noise.uniform("share", client=every), 0.0)
    odds = drawn.log_odds + weight * (effect[first] - effect[every // each])
    clients["deteriorated"] = pd.array(noise.uniform("deteriorated", client=every) < expit(odds), dtype="boolean")
    ids = drawn.therapists["therapist_id"].to_numpy()
    return clients.assign(first_therapist_id=pd.Series(ids[first]).where(moved), first_share=weight)


@pytest.fixture(scope="module")
def data():
    return membership.prepare({"clients": referred(0.3, 1)}, "some referred")


def test_densities_agree_and_are_that_of_the_equations(data):
    built, target = membership.build(data, PRIORS), LinkedTarget.of(data, PRIORS)
    first, last, w = data.first, data.people.therapist, data.share
    for seed in range(4):
        point = membership.prior_point(data, PRIORS, Noise(seed))
        standard, effect = point["therapist_effect"] / point["therapist_sd"], point["therapist_effect"]
        odds = point["intercept"] + data.people.covariates @ point["coefficients"]
        odds = odds + w * effect[first] + (1 - w) * effect[last]
        chance = np.where(data.people.deteriorated == 1, expit(odds), expit(-odds))
        np.testing.assert_allclose(membership.log_likelihood(data, point), np.log(chance), rtol=1e-8)
        expected = np.log(chance).sum() + norm.logpdf(standard).sum()
        expected += norm.logpdf(point["intercept"], -2.8, 1.0) + norm.logpdf(point["coefficients"], 0, 0.5).sum()
        expected += halfnorm.logpdf(point["therapist_sd"], scale=0.5)
        beta = np.append(point["intercept"], point["coefficients"])
        assert target.log_joint(beta, float(point["therapist_sd"]), standard) == pytest.approx(expected, rel=1e-10)
        assert density(built, point | {"therapist_standard": standard}) == pytest.approx(expected, rel=1e-8)


def test_centred_is_the_same_model(data):
    """Densities of the two parametrisations differ by the Jacobian of the effects alone."""
    point = membership.prior_point(data, PRIORS, Noise(5))
    sd, standard = point["therapist_sd"], point["therapist_effect"] / point["therapist_sd"]
    plain = density(membership.build(data, PRIORS), point | {"therapist_standard": standard})
    centred = point | {"therapist_log_odds": point["intercept"] + point["therapist_effect"]}
    found = density(membership.build(data, PRIORS, centred=True), centred)
    assert found + len(standard) * np.log(sd) == pytest.approx(plain, rel=1e-8)


@pytest.mark.slow
def test_weights_average_to_the_integral_over_two_linked_therapists():
    """The mean weight at one point is the likelihood, and weighted draws have its moments, by quadrature in 2-D."""
    clients = referred(0.9, 3, therapists=2, each=30, rate=-0.5)
    data = membership.prepare({"clients": clients}, "two")
    target, sd, draws = LinkedTarget.of(data, PRIORS), 1.5, 6000
    assert len(target.ends) > 15
    beta = np.append(-0.5, np.full(len(data.covariate_names), 0.2))

    def joint(b, a):
        return np.exp(target.log_joint(beta, sd, np.array([a, b])) - height)

    height = target.log_joint(beta, sd, np.zeros(2))
    limits = (-6, 6, -6, 6)
    whole = dblquad(joint, *limits)[0]
    mean = sd * dblquad(lambda b, a: a * joint(b, a), *limits)[0] / whole
    product = sd**2 * dblquad(lambda b, a: a * b * joint(b, a), *limits)[0] / whole
    who = {"therapist": np.arange(2)[:, None], "client": np.arange(draws)}
    _, guess = find(target, np.full(2, 0.5))
    value, effects = target.log_posterior(
        np.tile(beta, (draws, 1)), np.full(draws, sd), guess, Noise(8).uniform("effect", **who), nodes=21
    )
    log_weight = value - height
    weight = np.exp(log_weight - logsumexp(log_weight))
    error = np.std(np.exp(log_weight)) / np.sqrt(draws)
    assert np.exp(logsumexp(log_weight)) / draws == pytest.approx(whole, abs=4 * error)
    assert error / whole < 0.01  # or the line above says little
    spread = effects.std(axis=1)
    assert weight @ effects[0] == pytest.approx(mean, abs=4 * spread[0] / np.sqrt(draws))
    reach = 4 * np.std(effects[0] * effects[1]) / np.sqrt(draws)
    assert weight @ (effects[0] * effects[1]) == pytest.approx(product, abs=reach)


def test_newton_finds_the_mode_of_coefficients_and_effects(data):
    target = LinkedTarget.of(data, PRIORS)
    start = np.append(-2.0, np.zeros(len(data.covariate_names)))
    found = Newton(target).mode(start, np.zeros(len(target.seen)), 0.7)
    best = target.log_joint(found.beta, 0.7, found.effects)
    for seed in range(20):
        step = 1e-3 * Noise(seed).normal("step", client=np.arange(len(start) + len(found.effects)))
        k = len(start)
        assert target.log_joint(found.beta + step[:k], 0.7, found.effects + step[k:]) < best


def test_nobody_referred_is_the_collapsed_engine():
    clients = referred(0.0, 2)
    both = membership.prepare({"clients": clients}, "d"), casemix.prepare({"clients": clients}, "d")
    ours, other = LinkedTarget.of(both[0], PRIORS), Target.of(both[1], PRIORS)
    proposal, guess = find(ours, np.full(20, 0.5))
    beta, sd = proposal.centres, proposal.sds
    one, effects = ours.log_posterior(beta, sd, guess, np.full((20, len(sd)), 0.3))
    two, same = other.log_posterior(beta, sd, guess, np.full((20, len(sd)), 0.3))
    np.testing.assert_allclose(one, two, rtol=1e-9)
    np.testing.assert_allclose(effects, same, atol=1e-6)
    trees = linked.sample("membership", both[0], PRIORS, 1, draws=8000), None
    trees = trees[0], collapsed.sample("casemix", both[1], PRIORS, 1, draws=8000)
    tables = [estimands.table(tree).set_index("estimand") for tree in trees]
    distance = (tables[0]["estimate"] - tables[1]["estimate"]).abs() / np.hypot(*(table["mcse"] for table in tables))
    assert distance.max() < 4
    np.testing.assert_allclose(tables[0]["sd"], tables[1]["sd"], rtol=0.06)


def test_a_share_of_one_is_the_first_therapists_client():
    clients = referred(0.4, 4)
    moved = clients["first_share"] > 0
    whole = clients.assign(first_share=moved.astype(float))
    plain = clients.drop(columns=["first_therapist_id", "first_share"])
    plain["therapist_id"] = clients["first_therapist_id"].where(moved, clients["therapist_id"])
    found = LinkedTarget.of(membership.prepare({"clients": whole}, "d"), PRIORS)
    expected = LinkedTarget.of(membership.prepare({"clients": plain}, "d"), PRIORS)
    assert len(found.ends) == 0
    np.testing.assert_array_equal(found.starts, expected.starts)
    np.testing.assert_allclose(found.own.design, expected.own.design)


@pytest.mark.slow
def test_known_spread_is_found_where_casemix_finds_too_little():
    """All clients shared: counting them with the last therapist dilutes the spread; 20 data sets."""
    ours, theirs, inside = [], [], 0
    for seed in range(20):
        clients = referred(1.0, 50 + seed, therapists=30, each=40, sd=0.8, rate=-1.0)
        tree = linked.sample("membership", membership.prepare({"clients": clients}, f"d{seed}"), PRIORS, 1, draws=500)
        sd = stacked(tree, "therapist_sd")
        ours.append(sd.mean())
        inside += np.quantile(sd, 0.025) < 0.8 < np.quantile(sd, 0.975)
        other = collapsed.sample("casemix", casemix.prepare({"clients": clients}, "d"), PRIORS, 1, draws=500)
        theirs.append(stacked(other, "therapist_sd").mean())
    error = np.std(ours, ddof=1) / np.sqrt(20)
    assert np.mean(ours) == pytest.approx(0.8, abs=0.05 + 3 * error)  # the prior, half-normal .5, draws a little down
    assert np.mean(theirs) < 0.65
    assert inside >= 16  # 19 expected; fewer than 16 in 1 of 400 under 95 %


def test_ranks_of_true_values_are_uniform():
    """Parameters from the prior, 60 data sets of 12 therapists, half of the clients referred."""
    template = membership.prepare({"clients": referred(0.5, 6, therapists=12, each=20)}, "template")

    def fit(datas):
        return fit_all("membership", datas, PRIORS, SAMPLER, 1, engine="collapsed")

    found = sbc.ranks("membership", template, PRIORS, 5, range(60), fit, "collapsed")
    judged = sbc.judge(found, "membership", "collapsed", 1)
    assert judged["failed"].max() == 0
    assert judged["calibrated"].all(), judged


def test_shares_are_counted_from_sessions():
    clients = pd.DataFrame({"client_id": list("abc"), "therapist_id": list("TTU"), "last_therapist_id": list("TUU")})
    sessions = pd.DataFrame({"client_id": list("aabbbbcc"), "therapist_id": list("TTTUUUUU")})
    found = with_referrals({"clients": clients, "sessions": sessions}, "d")
    assert found["therapist_id"].tolist() == ["T", "U", "U"]
    assert found["first_share"].tolist() == [0.0, 0.25, 0.0]
    assert found["first_therapist_id"].fillna("").tolist() == ["", "T", ""]
    with pytest.raises(DataError, match="1 clients changed therapist; give the sessions"):
        with_referrals({"clients": clients}, "d")


@pytest.mark.trial(kind="refused", what="referrals, refused with: {words}")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"first_share": 1.5}, "must lie between 0 and 1"),
        ({"first_share": 0.5, "first_therapist_id": None}, "gives a share to nobody"),
        ({"first_therapist_id": "T99999"}, "not in the given therapist_ids"),
    ],
)
def test_faulty_referrals_are_refused(change, words):
    clients = referred(0.3, 1)
    place = clients.index[clients["first_share"] > 0][0]
    ids = sorted(clients["therapist_id"].unique())
    for column, value in change.items():
        clients.loc[place, column] = value
    with pytest.raises(DataError, match=words):
        from_referrals(clients, casemix.COVARIATES, dataset="d", therapist_ids=ids)
    with pytest.raises(DataError, match="needs both"):
        from_referrals(clients.drop(columns="first_share"), casemix.COVARIATES, dataset="d")


def test_therapists_who_only_began_are_there():
    clients = referred(0.3, 1)
    clients.loc[clients.index[clients["first_share"] > 0][0], "first_therapist_id"] = "Z"
    data = from_referrals(clients, casemix.COVARIATES, dataset="d")
    assert data.therapist_ids[-1] == "Z"
    assert 0 < data.clients[-1] < 1
    assert data.clients.sum() == pytest.approx(len(clients))


@pytest.mark.slow
def test_the_sampler_finds_the_same_posterior(data):
    (by_nuts,) = fit_all("membership", [data], PRIORS, Sampler(chains=4, draws=2000, tune=500), 1, engine="nuts")
    ours = linked.sample("membership", data, PRIORS, 1, draws=8000)
    tables = [estimands.table(tree).set_index("estimand") for tree in (ours, by_nuts)]
    distance = (tables[0]["estimate"] - tables[1]["estimate"]).abs() / np.hypot(*(table["mcse"] for table in tables))
    assert distance.max() < 4.5
    np.testing.assert_allclose(tables[0]["sd"], tables[1]["sd"], rtol=0.06)
    effects = [stacked(tree, "therapist_effect") for tree in (ours, by_nuts)]
    np.testing.assert_allclose(effects[0].mean(axis=0), effects[1].mean(axis=0), atol=0.03)
    np.testing.assert_allclose(effects[0].std(axis=0), effects[1].std(axis=0), rtol=0.08)


def test_the_method_of_the_simulation_study_reads_referrals():
    clients = referred(0.5, 7, therapists=30, each=40)
    one = DataSet("cell 0", 0, clients, {})
    settings = Settings(priors=PRIORS, seed=1, sampler=SAMPLER)
    (answer,) = method.answers([one], settings)
    assert answer.passed and answer.problem == ""
    found = {each.estimand: each for each in answer.estimates}
    assert set(method.TARGETS) - {"therapist_rate"} == set(found)
    tree = linked.sample("membership", from_referrals(clients, casemix.COVARIATES, dataset="cell 0"), PRIORS, 2)
    sd = stacked(tree, "therapist_sd")
    assert found["therapist_sd"].estimate == pytest.approx(sd.mean(), abs=5 * sd.std() / np.sqrt(500))
    assert len(answer.therapists) == 30
    rate = answer.therapists["rate"].to_numpy()
    effect = stacked(tree, "therapist_effect").mean(axis=0)
    assert np.corrcoef(rate, effect)[0, 1] > 0.95
