"""How the tables of broken inputs are run: the clean data pass, and the fault alone is named."""

from typing import NamedTuple

import pandas as pd

from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.resources import config_folder
from iatrogenesis.core.yaml_text import read_yaml
from iatrogenesis.own_data import checks
from iatrogenesis.own_data.checks import Checked
from iatrogenesis.own_data.mapped import Mapped
from iatrogenesis.own_data.settings import OwnData
from tests.own_data.checks.clean import Change, clean, settings

INSTRUMENTS = Instruments.model_validate(read_yaml(config_folder() / "instruments.yaml"))
QUIET = ("passed", "not looked at")


class Fault(NamedTuple):
    """A broken input: the check that must name it, how severely, and in which words."""

    check: str
    severity: str
    words: str
    change: Change
    examples: str = ""
    also: tuple[str, ...] = ()
    start: object = clean
    own: OwnData = settings()


def named(faults: list[Fault]) -> list:
    """Return the faults as parameters, each with a readable name."""
    import pytest

    return [pytest.param(one, id=f"{one.check}: {one.words}") for one in faults]


def run(found: Mapped, own: OwnData | None = None) -> Checked:
    return checks.run(found, own or settings(), INSTRUMENTS)


def line(checked: Checked, check: str) -> pd.Series:
    (position,) = checked.table.index[checked.table["check"] == check]
    return checked.table.loc[position]


def loud(checked: Checked) -> dict[str, str]:
    """Checks that found something, with their severity."""
    table = checked.table[~checked.table["severity"].isin(QUIET)]
    return dict(zip(table["check"], table["severity"], strict=True))


def assert_named_alone(fault: Fault) -> None:
    start = fault.start()  # type: ignore[operator]
    checked = run(fault.change(start), fault.own)
    found = line(checked, fault.check)
    assert fault.words in found["found"]
    assert fault.examples in found["examples"]
    assert loud(checked) == {fault.check: fault.severity} | {
        name: severity for name, severity in loud(checked).items() if name in fault.also
    }
    assert any(fault.check in message for message in checked.fatal) == (fault.severity == "error")
