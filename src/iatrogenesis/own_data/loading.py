"""Read the settings file of an analysis of own data."""

from pathlib import Path

from iatrogenesis.own_data.settings import OwnData


def load_settings(path: Path) -> OwnData:
    """Return the validated settings of a YAML file.

    Raises
    ------
    DataError
        Naming the file, the field, what is wrong, and what to do.
    """
    raise NotImplementedError
