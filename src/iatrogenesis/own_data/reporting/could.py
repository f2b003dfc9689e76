"""What these data could, and could not, have shown."""

import pandas as pd

from iatrogenesis.own_data.reporting.cells import first
from iatrogenesis.own_data.reporting.results import Results

NOT_ASKED = "It was not asked: the settings want no plasmode study."


def could_not(results: Results) -> str:
    """Return the sentences of the ceiling about the spread between therapists, and about burnout where it was rated."""
    if "ceiling" not in results:
        if not results.settings.could_have_shown.replicates:
            return NOT_ASKED
        return results.reason("ceiling", "could have shown") or "It could not be worked out; the tables give no reason."
    return " ".join(in_words(results.table("ceiling")))


def in_words(table: pd.DataFrame) -> list[str]:
    """Return the sentence of each row."""
    column = first(table, "in_words", "words", "sentence")
    return [] if column is None else [str(text) for text in table[column].dropna()]
