"""The protocol of the final run: what it follows from, frozen in the repository before it.

Run as a module (``python -m iatrogenesis.study.protocol config docs``) it freezes: the plan as it stands is copied to
`docs/protocol.md`, and its hash, the seed and the fingerprint are written to `docs/protocol.yaml`. It refuses to write
over a protocol whose run is committed, because deviations belong into its list and not into another protocol.
"""

import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import yaml

from iatrogenesis.core.files import write_text
from iatrogenesis.study.study import Study, load_study

FULL = "full"


def fingerprint(study: Study, ensemble: Path) -> str:
    """Of all that the data sets of the simulation study and their analyses follow from, but for seed and number.

    Cells of the design, as the full study has them; the numbers of the statistical world; scenarios, plausible worlds,
    ratings, the rule of change; priors and settings of the methods.
    """
    settings = study.config.simulation_study
    content = {
        "cells": {
            name: cell.model_dump(mode="json", exclude={"reason", "also"}) for name, cell in study.designed.items()
        },
        "numbers": study.numbers.model_dump(mode="json"),
        "scenarios": {
            cell.scenario: study.catalogue[cell.scenario].model_dump(mode="json")
            for cell in study.designed.values()
            if cell.scenario is not None
        },
        "ensemble": hashlib.sha256(ensemble.read_bytes()).hexdigest(),
        "judgement": study.config.judgement.model_dump(mode="json"),
        "instruments": study.instruments.model_dump(mode="json"),
        "priors": study.config.fit.priors.model_dump(mode="json"),
        "sampler": [settings.sampler.model_dump(mode="json"), settings.convergence.model_dump(mode="json")],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def hash_of(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def freeze(config: Path, docs: Path, committed: Path) -> None:
    """Freeze the plan.

    Raises
    ------
    SystemExit
        If the run of the present protocol is committed.
    """
    if (committed / "protocol.yaml").is_file():
        raise SystemExit(
            f"{committed}/protocol.yaml: the protocol's run is committed; list deviations in {docs}/protocol.yaml, or "
            "remove that folder to begin another protocol"
        )
    study = load_study(config / f"{FULL}.yaml", config)
    plan = docs / "protocol.md"
    write_text((docs / "ADEMP.md").read_text(encoding="utf-8"), plan)
    content = {
        "frozen": datetime.now(UTC).date().isoformat(),
        "plan": hash_of(plan),
        "fingerprint": fingerprint(study, config / "ensemble.csv"),
        "seed": study.config.seed,
        "data_sets": study.config.simulation_study.replicates,
        "cells": len(study.cells),
        "methods": list(study.config.simulation_study.methods),
        "deviations": [],
    }
    head = "# The protocol of the final run, frozen before it (`make protocol`); the plan is protocol.md beside it.\n"
    write_text(head + yaml.safe_dump(content, sort_keys=False), docs / "protocol.yaml")


if __name__ == "__main__":
    freeze(*(Path(argument) for argument in sys.argv[1:4]))
