"""Yes or no, in several languages, and words of what happened."""

from collections.abc import Mapping

import pandas as pd

from iatrogenesis.own_data.converting import Converted

YES = "true|t|yes|y|1|1.0|1,0|ja|j|oui|o|vrai|si|sí|sì|wahr|x"
NO = "false|f|no|n|0|0.0|0,0|nein|non|faux|falsch"
ATTENDED = (
    "attended|attended on time|attended late|arrived|seen|present|erschienen|wahrgenommen",
    "dna|did not attend|not attended|no show|no-show|cancelled|canceled|absent|missed|cancelled by client|"
    "cancelled by patient|cancelled by therapist|abgesagt|nicht erschienen|ausgefallen",
)
COMPLETED = (
    "completed|complete|completer|planned|planned ending|finished|abgeschlossen|regulär|beendet",
    "dropout|drop-out|drop out|dropped out|unplanned|unplanned ending|incomplete|not completed|non-completer|"
    "noncompleter|discontinued|abgebrochen|abbruch",
)
DETERIORATED = (
    "deteriorated|deterioration|reliable deterioration|reliably deteriorated|worse|verschlechtert",
    "improved|recovered|unchanged|no change|no reliable change|reliable improvement|reliably improved|recovery|same|"
    "better|not deteriorated|verbessert|unverändert",
)
WORDS: Mapping[str, tuple[str, str]] = {
    "attended": ATTENDED,
    "completed": COMPLETED,
    "deteriorated": DETERIORATED,
}


def to_yes_no(column: pd.Series, field: str, labels: Mapping[object, str] | None = None) -> Converted:
    """Convert a column to pandas' boolean.

    Parameters
    ----------
    column
        Texts, or a type of the file's own.
    field
        `attended`, `completed` or `deteriorated`: each has words of its own.
    labels
        Texts of coded values. Where both codes of 1 and 2 have one, they say which is yes.
    """
    if pd.api.types.is_bool_dtype(column.dtype):
        return Converted(column.astype("boolean"), pd.Series(False, column.index))
    yes, no = (
        frozenset(f"{always}|{words}".split("|"))
        for always, words in zip((YES, NO), WORDS.get(field, ("", "")), strict=True)
    )
    named = {_plain(value): text for value, text in (labels or {}).items()}

    def meaning(value: object) -> bool | None:
        for text in (named.get(_plain(value)), _plain(value)):
            if text:
                lower = " ".join(text.casefold().split())
                if lower in yes:
                    return True
                if lower in no:
                    return False
        return None

    known = {value: meaning(value) for value in column.dropna().unique()}
    values = column.map(known).astype("boolean")
    return Converted(values, values.isna() & column.notna())


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
