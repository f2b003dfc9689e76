"""Engine `collapsed`: the same posterior as the sampler's and as quadrature, and honest where it is not."""

import arviz as az
import numpy as np
import pytest
from scipy.special import expit, logsumexp
from scipy.stats import halfnorm, norm

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.answers import estimands, therapists
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.hospitals import hospital_outcomes
from iatrogenesis.inference.data.outcomes import counts
from iatrogenesis.inference.engines.collapsed.engine import Unreliable, sample
from iatrogenesis.inference.engines.collapsed.marginal import rule
from iatrogenesis.inference.engines.collapsed.proposal import find
from iatrogenesis.inference.engines.collapsed.target import Target
from iatrogenesis.inference.engines.exponential import exp
from iatrogenesis.inference.engines.nuts import compile_model
from iatrogenesis.inference.engines.nuts import sample as sample_nuts
from iatrogenesis.inference.models.by_name import model
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.inference.models.therapist import TRUE_STATES
from iatrogenesis.simulation_study.logit_normal import Coefficients, LogitNormal, simulate

EFFECTS = Coefficients(phq9_first=0.4, burnout=0.3, fit=-0.4)
DESIGN = LogitNormal(clients_per_therapist=(5, 60) * 20, intercept=-2.0, therapist_sd=0.5, coefficients=EFFECTS)
SPREADS = (0.0, 0.6, 2.0)


@pytest.fixture(scope="module")
def data():
    return from_clients(simulate(DESIGN, Noise(8)).clients, TRUE_STATES, dataset="uneven")


@pytest.fixture(scope="module")
def drawn(data, priors):
    return sample("therapist", data, priors, seed=1, draws=4000)


def test_the_exponential_is_the_exponential():
    x = np.linspace(-39.9, 39.9, 4001)
    assert max(abs(exp.py_func(value) / np.exp(value) - 1) for value in x) < 3e-7
    near = np.linspace(-8, 8, 1001)
    assert max(abs(exp.py_func(value) / np.exp(value) - 1) for value in near) < 1e-11


def test_log_density_is_that_of_the_pymc_model(data, priors):
    """The whole joint density, at random points, to rounding: both engines fit one model."""
    built = model("therapist").build(data, priors, centred=False)
    log_density = built.compile_logp(jacobian=False)
    target, noise = Target.of(data, priors), Noise(3)
    for point in range(20):
        beta = target.mean + 0.5 * noise.normal("beta", replicate=point, client=np.arange(len(target.mean)))
        sd = float(np.exp(0.5 * noise.normal("sd", replicate=point)))
        standard = noise.normal("u", replicate=point, client=np.arange(len(data.therapist_ids)))
        theirs = log_density(
            {
                "intercept": beta[0],
                "coefficients": beta[1:],
                "therapist_sd_log__": np.log(sd),
                "therapist_standard": standard,
            }
        )
        assert target.log_joint(beta, sd, standard) == pytest.approx(float(theirs), abs=1e-8 * abs(float(theirs)))


@pytest.mark.parametrize("therapist_sd", SPREADS)
def test_the_integral_is_that_of_a_fine_grid(priors, therapist_sd):
    """Log marginal likelihood of uneven therapists, nobody and everybody deteriorated among them."""
    data = counts("uneven", ("a", "b", "c", "d"), [0, 9, 3, 400], [40, 9, 30, 5000])
    target = Target.of(data, priors)
    beta, sd = np.array([[-2.5], [-1.0], [-3.5]]), np.full(3, max(therapist_sd, 1e-9))
    value, _ = target.log_posterior(beta, sd, target.parabolas(np.array([-2.5]), 0.6))
    u = np.linspace(-12, 12, 200_001)
    for row in range(3):
        log_odds = beta[row, 0] + sd[row] * u
        total = float(target.log_prior(beta[row], sd[row]))
        for events, trials in zip(data.deteriorated, data.trials, strict=True):
            terms = events * log_odds - trials * np.logaddexp(0, log_odds) + norm.logpdf(u)
            total += logsumexp(terms) + np.log(u[1] - u[0])
        assert value[row] == pytest.approx(total, abs=2e-3)


def test_clients_and_counts_have_one_likelihood(priors):
    design = LogitNormal(clients_per_therapist=(12,) * 9, intercept=-1, therapist_sd=0.7)
    clients = from_clients(simulate(design, Noise(2)).clients, dataset="same")
    together = counts("same", clients.therapist_ids, clients.events, clients.clients)
    one, other = (sample("intercept_only", each, priors, seed=4) for each in (clients, together))
    for name in ("intercept", "therapist_sd", "therapist_effect"):
        assert np.allclose(one["posterior"][name], other["posterior"][name], atol=1e-6)


def test_hospitals_are_those_of_quadrature(priors):
    data = hospital_outcomes()
    tree = sample("intercept_only", data, priors, seed=1, draws=8000)
    intercept, sd = np.linspace(-3.6, -1.4, 111), np.linspace(0.004, 1.6, 160)
    u = np.linspace(-7, 7, 241)
    log_odds = intercept[:, None, None] + sd[:, None] * u
    log_posterior = norm.logpdf(intercept, -2.5, 1.0)[:, None] + halfnorm.logpdf(sd, scale=0.5)
    rates = []
    for deaths, operations in zip(data.deteriorated, data.trials, strict=True):
        term = np.exp(deaths * log_odds - operations * np.logaddexp(0, log_odds) + 60) * norm.pdf(u)
        log_posterior = log_posterior + np.log(term.sum(axis=2))
        rates.append((term * expit(log_odds)).sum(axis=2) / term.sum(axis=2))
    weight = np.exp(log_posterior - log_posterior.max())
    weight /= weight.sum()
    error = 1 / np.sqrt(float(tree["sample_stats"]["effective"][0, 0]))
    draws = tree["posterior"]["therapist_sd"].values
    assert draws.mean() == pytest.approx((weight.sum(axis=0) * sd).sum(), abs=5 * error * draws.std())
    found = therapists.table(tree)
    for place, rate in enumerate(rates):
        spread = found.loc[place, "rate_high"] - found.loc[place, "rate_low"]
        assert found.loc[place, "rate"] == pytest.approx((weight * rate).sum(), abs=5 * error * spread / 4)


@pytest.mark.slow
def test_both_engines_have_one_posterior(data, drawn, priors, sampler):
    """Means and SDs of everything, therapists included, within five combined Monte Carlo standard errors."""
    other = sample_nuts(compile_model("therapist", data, priors), data, sampler, seed=2)
    effective = float(drawn["sample_stats"]["effective"][0, 0])
    for name in ("intercept", "coefficients", "therapist_sd", "therapist_effect"):
        ours, theirs = drawn["posterior"][name], other["posterior"][name]
        mcse = az.mcse(other["posterior"].to_dataset()[[name]], method="mean")[name].values
        spread = theirs.std(dim=("chain", "draw")).values
        error = np.hypot(mcse, spread / np.sqrt(effective))
        distance = np.abs(ours.mean(dim=("chain", "draw")).values - theirs.mean(dim=("chain", "draw")).values) / error
        assert np.max(distance) < 5, name
        ratio = ours.std(dim=("chain", "draw")).values / spread
        assert np.all(np.abs(np.log(ratio)) < 0.15), name


def test_the_proposal_follows_the_posterior(drawn):
    assert float(drawn["sample_stats"]["pareto_k"][0, 0]) < 0.5
    assert float(drawn["sample_stats"]["effective"][0, 0]) > 0.4 * 4000


def test_a_proposal_that_does_not_is_refused(data, priors):
    with pytest.raises(Unreliable, match=r"uneven, therapist: Pareto k .* is above -9"):
        sample("therapist", data, priors, seed=1, max_k=-9)


def test_same_seed_same_draws_and_another_seed_others(data, priors, drawn):
    again, other = (sample("therapist", data, priors, seed=seed, draws=4000) for seed in (1, 2))
    assert again.identical(drawn) and not other.identical(drawn)


def test_therapists_without_clients_are_drawn_from_the_population(priors):
    data = counts("some", ("a", "b", "c"), [5, 9, 0], [50, 60, 0], allow_empty=True)
    tree = sample("intercept_only", data, priors, seed=1, draws=8000)
    sd, effect = tree["posterior"]["therapist_sd"].values, tree["posterior"]["therapist_effect"].values[..., 2]
    standard = effect / sd
    assert abs(standard.mean()) < 5 / np.sqrt(4000) and abs(standard.std() - 1) < 5 / np.sqrt(8000)


@pytest.mark.parametrize(
    ("events", "trials"),
    [([0, 0, 0], [30, 30, 30]), ([30, 30, 30], [30, 30, 30]), ([0, 1], [1, 1]), ([0, 50], [50, 50])],
)
def test_data_that_break_maximum_likelihood_have_a_posterior(priors, events, trials):
    ids = tuple("abc"[: len(events)])
    tree = sample("intercept_only", counts("edge", ids, events, trials), priors, seed=1)
    assert np.all(np.isfinite(tree["posterior"]["therapist_effect"]))
    assert estimands.table(tree)["estimate"].notna().all()


def test_no_spread_between_therapists_is_no_trouble(priors):
    design = LogitNormal(clients_per_therapist=(40,) * 60, intercept=-2.8, therapist_sd=0.0)
    data = from_clients(simulate(design, Noise(5)).clients, dataset="none")
    tree = sample("intercept_only", data, priors, seed=1)
    assert float(tree["posterior"]["therapist_sd"].quantile(0.05)) < 0.1
    assert find(Target.of(data, priors)).sds[0] < 0.01


def test_nodes_are_symmetric():
    points = rule(7).points
    assert np.allclose(points, -points[::-1])


@pytest.mark.parametrize(
    ("events", "trials", "scale"),
    [
        ([4, 9, 30], [40, 41, 39], 5.0),  # three units and a wide prior: the SD's posterior reaches far
        ([0, 1, 0, 1, 1, 0, 0, 1, 0, 0], [1] * 10, 1.0),  # one client each
        ([0, 2, 1, 0, 2, 2, 0, 1], [2] * 8, 2.0),  # two clients each, unlike
        ([10, 400, 90, 2000], [4000] * 4, 0.5),  # far more apart than the prior thinks
    ],
)
def test_few_and_extreme_units_are_those_of_quadrature(events, trials, scale):
    """Posterior of intercept and SD on a fine grid, for data that are hard to follow."""
    reason = "for a test, not for a study"
    hard = Priors.model_validate(
        {
            "intercept": {"mean": -1.0, "sd": 1.5, "reason": reason},
            "coefficient": {"sd": 1.0, "reason": reason},
            "therapist_sd": {"scale": scale, "reason": reason},
        }
    )
    data = counts("hard", [f"U{i}" for i in range(len(events))], events, trials)
    tree = sample("intercept_only", data, hard, seed=1, draws=8000)
    intercept, sd = np.linspace(-8, 6, 141), np.linspace(0.02, 5 * scale, 150)
    u = np.linspace(-8, 8, 161)
    log_odds = intercept[:, None, None] + sd[:, None] * u
    log_posterior = norm.logpdf(intercept, -1.0, 1.5)[:, None] + halfnorm.logpdf(sd, scale=scale)
    for happened, clients in zip(events, trials, strict=True):
        terms = happened * log_odds - clients * np.logaddexp(0, log_odds) + norm.logpdf(u)
        log_posterior = log_posterior + logsumexp(terms, axis=2)
    weight = np.exp(log_posterior - log_posterior.max())
    weight /= weight.sum()
    error = 1 / np.sqrt(float(tree["sample_stats"]["effective"][0, 0]))
    for name, values, share in (("therapist_sd", sd, weight.sum(axis=0)), ("intercept", intercept, weight.sum(axis=1))):
        mean = (share * values).sum()
        spread = np.sqrt((share * (values - mean) ** 2).sum())
        draws = tree["posterior"][name].values
        assert draws.mean() == pytest.approx(mean, abs=5 * error * spread), name
        assert draws.std() == pytest.approx(spread, rel=0.06), name
