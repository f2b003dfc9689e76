"""What assumed numbers do to conclusions: the right ones are moved, in both worlds of a pair, with paired errors."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.sources import records
from iatrogenesis.core.streams import Noise
from iatrogenesis.harm.outcomes import outcome_sums
from iatrogenesis.harm.sensitivity import ORIGINS, Conclusion, conclusions, explored, interval_90, moved, ranges
from iatrogenesis.world.cohort import Design

DESIGN = Design(replicates=4, therapists=12, services=3, clients_per_therapist=20)


def test_what_can_be_moved_is_assumed_and_can_matter(study):
    world = study.catalogue["all_preventions"]
    found = ranges(world, ("phq9", "gad7"))
    every = records(world)
    assert all(low < high for low, high in found.values())
    read_differently = {path for path in found if every[path].status != "assumed"}
    assert read_differently == {"preventions.monitoring.support_points", "preventions.supervision.relief_sd"}
    assert found["preventions.monitoring.support_points"] == (0.0, 1.3)
    left_out = {path for path, record in every.items() if record.status == "assumed"} - set(found)
    for path in left_out:
        assert (
            every[path].low == every[path].high
            or ".cost." in path
            or path in ORIGINS
            or path.startswith(("world.scores.oq45", "world.scores.core_om"))
        )
    assert set(ORIGINS) < left_out
    assert "world.scores.oq45.own_sd" in left_out and "world.scores.gad7.level_loading" in found


def test_draws_lie_in_their_ranges_and_belong_to_the_number():
    """A number's draws are its own: another one beside it does not change them."""
    one, two = {"a.b": (1.0, 2.0)}, {"a.b": (1.0, 2.0), "c.d": (-5.0, 5.0)}
    alone = [values["a.b"] for _, end, values in moved(one, 50, Noise(3)) if end == "all at once"]
    beside = [values for _, end, values in moved(two, 50, Noise(3)) if end == "all at once"]
    assert alone == [values["a.b"] for values in beside]
    assert min(alone) >= 1 and max(alone) <= 2 and np.std(alone) > 0.2
    # Uniform and independent: correlation of 50 pairs stays within four standard errors of 0.
    assert abs(np.corrcoef(alone, [values["c.d"] for values in beside])[0, 1]) < 4 / 50**0.5
    ends = [(parameter, end) for parameter, end, _ in moved(two, 0, Noise(3))]
    assert ends == [("", "as assumed"), ("a.b", "low"), ("a.b", "high"), ("c.d", "low"), ("c.d", "high")]


def test_a_conclusion_is_the_difference_of_its_worlds_and_moves_with_its_numbers(study):
    base = study.catalogue["base"]

    def world(scenario):
        return outcome_sums(study.setup.run(scenario, DESIGN), study.setup)

    routine = conclusions(base, base, base)[0]
    path = "mechanisms.incompetence.drift_below_threshold"
    table = explored(_only(routine, path), world, ("phq9", "gad7"), 10, Noise(1)).set_index("end")
    with_, without = world(base), world(base.model_copy(update={"mechanisms": ()}))
    rates = [1000 * sums["deteriorated"].sum() / sums["clients"].sum() for sums in (with_, without)]
    assert table.loc["as assumed", "value"] == pytest.approx(rates[0] - rates[1])
    assert table.loc["as assumed", ["change", "change_mcse"]].tolist() == [0, 0]
    # More harm below the threshold, more deterioration caused; and a paired error is smaller than an unpaired one.
    assert table.loc["low", "value"] <= table.loc["as assumed", "value"] <= table.loc["high", "value"]
    assert table.loc["low", "value"] < table.loc["high", "value"]
    assert 0 < table.loc["high", "change_mcse"] < table.loc["high", "mcse"]
    assert table.loc["high", "given"] == 0.6


def test_errors_are_those_of_the_jackknife(study):
    """Leaving out one cluster at a time, which knows nothing of influence functions, gives nearly the same errors."""
    rng = np.random.default_rng(5)
    clients = rng.integers(80, 120, size=40)
    more, less = rng.binomial(clients, 0.09), rng.binomial(clients, 0.05)

    def world(scenario):
        return {"clients": clients, "deteriorated": more if scenario.mechanisms else less}

    base = study.catalogue["base"]
    found = explored(_only(conclusions(base, base, base)[0], "none"), world, ("phq9",), 10, Noise(1)).iloc[0]
    whole = 1000 * (more.sum() - less.sum()) / clients.sum()
    without = [
        1000 * (np.delete(more, i).sum() - np.delete(less, i).sum()) / np.delete(clients, i).sum() for i in range(40)
    ]
    jackknife = np.sqrt(39 / 40 * np.sum((without - np.mean(without)) ** 2))
    assert found["value"] == pytest.approx(whole)
    assert found["mcse"] == pytest.approx(jackknife, rel=0.03)


def test_the_error_of_interval_90_is_how_far_its_ends_move_from_sample_to_sample():
    """Four hundred samples of sixty normal draws: the ends' own spread is what each sample says it is, on average."""
    found = [interval_90(pd.Series(draws)) for draws in np.random.default_rng(8).normal(size=(400, 60))]
    ends, errors = (np.array(part) for part in zip(*found, strict=True))
    assert ends.mean(axis=0) == pytest.approx([-1.645, 1.645], abs=0.1)
    assert errors.mean(axis=0) == pytest.approx(ends.std(axis=0), rel=0.15)


def _only(about: Conclusion, path: str) -> Conclusion:
    """The conclusion with all but one of its assumed numbers taken as reported, so that only that one is moved."""
    content = about.scenario.model_dump()

    def settle(node, at: str = "") -> None:
        if isinstance(node, dict) and node.get("status") == "assumed":
            if at != path:
                node["high"] = node["low"] = node["value"]
        elif isinstance(node, dict):
            for name, child in node.items():
                settle(child, f"{at}.{name}" if at else name)
        elif isinstance(node, (list, tuple)):
            for child in node:
                if isinstance(child, dict):
                    settle(child, f"{at}.{child['kind']}")

    settle(content)
    return Conclusion(about.name, type(about.scenario).model_validate(content), about.worse, about.better)
