"""Ids: always texts, leading zeros kept, never a number with a point behind it."""

import re
import unicodedata

import numpy as np
import pandas as pd

from iatrogenesis.own_data.converting import Converted, none_failed
from iatrogenesis.own_data.reading.said import many

WHOLE_WITH_POINT = re.compile(r"(\d+)[.,]0{1,2}")  # 1.000 may be a thousand
SCIENTIFIC = re.compile(r"\d([.,]\d+)?[eE]\+\d+")

MONTHS = "jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz]|ene|abr|ago|dic"
LIKE_DATES = re.compile(rf"\d{{1,2}}[-. ]+({MONTHS})[a-z]{{0,1}}\.?|({MONTHS})-\d\d", re.IGNORECASE)
"""What spreadsheets make of ids such as 3-5."""


def to_ids(column: pd.Series) -> Converted:
    """Convert a column to texts that identify somebody or something.

    ``101.0`` becomes ``101`` where all ids are whole numbers; composed and decomposed letters become the same.
    """
    if not isinstance(column.dtype, pd.StringDtype):
        return _from_other(column)
    known = {text: unicodedata.normalize("NFC", text) for text in column.dropna().unique()}
    remarks = []
    pointed = [text for text in known if WHOLE_WITH_POINT.fullmatch(text)]
    if pointed and all(text.isdecimal() or WHOLE_WITH_POINT.fullmatch(text) for text in known):
        known |= {text: WHOLE_WITH_POINT.sub(r"\1", text) for text in pointed}
        count = int(column.isin(pointed).sum())
        remarks.append(
            (
                "ids with .0",
                count,
                f"{many(count, 'id', 'was a number that ends', 'were numbers that end')} with .0, which was removed.",
            )
        )
    if broken := [text for text in known if SCIENTIFIC.fullmatch(text)]:
        count = int(column.isin(broken).sum())
        like = many(count, "id", "looks", "look")
        text = f"{like} like 1.2E+05: a spreadsheet has shortened them, and some may be alike."
        remarks.append(("shortened ids", count, text))
    if dates := [text for text in known if LIKE_DATES.fullmatch(text)]:
        count = int(column.isin(dates).sum())
        text = f"{many(count, 'id', 'looks', 'look')} like a date such as 3-May, which a spreadsheet makes of 3-5."
        remarks.append(("ids like dates", count, text))
    return Converted(column.map(known).astype("str"), none_failed(column), tuple(remarks))


def _from_other(column: pd.Series) -> Converted:
    remarks: tuple[tuple[str, int, str], ...] = ()
    present = column.dropna()
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        values = column.dt.strftime("%Y-%m-%d")
        remarks = (("ids are dates", len(present), "The ids are dates; a spreadsheet may have changed them."),)
    elif pd.api.types.is_float_dtype(column.dtype):
        numbers = present.astype("float64").to_numpy()
        whole = bool(np.all(np.isfinite(numbers)) and np.all(numbers == np.floor(numbers)))
        values = column.map(lambda value: f"{value:.0f}" if whole else f"{value:.15g}", na_action="ignore")
        if whole and len(present):
            remarks = (("ids with .0", len(present), "The ids are numbers in the file: .0 was removed."),)
    else:
        values = column.map(str, na_action="ignore")
    return Converted(values.astype("str"), none_failed(column), remarks)


def to_texts(column: pd.Series) -> Converted:
    """Convert a column to plain texts, whole numbers without a point; of dates the year (for periods)."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return Converted(column.dt.strftime("%Y").astype("str"), none_failed(column))
    return Converted(to_ids(column).values, none_failed(column))
