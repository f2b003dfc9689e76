"""One fit by one contender, in a process of its own: ``python -m bench.one_fit CONTENDER CLIENTS`` prints JSON."""

import json
import sys
from time import perf_counter

import numpy as np

from bench.data import PRIORS, data_of
from bench.memory import peak_megabytes
from iatrogenesis.inference.data.outcomes import OutcomeData

CHAINS, DRAWS, TUNE, CORES = 4, 1000, 1000, 2
COLLAPSED_DRAWS = 1400  # more than a thousand of them effective


def by_collapsed(data: OutcomeData) -> dict[str, float]:
    """Our engine without a chain, on one core; what is compiled once per installation is not counted."""
    from iatrogenesis.inference.engines.collapsed.engine import sample

    sample("therapist", data, PRIORS, 0, draws=COLLAPSED_DRAWS)
    began = perf_counter()
    tree = sample("therapist", data, PRIORS, 1, draws=COLLAPSED_DRAWS)
    seconds = perf_counter() - began
    effective = float(tree["sample_stats"]["effective"].values.flat[0])
    return {"seconds": seconds, "compiling": 0.0, "effective": effective, "cores": 1}


def by_nuts(data: OutcomeData) -> dict[str, float]:
    """Our engine with a chain, as the workflow uses it."""
    from iatrogenesis.inference.engines.nuts import compile_model, sample
    from iatrogenesis.inference.engines.sampler import Sampler

    began = perf_counter()
    compiled = compile_model("therapist", data, PRIORS)
    compiling = perf_counter() - began
    tree = sample(compiled, data, Sampler(chains=CHAINS, draws=DRAWS, tune=500, target_accept=0.9, cores=CORES), 1)
    seconds = perf_counter() - began
    return {"seconds": seconds, "compiling": compiling, "effective": worst(tree["posterior"].to_dataset()), "cores": 2}


def by_pymc(data: OutcomeData, sampler: str | None) -> dict[str, float]:
    """The model as a textbook writes it, by `pymc.sample` with its defaults."""
    import pymc as pm

    coords = {"therapist": list(data.therapist_ids), "covariate": list(data.covariate_names)}
    with pm.Model(coords=coords):
        intercept = pm.Normal("intercept", PRIORS.intercept.mean, PRIORS.intercept.sd)
        coefficients = pm.Normal("coefficients", 0.0, PRIORS.coefficient.sd, dims="covariate")
        sd = pm.HalfNormal("therapist_sd", PRIORS.therapist_sd.scale)
        standard = pm.Normal("therapist_standard", 0.0, 1.0, dims="therapist")
        effect = pm.Deterministic("therapist_effect", sd * standard, dims="therapist")
        odds = intercept + data.covariates @ coefficients + effect[data.therapist]
        pm.Bernoulli("deteriorated", logit_p=odds, observed=data.deteriorated)
        chosen = {} if sampler is None else {"nuts_sampler": sampler}
        began = perf_counter()
        found = pm.sample(
            draws=DRAWS, tune=TUNE, chains=CHAINS, cores=CORES, random_seed=1, progressbar=False, **chosen
        )
    seconds = perf_counter() - began
    drawn = found["posterior"].to_dataset().drop_vars("therapist_standard")
    return {"seconds": seconds, "compiling": float("nan"), "effective": worst(drawn), "cores": CORES}


def worst(drawn) -> float:
    """Bulk effective draws of the worst parameter, therapists' effects included."""
    import arviz_stats

    found = arviz_stats.ess(drawn, method="bulk")
    return float(min(np.nanmin(values.values) for values in found.data_vars.values()))


CONTENDERS = {
    "collapsed": by_collapsed,
    "nuts": by_nuts,
    "pymc-default": lambda data: by_pymc(data, None),
    "pymc-own": lambda data: by_pymc(data, "pymc"),
    "numpyro": lambda data: by_pymc(data, "numpyro"),
}


def main(contender: str, clients: str) -> None:
    """Print seconds, compiling, effective, cores and peak memory."""
    found = CONTENDERS[contender](data_of(int(clients)))
    print(json.dumps(found | {"peak_mb": peak_megabytes()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
