"""JSON schemas of the configuration, for editors; ``make schemas`` writes them."""

import sys
from json import dumps
from pathlib import Path

from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.sources import Strict
from iatrogenesis.study.configuration import StudyConfig
from iatrogenesis.world.scenarios import ScenarioFile

SCHEMAS = {"study": StudyConfig, "scenario": ScenarioFile, "instruments": Instruments}


def schema_text(model: type[Strict]) -> str:
    """JSON schema of a configuration class, as it stands in ``workflow/schemas``."""
    return dumps(model.model_json_schema(), indent=2) + "\n"


def main(folder: str) -> None:
    """Write every schema into ``folder``."""
    for name, model in SCHEMAS.items():
        Path(folder, f"{name}.schema.json").write_text(schema_text(model), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
