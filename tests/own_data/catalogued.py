"""The catalogue of instruments and settings from a dictionary, as tests of mapping, outcome and guesses need them."""

from functools import cache

import yaml

from iatrogenesis.core.instruments import Instruments
from iatrogenesis.own_data.mapping import mapped
from iatrogenesis.own_data.settings import OwnData
from tests.conftest import CONFIG


@cache
def catalogue():
    """Those of `config/instruments.yaml`."""
    return Instruments.model_validate(yaml.safe_load((CONFIG / "instruments.yaml").read_text()))


def settings(**sections):
    """Settings with a name."""
    return OwnData.model_validate({"name": "own", "columns": {}} | sections)


def mapped_from(folder, files, **sections):
    """Write text files into a folder and map them."""
    for name, content in files.items():
        (folder / name).write_text(content)
    return mapped(settings(**sections), folder, catalogue())
