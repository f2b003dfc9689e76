"""A file as it was read: nothing judged, nothing dropped."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

FIRST_RECORD = 2
"""Row number of the first record, as a person sees it in the file: the header is row 1."""


@dataclass(frozen=True)
class Raw:
    """One table of a file.

    Attributes
    ----------
    table
        One column per column of the file, named as there (outer blanks removed), texts or the file's own types; missing
        where the file says so. The index, named ``row``, is the row number that a person sees in the file.
    path
        The file.
    notes
        What was found out or decided while reading, one sentence each.
    labels
        Texts of coded values by column and value, such as ``{"sex": {1.0: "female"}}``; SPSS and Stata only.
    titles
        Longer names of columns, where the file has them.
    blanks
        Words such as ``NA`` that were taken as missing, by column: how often each.
    stripped
        Cells with blanks before or after their text, which were removed, by column: how many.
    """

    table: pd.DataFrame
    path: Path
    notes: tuple[str, ...] = ()
    labels: Mapping[str, Mapping[object, str]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    blanks: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    stripped: Mapping[str, int] = field(default_factory=dict)
