"""A plan in sentences, one per question a service asks, each with what Monte Carlo error leaves open."""

from collections.abc import Iterator
from math import ceil, inf, isfinite
from typing import Any

import pandas as pd

from iatrogenesis.core.definitions import PHRASES, RATIO_IN_WORDS
from iatrogenesis.planning.costs import Costs, cheapest
from iatrogenesis.planning.plan import MOST, POWER, Numbers
from iatrogenesis.simulation_study.needed import RELIABILITY

TARGET = f"{100 * POWER:.0f} % power"


def sentences(found: pd.DataFrame, numbers: Numbers, costs: Costs | None = None) -> Iterator[str]:
    """Yield what a plan says, of the largest number of years and beside the smallest.

    Parameters
    ----------
    found
        Rows of `iatrogenesis.planning.plan.plan`, with or without those of `endless`, `assurance` and `costs`.
    """
    rows = {(row.years, row.quantity): row for row in found.itertuples()}
    first, last = min(years for years, _ in rows), max(numbers.years)
    if numbers.effect:
        yield from _burnout(rows, numbers, last)
        if first < last:
            yield (
                f"Years: power is {_percent(rows[first, 'power'])} after {years_in_words(first)} and "
                f"{_percent(rows[last, 'power'])} after {years_in_words(last)}."
            )
    if (last, "assurance") in rows:
        yield (
            f"Assurance: as nobody knows how much therapists differ, burnout's effect is found with a probability of "
            f"{_percent(rows[last, 'assurance'])} after {years_in_words(last)}, averaged over the range of that."
        )
    yield from _smallest(rows, numbers, last)
    yield from _spread_and_flags(rows, numbers, last)
    if costs is not None and numbers.effect:
        yield from _costs(found, rows, numbers, costs)


def _burnout(rows: dict, numbers: Numbers, years: float) -> Iterator[str]:
    among = f" in {numbers.services} services, compared within them," if numbers.services > 1 else ""
    who, what = f"{numbers.therapists} therapists{among}", f"an odds ratio of {numbers.odds_ratio:.3g}"
    now, needed, ever = rows[years, "power"], rows[years, "therapists_needed"], rows.get((inf, "power"))
    with_years = f"with {years_in_words(years)} of data"
    many = f"{needed_in_words(needed)} are needed {with_years}"
    if ever is not None and ever.high < POWER:
        least = needed_in_words(rows[inf, "therapists_needed"])
        yield (
            f"Burnout: {who} never reach {TARGET} for {what}, per SD of burnout: {_percent(now)} {with_years}, "
            f"{_percent(ever)} with any number of clients; {many}, and at least {least} with any number of years."
        )
    else:
        reach = "reach" if needed.value <= numbers.therapists else "do not reach"
        yield f"Burnout: {who} {reach} {TARGET} for {what}, per SD of burnout, {with_years}: {_percent(now)}; {many}."


def _smallest(rows: dict, numbers: Numbers, years: float) -> Iterator[str]:
    row = rows[years, "smallest_odds_ratio"]
    if row.beyond:
        yield (
            f"Smallest effect: {numbers.therapists} therapists find none with {TARGET} after {years_in_words(years)}, "
            f"not even if burnout explained all that differs between therapists."
        )
        return
    yield (
        f"Smallest effect: with {TARGET}, {numbers.therapists} therapists find an odds ratio of {row.value:.2f} "
        f"({row.low:.2f} to {row.high:.2f}) after {years_in_words(years)}."
    )


def _spread_and_flags(rows: dict, numbers: Numbers, years: float) -> Iterator[str]:
    width = rows[years, "width_vpc"]
    if isfinite(width.value):
        yield (
            f"Differences between therapists: the 95 % interval of the share of variance between them (VPC) will be "
            f"{width.value:.2f} wide on average ({width.low:.2f} to {width.high:.2f}) after {years_in_words(years)}."
        )
    found, wrong = rows.get((years, "sensitivity")), rows.get((years, "fdr"))
    if found is not None and wrong is not None and isfinite(found.value):
        yield (
            f"Flagging: of therapists whose rate is above {RATIO_IN_WORDS} the mean, {_percent(found)} are flagged by "
            f"a probability of at least {PHRASES['probability']} after {years_in_words(years)}; on average "
            f"{_percent(wrong)} of those flagged are not harmful."
        )
    row = rows[years, "reliability"]
    yield (
        f"Raw rates: their reliability is {row.value:.2f} after {years_in_words(years)}; below {RELIABILITY:.2f}, do "
        f"not rank therapists by them."
    )


def _costs(found: pd.DataFrame, rows: dict, numbers: Numbers, costs: Costs) -> Iterator[str]:
    best = cheapest(found)
    if best is None:
        yield f"Costs: no design up to {years_in_words(max(numbers.years))} and {MOST:,} therapists reaches {TARGET}."
        return
    needed = rows[best["years"], "therapists_needed"]
    yield (
        f"Costs: the smallest design that reaches {TARGET} has {ceil(needed.value):,} therapists and "
        f"{years_in_words(best['years'])}, and costs {best['value']:,.0f} ({best['low']:,.0f} to {best['high']:,.0f})."
    )
    if costs.budget is not None:
        part = found[found["quantity"] == "power_affordable"]
        most = part.loc[part["value"].idxmax()]
        number = rows[most["years"], "therapists_affordable"].value
        yield (
            f"Budget: {costs.budget:,.0f} pays for {number:,.0f} therapists over {years_in_words(most['years'])} at "
            f"best, with a power of {_percent(most)}."
        )


def needed_in_words(row: Any) -> str:
    """A number of therapists with what Monte Carlo error leaves open, both rounded up."""
    if row.value > MOST:
        return f"more than {MOST:,}"
    above = f"{ceil(row.high):,}" if isfinite(row.high) else "many more"
    return f"{ceil(row.value):,} ({ceil(row.low):,} to {above})"


def _percent(row: Any) -> str:
    """A share in per cent, with its 95 % Monte Carlo interval where it has one."""
    value, low, high = (100 * one for one in (row.value, row.low, row.high))
    return f"{value:.0f} % ({low:.0f} to {high:.0f})" if isfinite(low) and isfinite(high) else f"{value:.0f} %"


def years_in_words(years: float) -> str:
    """A number of years, with its noun."""
    return "one year" if years == 1 else f"{years:g} years"
