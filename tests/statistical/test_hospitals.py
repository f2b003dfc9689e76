"""The sampler on the twelve hospitals: against exact answers, and the promises made about its draws."""

from dataclasses import replace

import arviz as az
import numpy as np
import pytest
import xarray as xr
from scipy.special import expit
from scipy.stats import halfnorm, norm

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers import estimands, therapists
from iatrogenesis.inference.checks import diagnostics
from iatrogenesis.inference.checks.convergence import Convergence
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.hospitals import hospital_outcomes
from iatrogenesis.inference.data.outcomes import counts
from iatrogenesis.inference.engines.nuts import Compiled, FailedFit, compile_model, sample, sample_many
from iatrogenesis.simulation_study.logit_normal import LogitNormal, simulate

OTHERS = [
    counts(f"others-{index}", tuple("ABCDEFGHIJKL"), [3 + index, *range(11)], [100 + 10 * index] * 12)
    for index in range(4)
]


@pytest.fixture(scope="module")
def fitted(twelve, sampler):
    return sample(twelve, hospital_outcomes(), sampler, seed=1)


@pytest.fixture(scope="module")
def exact():
    """Posterior means by sums over a grid of (intercept, sd), each hospital integrated on its own."""
    data = hospital_outcomes()
    intercept, sd = np.linspace(-3.6, -1.4, 111), np.linspace(0.004, 1.6, 160)
    u = np.linspace(-7, 7, 241)
    log_odds = intercept[:, None, None] + sd[:, None] * u  # (intercept, sd, u)
    softplus, rate, density = np.logaddexp(0, log_odds), expit(log_odds), norm.pdf(u) * (u[1] - u[0])
    log_posterior = norm.logpdf(intercept, -2.5, 1.0)[:, None] + halfnorm.logpdf(sd, scale=0.5)
    mean_given = []
    for deaths, operations in zip(data.deteriorated, data.trials, strict=True):
        log_term = deaths * log_odds - operations * softplus
        top = log_term.max(axis=2, keepdims=True)
        term = np.exp(log_term - top) * density
        log_posterior = log_posterior + np.log(term.sum(axis=2)) + top[..., 0]
        mean_given.append((term * rate).sum(axis=2) / term.sum(axis=2))
    weight = np.exp(log_posterior - log_posterior.max())
    weight /= weight.sum()
    # The grid must hold the posterior: nothing to speak of on its edges.
    assert max(weight[0].sum(), weight[-1].sum(), weight[:, -1].sum()) < 1e-5
    return {
        "intercept": float((weight.sum(axis=1) * intercept).sum()),
        "therapist_sd": float((weight.sum(axis=0) * sd).sum()),
        "rates": np.array([(weight * mean).sum() for mean in mean_given]),
    }


def test_the_fit_passes_the_gate(fitted):
    row = diagnostics.diagnose(fitted, Convergence())
    assert row["passed"], row["reasons"]


def test_posterior_means_are_those_of_quadrature(fitted, exact):
    table = estimands.table(fitted).set_index("estimand")
    assert table.loc["therapist_sd", "estimate"] == pytest.approx(
        exact["therapist_sd"], abs=5 * table.loc["therapist_sd", "mcse"]
    )
    mcse = float(az.mcse(fitted["posterior"]["intercept"], method="mean"))
    assert float(fitted["posterior"]["intercept"].mean()) == pytest.approx(exact["intercept"], abs=5 * mcse)
    of_hospitals = therapists.table(fitted)
    assert (np.abs(of_hospitals["rate"] - exact["rates"]) < 5 * of_hospitals["rate_mcse"]).all()


def test_the_comparison_would_notice_a_bias_of_five_per_cent(fitted, exact):
    table = estimands.table(fitted).set_index("estimand")
    assert (
        abs(1.05 * table.loc["therapist_sd", "estimate"] - exact["therapist_sd"])
        > 2 * table.loc["therapist_sd", "mcse"]
    )
    of_hospitals = therapists.table(fitted)
    assert (np.abs(1.05 * of_hospitals["rate"] - exact["rates"]) > 5 * of_hospitals["rate_mcse"]).any()


def test_few_operations_are_drawn_to_the_average(fitted):
    table = therapists.table(fitted).set_index("therapist_id")
    assert table.loc["A", "raw_rate"] == 0.0
    assert table.loc["A", "rate"] > 0.03
    assert table.loc["H", "rate"] < table.loc["H", "raw_rate"]
    assert table.loc["H", "rank_high"] == 12
    assert table["reliability"].idxmax() == "D"  # 810 operations


@pytest.mark.slow
def test_a_compiled_model_used_again_gives_the_draws_of_a_fresh_one(twelve, sampler, priors):
    fresh = compile_model("intercept_only", OTHERS[0], priors)
    assert same_draws(sample(twelve, OTHERS[0], sampler, 1), sample(fresh, OTHERS[0], sampler, 1))


def test_draws_do_not_depend_on_cores(twelve, fitted, sampler):
    alone = sample(twelve, hospital_outcomes(), sampler.model_copy(update={"cores": 1}), seed=1)
    assert alone.identical(fitted)


def test_another_seed_gives_other_draws(twelve, fitted, sampler):
    assert not same_draws(fitted, sample(twelve, hospital_outcomes(), sampler, seed=2))


def test_many_at_a_time_are_the_same_as_one_after_the_other(twelve, sampler):
    single = sampler.model_copy(update={"cores": 1})
    together = sample_many(twelve, OTHERS, single, seed=1, workers=2)
    for data, tree in zip(OTHERS[::-1], together[::-1], strict=True):
        assert tree.attrs["dataset"] == data.dataset
        assert tree.identical(sample(twelve, data, single, seed=1))
    summaries = sample_many(
        twelve, OTHERS, single, 1, 2, summarise=lambda tree: float(tree["posterior"]["intercept"].mean())
    )
    assert summaries == [float(tree["posterior"]["intercept"].mean()) for tree in together]


def test_the_tree_names_everything(fitted):
    assert set(fitted.children) == {"posterior", "sample_stats", "observed_data", "constant_data"}
    posterior = fitted["posterior"]
    assert set(posterior.data_vars) == {"intercept", "therapist_sd", "therapist_effect"}
    assert posterior["therapist_effect"].dims == ("chain", "draw", "therapist")
    assert posterior["therapist"].values.tolist() == list("ABCDEFGHIJKL")
    assert not any(values.dtype == object for values in fitted["sample_stats"].data_vars.values())
    assert fitted.attrs["model"] == "intercept_only"
    assert fitted.attrs["engine"] == "nuts"
    assert '"scale":0.5' in fitted.attrs["priors"]
    assert "cores" not in fitted.attrs["sampler"]


def test_data_of_another_shape_are_refused(twelve, sampler):
    with pytest.raises(
        DataError, match=r"2 therapists, but the model 'intercept_only' was compiled for 12.*OutcomeData\.over"
    ):
        sample(twelve, counts("two", ("a", "b"), [1, 2], [9, 9]), sampler, 1)
    design = LogitNormal(clients_per_therapist=(20,) * 12, intercept=-1, therapist_sd=0.5)
    clients = from_clients(simulate(design, Noise(1)).clients, ("phq9_first",), dataset="covariates")
    with pytest.raises(
        DataError, match=r"covariates \('phq9_first',\), but the model 'intercept_only' was compiled for \(\)"
    ):
        sample(twelve, clients, sampler, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"therapist": np.arange(12) + 1},
        {"therapist": np.arange(12) - 1},
        {"deteriorated": np.full(12, 0.9)},
        {"deteriorated": np.full(12, np.nan)},
        {"trials": np.full(12, 3)},
        {"therapist": np.arange(11)},
    ],
)
def test_the_sampler_never_sees_wrong_data(twelve, sampler, wrong):
    data = replace(hospital_outcomes(), **wrong)
    with pytest.raises(DataError, match="hospitals"):
        sample(twelve, data, sampler, 1)
    with pytest.raises(DataError, match="hospitals"):
        sample_many(twelve, [OTHERS[0], data], sampler, 1, workers=2)


def test_two_data_sets_of_one_name_are_refused(twelve, sampler):
    with pytest.raises(DataError, match="two data sets are named 'others-0'"):
        sample_many(twelve, [OTHERS[0], OTHERS[0]], sampler, 1, workers=2)


def test_a_fit_that_fails_is_kept_as_such(sampler, priors):
    class Broken:
        def with_data(self, **_):
            raise RuntimeError("All initialization points failed")

    broken = Compiled("intercept_only", priors, {"therapist": tuple("ABCDEFGHIJKL")}, False, Broken())
    found = sample_many(broken, OTHERS[:1], sampler, 1, workers=1)
    assert found == [FailedFit("intercept_only", "others-0", "All initialization points failed")]


def same_draws(one: xr.DataTree, other: xr.DataTree) -> bool:
    return one["posterior"].to_dataset().identical(other["posterior"].to_dataset())
