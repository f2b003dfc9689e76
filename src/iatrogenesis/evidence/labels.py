"""What agreement with a pattern means: it was put in, it was fitted to, or it is predicted.

Worked out from the records of the numbers and from the table, never written by hand: *input* is a row of the literature
from which the value of a reported or converted number comes, *fitted* is what the ensemble is moved to, *predicted* is
the rest.
"""

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from iatrogenesis.core.sources import Record

LABELS = ("input", "fitted", "predicted")
_ROW = re.compile(r"\b([A-Z]\d{2}(?:_\w+)?)\b")


def inputs(known: Iterable[Record]) -> frozenset[str]:
    """Rows of the literature, or patterns of them, that a reported or converted value comes from."""
    texts = (f"{one.where} {one.note}" for one in known if one.status in ("reported", "converted"))
    return frozenset(row for text in texts for row in _ROW.findall(text))


def labelled(evidence: pd.DataFrame, known: Iterable[Record]) -> Mapping[str, str]:
    """Label of each pattern by id; a row that is named whole (M02) stands for all its patterns (M02_last_mean)."""
    sources = inputs(known)
    found = {}
    for row in evidence.itertuples():
        put_in = row.id in sources or row.id.partition("_")[0] in sources
        found[row.id] = "input" if put_in else "fitted" if row.use == "fit" else "predicted"
    return found
