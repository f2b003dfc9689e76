"""What drives a conclusion, and what a further study would narrow: planted drivers are found."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from iatrogenesis.core.sources import Sourced
from iatrogenesis.evidence.unknowns import Feasible, Prior
from iatrogenesis.harm.conclusions import drivers, next_studies
from tests.harm.members import table


@pytest.fixture(scope="module")
def planted():
    """Four hundred members in which one unknown decides, one helps against it, and thirty do nothing."""
    rng = np.random.default_rng(11)
    score = {"decides": rng.normal(size=400), "against": rng.normal(size=400)}
    score |= {f"nothing {number}": rng.normal(size=400) for number in range(30)}
    priors = {name: Prior(-2.0, 6.0, 0.0) for name in score} | {"against": Prior(-np.inf, np.inf, 5.0, 2.0)}
    unknowns = SimpleNamespace(priors=priors)
    ensemble = {name: priors[name].quantile(of) for name, of in score.items()}
    return unknowns, ensemble, score


def test_planted_drivers_are_found_and_nothing_else(planted):
    """Values of 2 a - b + e have 4/6 and 1/6 of their variance from a and b; ranks of normals show a little less."""
    unknowns, ensemble, score = planted
    values = 2 * score["decides"] - score["against"] + np.random.default_rng(12).normal(size=400)
    found = drivers(table(values), unknowns, ensemble).set_index("unknown")
    assert list(found.index) == list(unknowns.priors)
    expected = {
        name: (6 / np.pi * np.arcsin(np.sqrt(share) / 2)) ** 2
        for name, share in (("decides", 4 / 6), ("against", 1 / 6))
    }
    assert found["explained"][list(expected)].to_dict() == pytest.approx(expected, abs=0.08)
    assert found["correlation"]["decides"] > 0 > found["correlation"]["against"]
    nothing = found[found.index.str.startswith("nothing")]
    assert nothing["explained"].max() < 0.04 and nothing["explained"].mean() < 0.005


def test_without_taking_off_chance_noise_would_explain_something(planted):
    """Thirty squared correlations average 1 / 399 by chance; what is left of them is about half of that, cut at 0."""
    unknowns, ensemble, _ = planted
    noise = table(np.random.default_rng(13).normal(size=400))
    found = drivers(noise, unknowns, ensemble)
    assert np.mean(found["correlation"] ** 2) == pytest.approx(1 / 399, rel=0.6)
    assert (found["explained"] == 0).mean() > 0.5


def test_a_driver_need_not_be_linear_and_members_may_be_some_in_any_order(planted):
    unknowns, ensemble, score = planted
    part = table(np.exp(3 * score["decides"])).sample(80, random_state=1)
    found = drivers(part, unknowns, ensemble).set_index("unknown")
    assert found["explained"]["decides"] == pytest.approx(1) and found["correlation"]["decides"] == pytest.approx(1)
    assert found["explained"].drop("decides").max() < 0.2


def test_what_the_patterns_leave_of_a_prior_is_the_spread_of_its_scores():
    """Half of a uniform range is the normal cut at its quartiles: SD sqrt(1 - 2 a phi(a) / .5), a = .674."""
    values = np.linspace(0, 1, 2001)[1:-1]
    unknowns = SimpleNamespace(priors={"free": Prior(0.0, 1.0, 0.5), "known": Prior(0.0, 1.0, 0.5)})
    found = drivers(table(values), unknowns, {"free": values, "known": 0.25 + values / 2}).set_index("unknown")
    a = norm.ppf(0.75)
    assert found["spread_left"]["free"] == pytest.approx(1, abs=0.01)
    assert found["spread_left"]["known"] == pytest.approx(np.sqrt(1 - 2 * a * norm.pdf(a) / 0.5), abs=0.01)


def study_of(se: float, sample: str) -> Feasible:
    """A feasible study with this standard error."""
    known = Sourced(value=se, unit="points", status="assumed", low=0, high=9, note="made up")
    return Feasible(sample=sample, se=known)


def driving(**explained):
    """Rows of the drivers of one conclusion."""
    return [{"conclusion": "net", "unknown": name, "explained": share} for name, share in explained.items()]


def test_what_a_study_would_narrow_by_hand():
    """Spread 3, error 4: 9 / 25 of what is explained goes; of .5 that is .18, of the range 1 - sqrt(.82)."""
    rows = pd.DataFrame([*driving(small=0.1, large=0.5, none=0.0, unmeasurable=0.9)])
    rows = pd.concat([rows, rows.head(1).assign(conclusion="averted")])
    three = np.array([-3.0, 3.0])
    feasible = {name: study_of(4.0, f"a study of {name}") for name in ("small", "large", "none")}
    found = next_studies(rows, {name: three for name in ("small", "large", "none", "unmeasurable")}, feasible)
    assert found["conclusion"].tolist() == ["averted", "net", "net", "net"]
    assert found["unknown"].tolist() == ["small", "large", "small", "none"]
    narrower = 100 * (1 - np.sqrt(1 - np.array([0.036, 0.18, 0.036, 0.0])))
    assert found["narrower_percent"].to_numpy() == pytest.approx(narrower)
    assert found.loc[1, ["sample", "se", "spread_now"]].tolist() == ["a study of large", 4.0, 3.0]


def test_narrowing_is_what_a_measurement_leaves_unexplained():
    """A hundred thousand normal worlds, measured with error: what regression on the measurement leaves."""
    rng = np.random.default_rng(3)
    unknown, rest, error = (sd * rng.normal(size=100_000) for sd in (3.0, 4.0, 2.0))
    value, measured = unknown + rest, unknown + error
    left = np.sqrt(1 - np.corrcoef(value, measured)[0, 1] ** 2)
    found = next_studies(pd.DataFrame(driving(a=9 / 25)), {"a": unknown}, {"a": study_of(2.0, "")})
    assert found["narrower_percent"][0] == pytest.approx(100 * (1 - left), abs=0.5)
