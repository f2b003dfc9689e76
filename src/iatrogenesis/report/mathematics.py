"""MathML of a page as Typst's mathematics."""

import json

from bs4 import Tag


class UnknownElement(ValueError):
    """The page has an element that has no typeset form yet."""


FORMS = {
    "mfrac": "({0})/({1})",
    "msub": "{0}_({1})",
    "msup": "{0}^({1})",
}


def formula(tag: Tag) -> str:
    """One element and what is inside it; raises `UnknownElement`."""
    if tag.name in ("math", "mrow", "mstyle"):
        return " ".join(formula(child) for child in tag.find_all(recursive=False))
    if tag.name == "mspace":
        return "quad" if tag.get("width", "").startswith("1em") else "thin"
    if tag.name == "msqrt":
        return f"sqrt({' '.join(formula(child) for child in tag.find_all(recursive=False))})"
    if tag.name in FORMS:
        return FORMS[tag.name].format(*(formula(child) for child in tag.find_all(recursive=False)))
    if tag.name in ("mi", "mo", "mn", "mtext"):
        return _symbol(tag)
    raise UnknownElement(f"<{tag.name}> in a formula has no typeset form; add one to report/mathematics.py")


def _symbol(tag: Tag) -> str:
    words = tag.get_text()
    if tag.name == "mtext" or (tag.name == "mi" and len(words) > 1):
        return f"upright({json.dumps(words, ensure_ascii=False)})" if words != "exp" else "exp"
    if tag.name == "mo" and words in "(),/":
        return f"\\{words}" if words == "/" else words
    return words
