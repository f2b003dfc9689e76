"""Calibration finds parameters that made the data, and writes them back where they stood."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from iatrogenesis.core.sources import records
from iatrogenesis.evidence.calibration import calibrate, write_back
from iatrogenesis.evidence.counterparts import Counterparts
from iatrogenesis.evidence.patterns import PATTERNS
from iatrogenesis.evidence.published import verdict
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import Scenario, with_values

CONFIG = Path(__file__).resolve().parents[2] / "config"
KEPT = {"world.dropout.logit": "M07", "world.client.level_sd": "M02_first_sd"}


def only(scenario: Scenario, kept: dict[str, str]) -> Scenario:
    """The scenario with all calibrated numbers but some marked as assumed."""
    content = scenario.model_dump()
    for path, record in records(scenario).items():
        *parents, name = path.split(".")
        node = content
        for parent in parents:
            node = next(c for c in node if c["kind"] == parent) if isinstance(node, tuple) else node[parent]
        if record.status == "calibrated":
            free = (
                {"fitted_to": (kept[path],)}
                if path in kept
                else {
                    "status": "assumed",
                    "fitted_to": (),
                    "low": -1e9,
                    "high": 1e9,
                    "note": "held",
                }
            )
            node[name] |= free
    return Scenario.model_validate(content)


def test_known_parameters_are_found_again(study):
    design = Design(replicates=2, therapists=30, services=3, clients_per_therapist=40)

    def simulate(scenario):
        without = scenario.model_copy(update={"treated": False, "mechanisms": ()})
        return Counterparts(study.setup.sample(scenario, design), study.setup.sample(without, design))

    truth = only(study.catalogue["base"], KEPT)
    samples = simulate(truth)
    targets = {name: PATTERNS[name](samples) for name in KEPT.values()}
    evidence = pd.DataFrame(
        {
            "id": list(targets),
            "value": list(targets.values()),
            "lower": 0.0,
            "upper": [0.1 * v for v in targets.values()],
        }
    )
    start = with_values(truth, {"world.dropout.logit": -3.0, "world.client.level_sd": 4.0})
    found = calibrate(start, evidence, simulate)
    for row in found.patterns.itertuples():
        assert row.simulated == pytest.approx(row.target, rel=0.02)
    values = found.parameters.set_index("parameter")["value"]
    for path in KEPT:
        assert values[path] == pytest.approx(records(truth)[path].value, rel=0.05)
    assert np.isfinite(found.sensitivity.to_numpy()).all()


def texts(scenario) -> dict[str, str]:
    files = {"": CONFIG / "scenarios" / "base.yaml"}
    files |= {f"mechanisms.{one.kind}": CONFIG / "mechanisms" / f"{one.kind}.yaml" for one in scenario.mechanisms}
    return {part: path.read_text() for part, path in files.items()}


def test_values_are_written_where_they_stood(study):
    scenario = study.catalogue["base"]
    free = [path for path, record in records(scenario).items() if record.status == "calibrated"]
    found = pd.DataFrame({"parameter": free, "value": np.arange(1.0, len(free) + 1)})
    before = texts(scenario)
    after = write_back(before, found)
    for part, text in after.items():
        changed = [(a, b) for a, b in zip(before[part].splitlines(), text.splitlines(), strict=True) if a != b]
        assert all("status: calibrated" in line for _, line in changed), part
    world = yaml.safe_load(after[""])["world"]
    mechanisms = [yaml.safe_load(text) for part, text in after.items() if part]
    again = records(scenario.model_validate(scenario.model_dump() | {"world": world, "mechanisms": mechanisms}))
    assert [again[path].value for path in free] == list(range(1, len(free) + 1))


def test_a_parameter_without_a_line_is_refused(study):
    found = pd.DataFrame({"parameter": ["world.nothing"], "value": [1.0]})
    with pytest.raises(ValueError, match=r"no calibrated value was found|no line in the file"):
        write_back(texts(study.catalogue["base"]), found)


@pytest.mark.parametrize(
    ("value", "mcse", "expected"),
    [(5, 0.1, "reproduced"), (6.1, 0.1, "unclear"), (6.3, 0.1, "not reproduced"), (3.9, 0.01, "not reproduced")],
)
def test_verdict(value, mcse, expected):
    assert verdict(value, mcse, 4, 6) == expected
