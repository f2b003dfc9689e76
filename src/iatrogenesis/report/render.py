"""The report: a strict template whose numbers can only come from ``numbers.json``."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, PackageLoader

from iatrogenesis.core.definitions import PHRASES, WORDS
from iatrogenesis.core.pages import filled_page, strict_environment
from iatrogenesis.report.entry import CONFIGURED
from iatrogenesis.report.ranges import by_width
from iatrogenesis.report.rounding import INTERVAL, MONTE_CARLO, NARROW, RANGE, rounded, spanned


class MissingNumber(KeyError):
    """The template asks for a number that no table gave."""


class Numbers:
    """Access to the numbers from the template, by name; an unknown name is an error."""

    def __init__(self, numbers: Mapping[str, dict]) -> None:
        self.numbers = numbers

    def _find(self, name: str) -> dict:
        if name not in self.numbers:
            near = [known for known in self.numbers if known.split(".")[0] == name.split(".")[0]][:5]
            raise MissingNumber(f"no number {name!r} in numbers.json; names like it: {', '.join(near) or 'none'}")
        return self.numbers[name]

    def n(self, name: str) -> str:
        """The number alone, rounded by its Monte Carlo error."""
        found = self._find(name)
        if found["unit"] == CONFIGURED:
            return f"{found['value']:.10g}"
        return rounded(found["value"], found.get("mcse"))

    def mc(self, name: str, unit: str = "") -> str:
        """The number with its Monte Carlo standard error, or its interval where that error is 0 and says nothing."""
        found = self._find(name)
        if "mcse" not in found:
            raise MissingNumber(f"number {name!r} has no Monte Carlo standard error")
        error = found["mcse"]
        value = f"{rounded(found['value'], error)}{unit and NARROW + unit}"
        if not error and "high" in found:
            return spanned(value, *_ends(found), MONTE_CARLO)
        return f"{value} (MCSE {rounded(error, error)})" if error else value

    def plausible(self, name: str, unit: str = "") -> str:
        """A conclusion's median with its 90 % range over the plausible worlds, rounded by the range's width."""
        middle, low, high = self._ranged(name)
        return spanned(f"{middle}{unit and NARROW + unit}", low, high, RANGE)

    def ranged(self, name: str, unit: str = "") -> str:
        """The same where the text around it says that ranges are in brackets."""
        middle, low, high = self._ranged(name)
        return spanned(f"{middle}{unit and NARROW + unit}", low, high)

    def _ranged(self, name: str) -> list[str]:
        values = [self._find(f"{name}.{level}")["value"] for level in ("median", "low_90", "high_90")]
        return [by_width(value, *values[1:]) for value in values]

    def percent(self, name: str) -> str:
        """A proportion in per cent, with two digits."""
        return f"{rounded(100 * self._find(name)['value'], 1.0 if self._find(name)['value'] < 0.1 else 10.0)}{NARROW}%"

    def whole(self, name: str) -> str:
        """The number without decimals: whole clients per 1,000."""
        return rounded(round(self._find(name)["value"]))

    def whole_range(self, name: str) -> str:
        """A conclusion's median with its 90 % range over the plausible worlds in brackets, all without decimals."""
        return spanned(*(self.whole(f"{name}.{level}") for level in ("median", "low_90", "high_90")))

    def surely_below(self, name: str, limit: float) -> bool:
        """Whether the number's whole interval lies below a limit, so that words may say so."""
        found = self._find(name)
        if "high" not in found:
            raise MissingNumber(f"number {name!r} has no interval")
        return found["high"] < limit

    def plain(self, name: str) -> str:
        """The number for people who want its size: two digits, whole from ten on."""
        value = self._find(name)["value"]
        if value == 0 or abs(value) >= 9.5:
            return rounded(round(value))
        return rounded(value, 1.0 if abs(value) >= 1 else 0.1)

    def ci(self, name: str) -> str:
        """The number with its 95 % interval, rounded by the interval's width."""
        found = self._find(name)
        if "low" not in found:
            raise MissingNumber(f"number {name!r} has no interval")
        error = (found["high"] - found["low"]) / 4
        return spanned(rounded(float(found["value"]), error), *_ends(found), INTERVAL)


def _ends(found: dict) -> tuple[str, str]:
    """An interval's ends, rounded by its width."""
    error = (found["high"] - found["low"]) / 4
    return rounded(float(found["low"]), error), rounded(float(found["high"]), error)


def render(
    numbers: Mapping[str, dict],
    figures: list[dict],
    tables: Mapping[str, object],
    about: Mapping,
    template: str,
) -> str:
    """The HTML of the report, or of another page made from the same numbers.

    Parameters
    ----------
    numbers
        Content of numbers.json.
    figures
        name, uri, title, alt, caption; in the order of the page, which numbers them.
    tables
        `iatrogenesis.report.tables.Table` by name.
    about
        What is not a number: study, commit, scenarios, references and the like.
    template
        Name of the page's template.

    Raises
    ------
    MissingNumber, jinja2.UndefinedError
        If the template asks for what is not there.
    """
    return filled_page(templates(numbers, figures, tables, about), template)


def templates(
    numbers: Mapping[str, dict], figures: list[dict], tables: Mapping[str, object], about: Mapping
) -> Environment:
    """The templates of pages and of their sections, with what they may take; see `render`."""
    environment = strict_environment(PackageLoader("iatrogenesis.report", "."))
    access = Numbers(numbers)
    by_name = {figure["name"]: figure | {"number": i} for i, figure in enumerate(figures, start=1)}
    # Macros of an imported file see globals only.
    # pyrefly: ignore[bad-assignment]: Jinja narrows its globals to its own functions
    environment.globals |= {
        "n": access.n,
        "ci": access.ci,
        "mc": access.mc,
        "plain": access.plain,
        "percent": access.percent,
        "plausible": access.plausible,
        "ranged": access.ranged,
        "whole": access.whole,
        "whole_range": access.whole_range,
        "surely_below": access.surely_below,
        "known": set(numbers),
        "define": PHRASES,
        "definitions": WORDS,
        "figures": by_name,
        "tables": tables,
        "title": lambda _, name: f"Figure {by_name[name]['number']}",  # of a page alone
        **about,
    }
    return environment


def template_files() -> list[Path]:
    """The template and its sections (for the test that no number is typed into them)."""
    return sorted(Path(__file__).parent.rglob("*.html.j2"))
