"""What the sampler's tests share: priors, settings, and models compiled once per process."""

import pytest

from iatrogenesis.inference.data.hospitals import hospital_outcomes
from iatrogenesis.inference.engines.nuts import Compiled, compile_model
from iatrogenesis.inference.engines.sampler import Sampler
from iatrogenesis.inference.models.priors import Priors

REASON = "for a test, not for a study"


@pytest.fixture(scope="session")
def priors() -> Priors:
    return Priors.model_validate(
        {
            "intercept": {"mean": -2.5, "sd": 1.0, "reason": REASON},
            "coefficient": {"sd": 0.5, "reason": REASON},
            "therapist_sd": {"scale": 0.5, "reason": REASON},
        }
    )


@pytest.fixture(scope="session")
def sampler() -> Sampler:
    return Sampler(chains=4, draws=1000, tune=500, target_accept=0.9, cores=2)


@pytest.fixture(scope="session")
def twelve(priors) -> Compiled:
    """The intercept-only model for twelve units."""
    return compile_model("intercept_only", hospital_outcomes(), priors)
