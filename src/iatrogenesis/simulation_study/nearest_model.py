"""The statistical model nearest to a plausible world, and its numbers over many of them, with their records."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.engines.maximum_likelihood import fit
from iatrogenesis.inference.models.therapist import TRUE_STATES
from iatrogenesis.simulation_study.logit_normal import Coefficients
from iatrogenesis.simulation_study.people import SCALE

NODES = 9
LEVELS = {"low": 0.05, "value": 0.5, "high": 0.95}
UNITS = {"rate": "share of finished courses", "score_correlation": "correlation", "therapist_sd": "log odds"}


def nearest(clients: pd.DataFrame) -> dict[str, float]:
    """The statistical model nearest to one world, from its clients: numbers by the name they have in the file."""
    data = from_clients(clients, TRUE_STATES, dataset="a plausible world", allow_empty=True)
    found = fit(data, NODES)
    per_unit = dict(zip(data.covariate_names, zip(found.estimate[1:-1], data.scale, strict=True), strict=True))
    numbers = {
        "rate": float(data.deteriorated.mean()),
        "therapist_sd": float(found.estimate[-1]),
        "score_correlation": float(clients[["phq9_first", "gad7_first"]].corr().iloc[0, 1]),
    }
    for name in Coefficients.model_fields:
        column = _column(name)
        if column in per_unit:
            slope, scale = per_unit[column]
            numbers[f"coefficients.{name}"] = float(slope / scale * SCALE.get(name, 1.0))
    return numbers


def _column(name: str) -> str:
    if name.startswith("age_"):
        return f"age[{name.removeprefix('age_').replace('_', '-')}]"
    return "fit_within" if name == "fit" else name


def records_of(worlds: list[Mapping[str, float]]) -> dict[str, dict]:
    """Records of the numbers, by dotted name: median and 90 % range over the worlds."""
    table = pd.DataFrame(worlds)
    note = f"median and 90 % range over {len(table)} plausible worlds (config/ensemble.csv), maximum likelihood in each"
    found = {}
    for name, values in table.items():
        levels = {key: round(float(np.quantile(values, level)), 3) for key, level in LEVELS.items()}
        unit = UNITS.get(str(name), "log odds ratio")
        found[str(name)] = {**levels, "unit": unit, "status": "ensemble", "note": note}
    return found
