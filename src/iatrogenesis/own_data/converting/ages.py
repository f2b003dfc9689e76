"""Ages: in years, or in bands however they are written."""

import re

import numpy as np
import pandas as pd

from iatrogenesis.inference.data.covariates import AGE_BANDS
from iatrogenesis.own_data.converting import Converted
from iatrogenesis.own_data.converting.numbers import parsed
from iatrogenesis.own_data.reading.said import many

AGED = r"(?:age[ds]?\s*)?"
BAND = re.compile(AGED + r"(\d{1,3})\s*(?:-|–|—|−|_|to|bis|through|until)\s*(\d{1,3})(?:\s*(?:years?|yrs?|jahre).*)?")
OPEN = re.compile(AGED + r"(?:>=?|≥|over|ab)?\s*(\d{1,3})\s*(?:\+|and over|and older|plus|or over|or older)?")
LIMITS = {band: tuple(int(end) for end in band.split("-")) for band in AGE_BANDS}
YEARS = re.compile(r"(\d{1,3}(?:[.,]\d+)?)\s*(?:years?|yrs?|y|jahre)(?:\s+old)?")


def to_ages(column: pd.Series) -> tuple[Converted, pd.Series]:
    """Convert a column to texts of `AGE_BANDS`, and to years where these are given.

    Returns
    -------
    Converted
        Bands; missing for ages outside of all, and failed where a cell is neither an age nor a band that lies in one.
    pandas.Series
        Years, float64; missing where a band was given.
    """
    values = list(column.dropna().unique())
    years = {value: _years(value) for value in values}
    bands = {value: band_of(years[value]) if years[value] is not None else _band(str(value)) for value in values}
    inexact = {value for value in values if years[value] is None and bands[value] and not _exact(str(value))}
    remarks = []
    if inexact:
        shown = next(iter(inexact))
        count = int(column.isin(inexact).sum())
        remarks.append(
            ("other age bands", count, f"{many(count, 'age')} in other bands, such as {shown}, put into ours.")
        )
    in_years = column.map(years, na_action="ignore").astype("float64")
    taken = column.map(bands, na_action="ignore").astype("str")
    failed = taken.isna() & in_years.isna() & column.notna()
    return Converted(taken, failed, tuple(remarks)), in_years


def band_of(years: float | None) -> str | None:
    """Return the band of an age in years, completed years counted; None outside of all."""
    if years is None:
        return None
    return next((band for band, (low, high) in LIMITS.items() if low <= np.floor(years) <= high), None)


def _years(value: object) -> float | None:
    if not isinstance(value, str):
        return float(value)  # pyrefly: ignore[bad-argument-type]
    if match := YEARS.fullmatch(value.casefold()):
        value = match[1]
    return parsed(value, ".")


def _ends(text: str) -> tuple[int, int] | None:
    lower = " ".join(text.casefold().split())
    if match := BAND.fullmatch(lower):
        return int(match[1]), int(match[2])
    if match := OPEN.fullmatch(lower):
        return int(match[1]), LIMITS[AGE_BANDS[-1]][1]
    return None


def _band(text: str) -> str | None:
    ends = _ends(text)
    if ends is None:
        return None
    return next((b for b, (low, high) in LIMITS.items() if low <= ends[0] <= ends[1] <= high), None)


def _exact(text: str) -> bool:
    return _ends(text) in LIMITS.values()
