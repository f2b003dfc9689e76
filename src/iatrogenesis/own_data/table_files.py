"""Tables of results as files: each that was announced is there, and none is left from another run."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from iatrogenesis.own_data.privacy import write_table
from iatrogenesis.own_data.settings import Privacy
from iatrogenesis.own_data.small_numbers import without_flags_that_tell


def write_tables(found: Mapping[str, pd.DataFrame], targets: Sequence[str], privacy: Privacy) -> None:
    """Write tables into the files that were announced; one that these data do not allow has a header alone.

    Parameters
    ----------
    found
        By name.
    targets
        Files, ``tables/<name>.csv``.

    Raises
    ------
    KeyError
        If there is a table that was not announced.
    """
    paths = {Path(target).stem: Path(target) for target in targets}
    if unknown := sorted(set(found) - set(paths)):
        raise KeyError(f"tables without a file: {', '.join(unknown)}")
    found = without_flags_that_tell(found, privacy.small_numbers)
    for name, path in paths.items():
        write_table(found.get(name, pd.DataFrame(columns=["reason"])), path, privacy)
