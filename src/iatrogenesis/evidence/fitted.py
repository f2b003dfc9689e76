"""What the ensemble is fitted to, and what it is found from: patterns, unknown numbers, and worlds to simulate."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from iatrogenesis.core.sources import Record, bibliography_keys, records
from iatrogenesis.evidence.published import read_evidence
from iatrogenesis.evidence.unknowns import Unknowns
from iatrogenesis.evidence.worlds import DISTRESSED, DISTRESSED_TOLERANCE, Asked, Patterns
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup


@dataclass(frozen=True)
class Fitted:
    """The patterns that a search is about: names, groups, published values, tolerances; shape (patterns,)."""

    names: tuple[str, ...]
    groups: np.ndarray
    target: np.ndarray
    tolerance: np.ndarray

    @classmethod
    def of(cls, published: pd.DataFrame) -> Self:
        """Those of the evidence table that are fitted, and that the push of clients on burnout is 0 on average."""
        rows = published[published["use"] == "fit"]
        return cls(
            names=(*rows["id"], DISTRESSED),
            groups=np.append(rows["group"].to_numpy(dtype=str), ""),
            target=np.append(rows["value"].to_numpy(), 0.0),
            tolerance=np.append(rows["tolerance"].to_numpy(), DISTRESSED_TOLERANCE),
        )


@dataclass(frozen=True)
class Basis:
    """All that a search starts from.

    Attributes
    ----------
    scenarios
        Those that `Counterparts` names.
    prevented
        Routine care with every prevention: its numbers are unknown, too.
    """

    setup: Setup
    design: Design
    scenarios: Mapping[str, Scenario]
    prevented: Scenario
    unknowns: Unknowns
    published: pd.DataFrame
    fitted: Fitted

    @classmethod
    def of(
        cls,
        paths: Mapping[str, str],
        worlds: Mapping[str, dict],
        associations: Mapping[str, dict],
        design: dict,
        setup: dict,
    ) -> Self:
        """From what a job is given: files by name, and plain data."""
        scenarios = {name: Scenario.model_validate(world) for name, world in worlds.items()}
        prevented, surroundings = scenarios.pop("prevented"), Setup.model_validate(setup)
        published = read_evidence(Path(paths["evidence"]), bibliography_keys(Path(paths["references"])))
        return cls(
            setup=surroundings,
            design=Design.model_validate(design),
            scenarios=scenarios,
            prevented=prevented,
            unknowns=Unknowns([scenarios["treated"], prevented], surroundings.judgement.instruments, associations),
            published=published,
            fitted=Fitted.of(published),
        )

    @property
    def known(self) -> Mapping[str, Record]:
        """Every record of routine care and its preventions, by dotted path."""
        return records(self.scenarios["treated"]) | records(self.prevented)

    def asked(self, purpose: str, *, replicates: int | None = None, shared: bool = False) -> Asked:
        """The job that works out the fitted patterns, with people of its own for each purpose."""
        design = self.design if replicates is None else self.design.model_copy(update={"replicates": replicates})
        return Asked(self.setup.apart(purpose), design, self.scenarios, Patterns(self.fitted.names), shared)
