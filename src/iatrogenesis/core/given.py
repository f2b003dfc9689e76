"""CSV tables of the configuration: read, or refused with the file's name."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from iatrogenesis.core.yaml_text import ConfigError


def read_given(path: Path, **options: Any) -> pd.DataFrame:
    """Read such a table; further arguments are those of `pandas.read_csv`.

    Raises
    ------
    ConfigError
        If there is no such file, or it is no table in UTF-8.
    """
    try:
        return pd.read_csv(path, keep_default_na=False, **options)
    except (OSError, ValueError) as error:  # pandas' own errors are values' errors, too
        raise ConfigError(f"{path}: cannot be read as a table in UTF-8 ({str(error).splitlines()[0]})") from None


def require_given(table: pd.DataFrame, columns: Iterable[str], path: Path) -> None:
    """Raise ConfigError with the first of these columns that is missing."""
    if missing := [name for name in columns if name not in table]:
        raise ConfigError(f"{path}: column {missing[0]!r} is missing")


def each_id_once(table: pd.DataFrame, path: Path, what: str) -> None:
    """Raise ConfigError with the first id that stands twice; ``what`` is what a row is called."""
    if len(twice := table["id"][table["id"].duplicated()]):
        raise ConfigError(f"{path}: duplicate id {twice.iloc[0]!r}; give each {what} its own id")
