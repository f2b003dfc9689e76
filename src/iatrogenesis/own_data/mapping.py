"""From the files to tables with canonical names: columns are found, converted and renamed; nothing is judged."""

from pathlib import Path

from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.mapped import Mapped
from iatrogenesis.own_data.settings import OwnData

__all__ = ["Mapped", "mapped"]


def mapped(settings: OwnData, folder: Path, instruments: Instruments) -> Mapped:
    """Read the files of an analysis and return their tables with canonical names.

    Parameters
    ----------
    settings
        Which files, and which columns mean what.
    folder
        What the settings' paths are relative to.
    instruments
        The catalogue of instruments.

    Raises
    ------
    DataError
        If a file cannot be read, or a named column is not there or is there twice.
    """
    raise DataError(f"{folder}: mapping of {settings.name} is being written.")
