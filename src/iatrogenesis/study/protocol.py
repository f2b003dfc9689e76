"""The protocol of the final run: what it follows from, frozen in the repository before it.

Run as a module (``python -m iatrogenesis.study.protocol config docs results/reference/full``) it freezes: the plan as
it stands is copied to `docs/protocol.md`; its hash, and all that a run must agree with, are written to
`docs/protocol.yaml`. It refuses to write over a protocol whose run is committed, because deviations belong into its
list and not into another protocol; and a seed that was used before, by another study or an earlier protocol.
"""

import hashlib
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from iatrogenesis.core.files import write_text
from iatrogenesis.core.former_names import CELLS, METHODS, SCENARIOS, as_before, former
from iatrogenesis.report.provenance import git_commit
from iatrogenesis.simulation_study.method_results import PROTOCOL
from iatrogenesis.study.sources import study_names
from iatrogenesis.study.study import Study, load_study

FULL = "full"
LIBRARY = Path(__file__).resolve().parents[1]
CODE = ("core", "inference", "simulation_study", "world")
HEAD = "# The protocol of the final run, frozen before it (`make protocol`); the plan is protocol.md beside it.\n"


def fingerprint(study: Study, ensemble: Path) -> str:
    """Of all that the data sets of the simulation study and their analyses follow from, but for seed and number.

    Cells of the design, as the full study has them; the numbers of the statistical world; scenarios, plausible worlds,
    ratings, the rule of change; priors and settings of the methods. All by the names that they had at the freeze.
    """
    settings = study.config.simulation_study
    content = {
        "cells": {
            former(CELLS, name): as_before(cell.model_dump(mode="json", exclude={"reason", "also"}))
            for name, cell in study.designed.items()
        },
        "numbers": study.numbers.model_dump(mode="json"),
        "scenarios": {
            former(SCENARIOS, cell.scenario): as_before(study.catalogue[cell.scenario].model_dump(mode="json"))
            for cell in study.designed.values()
            if cell.scenario is not None
        },
        "ensemble": hashlib.sha256(ensemble.read_bytes()).hexdigest(),
        "judgement": study.config.judgement.model_dump(mode="json"),
        "instruments": study.instruments.model_dump(mode="json"),
        "priors": study.config.fit.priors.model_dump(mode="json"),
        "sampler": [settings.sampler.model_dump(mode="json"), settings.convergence.model_dump(mode="json")],
    }
    return digest(content)


def digest(content: Mapping[str, Any]) -> str:
    """Return 16 digits that tell plain data from any other."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def hash_of(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def code_of(library: Path) -> str:
    """SHA-256 of the code by which data are made, analysed and judged: `CODE` below the library."""
    found = hashlib.sha256()
    for path in sorted(path for part in CODE for path in (library / part).rglob("*.py")):
        found.update(path.relative_to(library).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def plan_of(study: Study, config: Path) -> dict[str, Any]:
    """What a run of the full study must agree with: seed, data sets, cells with their methods, fingerprint, code."""
    settings = study.config.simulation_study
    return {
        "seed": study.config.seed,
        "data_sets": settings.replicates,
        "cells": {name: list(cell.runs(settings.methods)) for name, cell in study.cells.items()},
        "fingerprint": fingerprint(study, config / "ensemble.csv"),
        "code": code_of(LIBRARY),
    }


def freeze(config: Path, docs: Path, committed: Path) -> None:
    """Freeze the plan.

    Raises
    ------
    SystemExit
        If the run of the present protocol is committed, or the seed is that of another study or of an earlier protocol.
    """
    if (committed / PROTOCOL).is_file():
        raise SystemExit(
            f"{committed / PROTOCOL}: the protocol's run is committed; list deviations in {docs / PROTOCOL}, or "
            "remove that folder to begin another protocol"
        )
    study = load_study(config / f"{FULL}.yaml", config)
    earlier = _earlier_seeds(docs / PROTOCOL)
    used = earlier | {
        load_study(config / f"{name}.yaml", config).config.seed for name in study_names(config) if name != FULL
    }
    if study.config.seed in used:
        raise SystemExit(
            f"config/{FULL}.yaml: seed {study.config.seed} has been used before; give the final run a fresh one"
        )
    plan = docs / "protocol.md"
    write_text((docs / "ADEMP.md").read_text(encoding="utf-8"), plan)
    content = {
        "frozen": datetime.now(UTC).date().isoformat(),
        "commit": git_commit(config.parent),
        "plan": hash_of(plan),
        **plan_of(study, config),
        "earlier_seeds": sorted(earlier),
        "deviations": [],
    }
    write_text(HEAD + yaml.safe_dump(content, sort_keys=False, width=110), docs / PROTOCOL)


def _earlier_seeds(path: Path) -> set[int]:
    """Seeds of earlier protocols, the present one's among them."""
    if not path.is_file():
        return set()
    known = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {*known["earlier_seeds"], known["seed"]}


def deviations(protocol: Mapping[str, Any], study: Study, config: Path) -> list[str]:
    """What a study, as it is now, has otherwise than the protocol, by name; it may have some of the cells only.

    Cells and methods that have only been renamed since are the deviation ``names``; they are compared by present names.
    """
    now = plan_of(study, config)
    before = {CELLS.get(name, name): name for name in protocol["cells"]}
    frozen = {before.get(name, name): protocol["cells"].get(before.get(name)) for name in study.cells}
    cells = {
        CELLS.get(name, name): methods and [METHODS.get(one, one) for one in methods]
        for name, methods in frozen.items()
    }
    otherwise = ["names"] if cells != frozen else []
    return otherwise + [name for name, value in now.items() if {**protocol, "cells": cells}[name] != value]


if __name__ == "__main__":
    freeze(*(Path(argument) for argument in sys.argv[1:4]))
