"""The report: a strict template whose numbers can only come from ``numbers.json``."""

import base64
from collections.abc import Mapping
from math import floor, log10
from pathlib import Path

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape


class MissingNumber(KeyError):
    """The template asks for a number that no table gave."""


def rounded(value: float, error: float | None = None) -> str:
    """A number as people write it: to the second digit of its error where there is one, else to three digits."""
    if isinstance(value, int) or (error is None and float(value).is_integer()):
        return f"{int(value):,}" if abs(value) < 1e7 else str(int(value))
    finest = error if error else abs(value) / 50
    if not finest:
        return f"{value:g}"
    digits = max(0, 1 - floor(log10(finest)) if error else 2 - floor(log10(abs(value))))
    text = f"{value:,.{min(digits, 4)}f}"
    return text.replace("-", "−")


class Numbers:
    """Access to the numbers from the template, by name; an unknown name is an error."""

    def __init__(self, numbers: Mapping[str, dict]) -> None:
        self.numbers = numbers

    def _find(self, name: str) -> dict:
        if name not in self.numbers:
            raise MissingNumber(f"no number {name!r} in numbers.json; known ones begin with {sorted(self.numbers)[:5]}")
        return self.numbers[name]

    def n(self, name: str) -> str:
        """The number alone, rounded by its Monte Carlo error."""
        found = self._find(name)
        if name == "seed":
            return str(found["value"])
        return rounded(found["value"], found.get("mcse"))

    def ci(self, name: str) -> str:
        """The number with its 95 % interval, rounded by the interval's width."""
        found = self._find(name)
        if "low" not in found:
            raise MissingNumber(f"number {name!r} has no interval")
        error = (found["high"] - found["low"]) / 4
        low, high = rounded(found["low"], error), rounded(found["high"], error)
        return f"{rounded(found['value'], error)} (95\u202f% interval {low} to {high})"


def data_uri(svg: bytes) -> str:
    """An SVG picture as a self-contained address."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode()


def html_table(table: pd.DataFrame) -> str:
    """A table as HTML, numbers to four significant digits; wrapped so that it scrolls on a phone."""
    text = table.to_html(index=False, na_rep="", border=0, float_format=lambda x: f"{x:.4g}", justify="left")
    return f'<div class="scroll">{text}</div>'


def render(numbers: Mapping[str, dict], figures: list[dict], tables: Mapping[str, str], about: Mapping) -> str:
    """The report's HTML.

    Parameters
    ----------
    numbers
        Content of numbers.json.
    figures
        name, uri, alt, caption; in the order of the page.
    tables
        HTML by name.
    about
        study, base, commit, models, priors and whatever else is not a number.

    Raises
    ------
    MissingNumber, jinja2.UndefinedError
        If the template asks for what is not there.
    """
    environment = Environment(
        loader=PackageLoader("iatrogenesis.report", "."),
        undefined=StrictUndefined,
        autoescape=select_autoescape(default=True),
    )
    access = Numbers(numbers)
    by_name = {figure["name"]: figure | {"number": i} for i, figure in enumerate(figures, start=1)}
    template = environment.get_template("template.html.j2")
    return template.render(n=access.n, ci=access.ci, figures=by_name, tables=tables, **about)


def template_source() -> str:
    """The template as text (for the test that no number is typed into it)."""
    return Path(__file__).with_name("template.html.j2").read_text(encoding="utf-8")
