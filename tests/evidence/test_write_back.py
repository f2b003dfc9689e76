"""Fitted values are written where they stand."""

from pathlib import Path

import pytest
import yaml

from iatrogenesis.core.sources import records
from iatrogenesis.evidence.published import verdict
from iatrogenesis.evidence.write_back import write_back

CONFIG = Path(__file__).resolve().parents[2] / "config"


def texts(scenario) -> dict[str, str]:
    files = {"": CONFIG / "scenarios" / "routine_care.yaml"}
    files |= {f"mechanisms.{one.kind}": CONFIG / "mechanisms" / f"{one.kind}.yaml" for one in scenario.mechanisms}
    return {part: path.read_text() for part, path in files.items()}


def test_values_are_written_where_they_stood(study):
    scenario = study.catalogue["routine_care"]
    every = records(scenario)
    free = {path: one for path, one in every.items() if one.status == "calibrated" or getattr(one, "judged", None)}
    values = {path: record.low + 0.37 * (record.high - record.low) for path, record in free.items()}
    before = texts(scenario)
    after = write_back(before, values)
    for part, text in after.items():
        changed = [(a, b) for a, b in zip(before[part].splitlines(), text.splitlines(), strict=True) if a != b]
        assert all("status: calibrated" in line or "judged: " in line for _, line in changed), part
    world = yaml.safe_load(after[""])["world"]
    mechanisms = [yaml.safe_load(text) for part, text in after.items() if part]
    again = records(scenario.model_validate(scenario.model_dump() | {"world": world, "mechanisms": mechanisms}))
    for path, value in values.items():
        assert again[path].value == pytest.approx(value, rel=1e-4), path


@pytest.mark.trial(kind="refused", what="a calibrated number without its line in the file")
def test_a_parameter_without_a_line_is_refused(study):
    with pytest.raises(ValueError, match=r"no calibrated value was found|no line in the file"):
        write_back(texts(study.catalogue["routine_care"]), {"world.nothing": 1.0})


@pytest.mark.parametrize(
    ("value", "mcse", "expected"),
    [(5, 0.1, "reproduced"), (6.1, 0.1, "unclear"), (6.3, 0.1, "not reproduced"), (3.9, 0.01, "not reproduced")],
)
def test_verdict(value, mcse, expected):
    assert verdict(value, mcse, 4, 6) == expected
