"""Simulation-based calibration passes right engines, and catches a likelihood that is wrong by five per cent."""

import numpy as np
import pytest
from arviz_stats.ecdf_utils import get_pointwise_confidence_band, simulate_confidence_bands

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.checks import sbc
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.engines import nuts
from iatrogenesis.inference.engines.collapsed.target import Target
from iatrogenesis.inference.engines.fit import fit_all
from iatrogenesis.inference.engines.sampler import Sampler
from iatrogenesis.inference.models import base

SAMPLER = Sampler(chains=2, draws=500, tune=300, target_accept=0.9)
SIMULATIONS = 200


@pytest.fixture(scope="module")
def template() -> OutcomeData:
    """Ten therapists with twelve counts of two hundred clients each: enough to see a slope to one per cent."""
    rows, therapists = 120, 10
    values = Noise(5).normal("x", client=np.arange(rows))
    return OutcomeData(
        dataset="template",
        deteriorated=np.zeros(rows, dtype=np.int64),
        trials=np.full(rows, 200),
        therapist=np.repeat(np.arange(therapists), rows // therapists),
        therapist_ids=tuple("ABCDEFGHIJ"),
        covariates=(values - values.mean())[:, None],
        covariate_names=("x",),
        centre=np.zeros(1),
        scale=np.ones(1),
    ).validate()


def judged(template, priors, engine: str, simulations: int):
    def fit(datas):
        return fit_all("casemix", datas, priors, SAMPLER, 1, engine=engine, workers=2)

    found = sbc.ranks("casemix", template, priors, 3, range(simulations), fit, engine)
    return sbc.judge(found, "casemix", engine, 3).set_index("quantity")


@pytest.mark.parametrize("simulations", [30, pytest.param(SIMULATIONS, marks=pytest.mark.slow)])
def test_collapsed_is_calibrated(template, priors, simulations):
    table = judged(template, priors, "collapsed", simulations)
    assert table["calibrated"].all(), table
    assert (table["simulations"] + table["failed"] == simulations).all()
    assert {"intercept", "therapist_sd", "coefficients[x]", "therapist_effect[first]", "log_likelihood"} == set(
        table.index
    )


@pytest.mark.slow
def test_five_per_cent_in_the_slope_is_caught_in_collapsed(template, priors, monkeypatch):
    right = Target.of

    def wrong(data, given):
        target = right(data, given)
        target.design[:, 1:] *= 1.05
        return target

    monkeypatch.setattr(Target, "of", wrong)
    table = judged(template, priors, "collapsed", SIMULATIONS)
    assert not table.loc["coefficients[x]", "calibrated"]
    assert table.loc["intercept", "calibrated"]


@pytest.mark.slow
def test_nuts_is_calibrated_and_five_per_cent_in_its_slope_is_caught(template, priors, monkeypatch):
    assert judged(template, priors, "nuts", 100)["calibrated"].all()
    right = base.covariate_sum
    monkeypatch.setattr(base, "covariate_sum", lambda *given: 1.05 * right(*given))
    table = judged(template, priors, "nuts", 100)
    assert not table.loc["coefficients[x]", "calibrated"]


@pytest.mark.parametrize("simulations", [40, 200])
def test_the_band_holds_uniform_ranks_as_often_as_it_says(simulations):
    null = sbc.null_statistics(simulations, 1)
    uniform = Noise(77).uniform("ranks", replicate=np.arange(2000)[:, None], client=np.arange(simulations))
    ranks = np.floor(uniform * (sbc.RANKS + 1))
    low, high = sbc.band(simulations, null)
    counts = (ranks[:, :, None] <= np.arange(sbc.RANKS)).sum(axis=1)
    inside = ((counts >= low) & (counts <= high)).all(axis=1).mean()
    assert 0.93 < inside < 0.98  # counts are whole numbers, so a little more than 95 %
    p = (np.searchsorted(null, sbc.statistics(ranks), side="right") + 1) / (sbc.NULL + 1)
    for level in (0.05, 0.2, 0.5):
        assert np.mean(p <= level) == pytest.approx(level, abs=4 * np.sqrt(level * (1 - level) / 2000))


@pytest.mark.parametrize("simulations", [40, 200])
def test_the_band_is_arvizs(simulations):
    """ArviZ gives no p-value, and looks at as many points as there are simulations: so here its parts at our points."""
    null = sbc.null_statistics(simulations, 1)
    points = np.arange(1, sbc.RANKS + 1) / (sbc.RANKS + 1)
    level = 1 - np.quantile(null, 0.05)
    theirs = get_pointwise_confidence_band(level, simulations, points)
    apart = np.abs(np.round(np.array(theirs) * simulations) - sbc.band(simulations, null))
    # The quantile is itself the probability of some count: there the last bit decides whether that count is inside.
    assert apart.max() <= 1 and apart.sum() <= 2, apart
    simulated = simulate_confidence_bands(simulations, 1, points, 0.95, 4000, np.random.default_rng(1))
    assert 0.93 < np.mean(null >= 1 - simulated) < 0.97


@pytest.mark.slow
def test_a_refusing_engine_leaves_the_fit_to_the_sampler_and_says_so(template, priors):
    point = {"intercept": -1.0, "coefficients": np.array([0.3]), "therapist_effect": np.zeros(10), "therapist_sd": 0.1}
    from iatrogenesis.inference.models.generative import replicate

    data = replicate(template, point, Noise(1))
    (tree,) = fit_all("casemix", [data], priors, SAMPLER, 1, engine="collapsed", max_k=-1.0)
    assert tree.attrs["engine"] == "nuts" and "Pareto k" in tree.attrs["fallback"]


def test_a_fit_without_draws_is_kept_and_counted(template, priors, monkeypatch, tmp_path):
    from iatrogenesis.inference.checks.convergence import Convergence
    from iatrogenesis.inference.checks.diagnostics import diagnose
    from iatrogenesis.inference.data.posterior import drawn, load, save

    def refuse(*_, **__):
        raise RuntimeError("All initialization points failed")

    monkeypatch.setattr(nuts, "sample", refuse)
    monkeypatch.setattr(
        nuts, "compile_model", lambda *_: type("C", (), {"model": "intercept_only", "accept": lambda s, d: d})()
    )
    (tree,) = fit_all("intercept_only", [template], priors, SAMPLER, 1, engine="nuts")
    save(tree, tmp_path / "a.nc")
    row = diagnose(load(tmp_path / "a.nc"), Convergence())
    assert not row["passed"] and "All initialization points failed" in row["reasons"]
    assert list(drawn([tmp_path / "a.nc"])) == []
