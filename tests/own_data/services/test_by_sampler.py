"""The weighted draws beside NUTS on the same model, written in PyMC by itself."""

import numpy as np
import pytest

from iatrogenesis.own_data.services.counted import counted
from iatrogenesis.own_data.services.posterior import fit
from iatrogenesis.own_data.services.processes import LEVEL, PROCESSES, SCALES
from tests.own_data.services.simulated import simulated


def by_nuts(data, seed):
    """Effects by their innovations, which are centred on nothing: stay + drift of first order."""
    import nutpie
    import pymc as pm
    import pytensor.tensor as pt

    units, periods = data.n.shape
    with pm.Model() as model:
        total = pm.HalfNormal("total", SCALES["total"])
        near, lasting = pm.Uniform("next", 0, 1), pm.Uniform("lasting", 0, 1)
        shock = pm.HalfNormal("shock", SCALES["shock"])
        far = near * lasting
        memory = (near - far) / (1 - far)
        first = pm.Normal("first", LEVEL[0], LEVEL[1])
        steps = pm.Normal("steps", 0, 1, shape=periods - 1)
        level = first + shock * pt.concatenate([pt.zeros(1), pt.cumsum(steps)])
        stay = pm.Normal("stay", 0, 1, shape=units)
        new = pm.Normal("new", 0, 1, shape=(units, periods))
        drift = [new[:, 0]]
        for at in range(1, periods):
            drift.append(memory * drift[-1] + pt.sqrt(1 - memory**2) * new[:, at])
        effect = total * (pt.sqrt(far) * stay[:, None] + pt.sqrt(1 - far) * pt.stack(drift, axis=1))
        odds = pm.Deterministic("odds", level + effect)
        pm.Binomial("y", data.n, logit_p=odds, observed=data.low)
    program = nutpie.compile_pymc_model(model, backend="numba")
    drawn = nutpie.sample(program, chains=2, draws=800, tune=600, seed=seed, cores=1, progress_bar=False)
    return {name: drawn["posterior"][name].values for name in ("total", "next", "lasting", "shock", "odds")}


@pytest.mark.slow
def test_weighted_draws_agree_with_nuts():
    data = counted(simulated(units=40, periods=4, courses=500, seed=21)[0])
    ours, theirs = fit(data, PROCESSES["ar"], seed=3, draws=2000), by_nuts(data, seed=5)
    for name in ("total", "next", "lasting", "shock"):
        nuts, mine = theirs[name].reshape(-1), ours.parameters[name]
        # half of the effective draws that NUTS is likely to have had, and ours
        error = nuts.std() * np.sqrt(1 / 300 + 1 / ours.effective)
        assert mine.mean() == pytest.approx(nuts.mean(), abs=4 * error)
        assert mine.std() == pytest.approx(nuts.std(), rel=0.2)
    odds = theirs["odds"].reshape(-1, *data.n.shape)
    away = (ours.log_odds.mean(axis=0) - odds.mean(axis=0)) / odds.std(axis=0)
    assert np.abs(away).max() < 0.25
    assert ours.log_odds.std(axis=0) / odds.std(axis=0) == pytest.approx(np.ones(data.n.shape), abs=0.15)
