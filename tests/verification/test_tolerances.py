"""How far each kind of claim may be off."""

import numpy as np
import pytest

from iatrogenesis.core.claims import Claims
from iatrogenesis.verification.verdicts import NOT, REPRODUCED, WITHIN, claim_verdict
from tests.verification.test_verify import CLAIMS


def estimated(kind, now, before):
    """Verdict of a share in per cent, of so many data sets, by data sets that say so."""
    claim = Claims.model_validate({"power": CLAIMS["net"] | kind}).of("routine_care")["power"]
    about = {"number": "routine_care.net", "kind": claim.kind, "inputs": "same"}
    now, before = (dict(zip(("value", "mcse", "data_sets"), one, strict=True)) | about for one in (now, before))
    return claim_verdict(claim, now, before, 3.0)


DECISIONS = {"kind": "decisions", "data_sets": "replicates", "times": 100}


@pytest.mark.parametrize(
    ("now", "before", "verdict"),
    [
        ((80.0, 1.0, 400), (80.0, 2.0, 400), REPRODUCED),
        ((81.0, 2.0, 400), (80.0, 2.0, 400), WITHIN),  # 4 data sets
        ((81.25, 2.0, 400), (80.0, 2.0, 400), NOT),
        ((80.1, 2.0, 400), (80.0, 2.0, 400), NOT),  # no share of 400
        ((80.0, 0.0, 5), (100.0, 0.0, 5), WITHIN),
        ((60.0, 0.0, 5), (100.0, 0.0, 5), NOT),
        ((120.0, 0.0, 5), (100.0, 0.0, 5), NOT),
        ((80.0, 2.0, 200), (80.0, 2.0, 400), NOT),
        ((80.0, 2.0, np.nan), (80.0, 2.0, 400), NOT),
    ],
)
def test_of_decisions_by_draws_data_sets_are_counted(now, before, verdict):
    assert estimated(DECISIONS, now, before).verdict == verdict


@pytest.mark.parametrize(("value", "mcse", "verdict"), [(80.0, 2, REPRODUCED), (82.0, 2, NOT), (80.0, 4, NOT)])
def test_estimates_without_draws_are_the_same_from_the_same_data_sets(value, mcse, verdict):
    assert estimated({"kind": "estimate"}, (value, mcse, None), (80.0, 2, None)).verdict == verdict


def test_no_error_is_no_infinite_one():
    found = estimated({"kind": "posterior"}, (0.72, 0.0, None), (0.7, 0.0, None))
    assert found.verdict == NOT and "knows no Monte Carlo error" in found.reason
    assert estimated({"kind": "posterior"}, (0.7, 0.0, None), (0.7, 0.0, None)).verdict == REPRODUCED
