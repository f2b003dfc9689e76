"""What a plan takes where a service does not know its own numbers, each with where it comes from."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from iatrogenesis.core.files import read_csv
from iatrogenesis.core.references import Reference, read_references
from iatrogenesis.core.yaml_text import read_yaml
from iatrogenesis.inference.models.priors import Priors

RATE, SHARE, SERVICES = "D01", "T01", "T22"  # rows of config/evidence.csv


class Usual(NamedTuple):
    """A number, the ends of its 90 % range where a plan needs them, and where it comes from."""

    value: float
    source: str
    low: float = np.nan
    high: float = np.nan


class Configured(NamedTuple):
    """What stands in the configuration of the default study."""

    numbers: dict[str, Usual]
    priors: Priors
    seed: int


def configured(config: Path) -> Configured:
    """Return usual numbers, by the fields of `iatrogenesis.planning.plan.Numbers`, priors, and a seed.

    Parameters
    ----------
    config
        The folder `config/`.
    """
    study, world = read_yaml(config / "default.yaml"), read_yaml(config / "statistical_world.yaml")
    evidence = read_csv(config / "evidence.csv").set_index("id")
    rated = read_yaml(config / "scenarios" / "routine_care.yaml")["world"]["ratings"]["burnout"]
    references = read_references(config / "references.bib")
    burnout = float(np.exp(world["coefficients"]["burnout"]["value"]))
    numbers = {
        "rate": _published(evidence.loc[RATE], references),
        "vpc": _published(evidence.loc[SHARE], references),
        "odds_ratio": Usual(burnout, "median of the plausible worlds (config/statistical_world.yaml)"),
        "service_sd": _published(evidence.loc[SERVICES], references),
        "reliability": Usual(
            float(rated["value"]),
            f"{references[rated['cite']].short}, {rated['where']} (config/scenarios/routine_care.yaml)",
        ),
    }
    return Configured(numbers, Priors.model_validate(study["fit"]["priors"]), int(study["seed"]))


def _published(row: pd.Series, references: Mapping[str, Reference]) -> Usual:
    """A published value; its range by sampling error and by how far it may be off elsewhere, both in the table."""
    reach = 1.645 * float(np.hypot(float(row["sampling_se"]), float(row["discrepancy"])))
    value = float(row["value"])
    source = f"{references[row['cite']].short}, {row['where']} (config/evidence.csv, {row.name})"
    return Usual(value, source, value - reach, value + reach)
