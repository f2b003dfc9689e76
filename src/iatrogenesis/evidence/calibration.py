"""Calibration by simulated moments: free parameters are moved until the simulated patterns meet the published ones.

Common random numbers (the same people and chance events at every step) make the distance smooth in the parameters, so
plain least squares with finite differences works.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import least_squares

from iatrogenesis.core.sources import records
from iatrogenesis.evidence.counterparts import Counterparts
from iatrogenesis.evidence.patterns import PATTERNS
from iatrogenesis.evidence.patterns.outcomes import distressed_in_session
from iatrogenesis.world.scenarios import Scenario, with_values

INTERNAL = "share_distressed_in_session"
"""Not a published pattern: the parameter must equal what the simulation shows, so that the push is zero on average."""

Simulate = Callable[[Scenario], Counterparts]


@dataclass(frozen=True)
class Calibration:
    """What was found.

    Attributes
    ----------
    parameters
        parameter, start, value.
    patterns
        pattern, target, tolerance, simulated.
    sensitivity
        One row per pattern, one column per parameter: change of the pattern per unit of the parameter.
    """

    parameters: pd.DataFrame
    patterns: pd.DataFrame
    sensitivity: pd.DataFrame


def calibrate(scenario: Scenario, evidence: pd.DataFrame, simulate: Simulate, evaluations: int = 30) -> Calibration:
    """Move every parameter of status ``calibrated`` until the patterns named in ``fitted_to`` are met.

    Parameters
    ----------
    evidence
        Rows of the evidence table with columns id, value, lower, upper.
    simulate
        Returns the worlds of a scenario, always on the same noise.
    evaluations
        Steps of the least-squares search (each needs a Jacobian).
    """
    free = {path: record for path, record in records(scenario).items() if record.status == "calibrated"}
    paths, start = list(free), np.array([record.value for record in free.values()])
    targets = sorted({pattern for record in free.values() for pattern in record.fitted_to} - {INTERNAL})
    rows = evidence.set_index("id").loc[targets]
    tolerance = ((rows["upper"] - rows["lower"]) / 4).to_numpy()
    scale = np.maximum(np.abs(start), 0.02)

    def simulated(values: np.ndarray) -> np.ndarray:
        changed = with_values(scenario, dict(zip(paths, values, strict=True)))
        counterparts = simulate(changed)
        off = distressed_in_session(counterparts) - float(changed.world.burnout.expected_worse)
        return np.array([*(PATTERNS[name](counterparts) for name in targets), off])

    def distance(scaled: np.ndarray) -> np.ndarray:
        found = simulated(scaled * scale)
        return np.append((found[:-1] - rows["value"].to_numpy()) / tolerance, found[-1] / 0.005)

    found = least_squares(distance, start / scale, diff_step=0.08, max_nfev=evaluations, xtol=1e-4, ftol=1e-4)
    at = simulated(found.x * scale)
    unit = np.append(tolerance, 0.005)[:, None] / scale[None, :]
    return Calibration(
        parameters=pd.DataFrame({"parameter": paths, "start": start, "value": found.x * scale}),
        patterns=pd.DataFrame(
            {"pattern": targets, "target": rows["value"].to_numpy(), "tolerance": tolerance, "simulated": at[:-1]}
        ),
        sensitivity=pd.DataFrame(found.jac * unit, index=[*targets, INTERNAL], columns=paths),
    )


_ENTRY = re.compile(r"^(\s*)([\w-]+):")
_NUMBER = re.compile(r"^(\s*[\w-]+: \{value: )[^,]+(,.* status: calibrated.*)$")


def write_back(texts: Mapping[str, str], found: pd.DataFrame) -> dict[str, str]:
    """YAML texts with the calibrated values replaced, comments and order kept.

    Each calibrated number stands on a line of its own, ``name: {value: ..., ... status: calibrated, ...}``; what it
    belongs to is told by the indentation above it.

    Parameters
    ----------
    texts
        By the path of their content in the scenario: "" for its own file, "mechanisms.burnout" for a mechanism's.

    Raises
    ------
    ValueError
        If a calibrated line has no value in ``found``, or a value has no line.
    """
    waiting = dict(zip(found["parameter"], found["value"], strict=True))
    written = {part: _written(text, part, waiting) for part, text in texts.items()}
    if waiting:
        raise ValueError(f"no line in the files for {', '.join(waiting)}")
    return written


def _written(text: str, part: str, waiting: dict[str, float]) -> str:
    lines, above = [], []
    for line in text.splitlines():
        entry = _ENTRY.match(line)
        if entry:
            above = [*((depth, name) for depth, name in above if depth < len(entry[1])), (len(entry[1]), entry[2])]
        if _NUMBER.match(line):
            path = ".".join([*filter(None, [part]), *(name for _, name in above)])
            if path not in waiting:
                raise ValueError(f"line {line.strip()[:60]!r}: no calibrated value was found for {path!r}")
            line = _NUMBER.sub(rf"\g<1>{waiting.pop(path):.5g}\g<2>", line)
        lines.append(line)
    return "\n".join(lines) + "\n"
