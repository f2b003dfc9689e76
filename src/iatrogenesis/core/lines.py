"""Texts that stand in headings, tables and file lists: one line, nothing that hides or moves other letters.

A line break splits a row, a bidirectional override turns a sentence round, and a spreadsheet runs what begins with =.
"""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator

FORMULA = ("=", "+", "-", "@")


def one_line(text: str) -> str:
    """Return a text of one line that shows all it holds.

    Raises
    ------
    ValueError
        Naming the first letter that breaks the line, or that is not seen (control letters, bidirectional overrides).
    """
    for letter in text:
        kind = unicodedata.category(letter)
        if kind.startswith("C") or kind in ("Zl", "Zp"):
            name = unicodedata.name(letter, "a control letter")
            raise ValueError(f"one line of printable text, please; it has U+{ord(letter):04X} ({name})")
    return text


def title(text: str) -> str:
    """Return such a line that no spreadsheet takes for a formula.

    Raises
    ------
    ValueError
        If it begins like one, or is no such line.
    """
    if text.lstrip().startswith(FORMULA):
        raise ValueError(f"what begins with {text.lstrip()[0]} is a formula to spreadsheets; begin with a word")
    return one_line(text)


OneLine = Annotated[str, AfterValidator(one_line)]
Title = Annotated[str, AfterValidator(title)]
