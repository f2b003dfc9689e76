"""JSON schemas of the configuration, for editors; ``make schemas`` writes them."""

import sys
from json import dumps
from pathlib import Path
from typing import Any

from iatrogenesis.core.files import write_text
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.sources import Strict
from iatrogenesis.study.configuration import StudyConfig, StudyFile
from iatrogenesis.world.scenarios import ScenarioFile

SCHEMAS = {"study": StudyFile, "scenario": ScenarioFile, "instruments": Instruments}


def schema_text(model: type[Strict]) -> str:
    """JSON schema of a configuration class, as it stands in ``workflow/schemas``."""
    schema = model.model_json_schema()
    return dumps(_by_difference(schema) if issubclass(model, StudyConfig) else schema, indent=2) + "\n"


def _by_difference(schema: dict[str, Any]) -> dict[str, Any]:
    """Ask for every section of a study only where it is not based on another; what a section lacks, the base has."""
    whole = schema.pop("required")
    for section in schema["$defs"].values():
        section.pop("required", None)
    return schema | {"anyOf": [{"required": ["name", "based_on"]}, {"required": whole}]}


def main(folder: str) -> None:
    """Write every schema into ``folder``."""
    for name, model in SCHEMAS.items():
        write_text(schema_text(model), Path(folder, f"{name}.schema.json"))


if __name__ == "__main__":
    main(*sys.argv[1:])
