"""Names that were others before: of scenarios, cells of the simulation study, readings of the evidence, and methods.

``base`` was a scenario, a cell and two readings. Numbers must not move because a name does: the draws of a fit stay
keyed by what its data set was called before, and the fingerprint of the frozen full study has the former names. Tables
that were made before are brought to the present names by `iatrogenesis.study.renamed`.
"""

import re
from collections.abc import Mapping
from typing import Any

SCENARIOS: Mapping[str, str] = {"base": "routine_care"}
"""Present name by former one, as in the other mappings."""

CELLS: Mapping[str, str] = {"base": "reference_cell"}
"""Of the simulation study."""

READINGS: Mapping[str, str] = {"base": "central"}
"""Of the evidence, by a scenario."""

CELL_READINGS: Mapping[str, str] = {"base": "reference"}
"""What a cell of the simulation study is there for; the first of a family is its reference."""

METHODS: Mapping[str, str] = {"null": "intercept_only"}
"""Of the simulation study, and models. ``null`` is read as a missing value by pandas and others."""

_FORMER = {present: former for names in (SCENARIOS, CELLS) for former, present in names.items()}
_DATA_SET = re.compile(rf"({'|'.join(_FORMER)})(?!\w)")
_OF_SCENARIO = {"id": SCENARIOS, "based_on": SCENARIOS, "reading": READINGS}
_OF_CELL = {"cell": CELLS, "scenario": SCENARIOS, "reading": CELL_READINGS}


def keyed_by(data_set: str) -> str:
    """Return what a data set was called when draws were first keyed by its name.

    A data set is called after a scenario or a cell, and what follows says which of several it is
    (``reference_cell-3``). Any other word is returned as it is.
    """
    found = _DATA_SET.match(data_set)
    return _FORMER[found[1]] + data_set[found.end() :] if found else data_set


def as_before(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scenario or cell, as plain data, with the names that it and those that it refers to had before."""
    fields = _OF_CELL if "cell" in content else _OF_SCENARIO
    return {field: former(fields[field], value) if field in fields else value for field, value in content.items()}


def former(names: Mapping[str, str], present: str) -> str:
    """Return the name before, by mappings such as `SCENARIOS`; where there was no other, the present one."""
    return next((before for before, now in names.items() if now == present), present)


def hint(names: Mapping[str, str], name: str) -> str:
    """Return what an error about an unknown name adds where it is a former one."""
    return f"; it is called {names[name]!r} now" if name in names else ""
