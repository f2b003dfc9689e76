"""A first answer within seconds, and the whole one: parts of a plan side by side on several cores."""

from collections.abc import Callable, Iterator
from functools import partial

import pandas as pd

from iatrogenesis.core.orphans import workers
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.planning.assurance import SpreadRange, assurance
from iatrogenesis.planning.costs import Costs, priced
from iatrogenesis.planning.endless import endless
from iatrogenesis.planning.plan import COLUMNS, Numbers, of_years

FIRST = 20
"""Data sets per setting of the first answer: power within about 20 percentage points."""


def first_answer(numbers: Numbers, priors: Priors, seed: int) -> pd.DataFrame:
    """Return the plan of the largest number of years, from few data sets; columns `plan.COLUMNS`."""
    last = numbers.model_copy(update={"years": (max(numbers.years),)})
    parts = [of_years(last, last.years[0], priors, seed, FIRST), endless(last, 2 * FIRST, seed)]
    return _table([list(part) for part in parts])


def whole_answer(
    numbers: Numbers,
    priors: Priors,
    seed: int,
    spread: SpreadRange,
    costs: Costs | None = None,
    replicates: int = 100,
    cores: int = 1,
) -> pd.DataFrame:
    """Return everything: the plan by years, of years without number, assurance, and costs; columns `plan.COLUMNS`.

    Parameters
    ----------
    spread
        What is thought of the therapists' SD, for assurance.
    replicates
        Data sets per setting; assurance and the ceiling, which are cheap, take twice as many.
    cores
        Processes; the numbers do not depend on it.
    """
    # The longest first, so that no core waits for it at the end.
    jobs: list[Callable[[], Iterator[dict]]] = [
        partial(_of_years, numbers, years, priors.model_dump(), seed, replicates)
        for years in sorted(numbers.years, reverse=True)
    ]
    if numbers.effect:
        jobs.append(partial(endless, numbers, 2 * replicates, seed))
        jobs += [partial(assurance, numbers, years, spread, 2 * replicates, seed) for years in numbers.years]
    if cores == 1:
        parts = [list(job()) for job in jobs]
    else:
        with workers(min(cores, len(jobs))) as pool:
            parts = list(pool.map(_done, jobs))
    found = _table(parts)
    if costs is not None and numbers.effect:
        found = _table([found.to_dict("records"), list(priced(found, numbers, costs))])
    return found


def _of_years(numbers: Numbers, years: float, priors: dict, seed: int, replicates: int) -> Iterator[dict]:
    # Priors are put together when a program runs: another process cannot be sent them, but what they are made of.
    return of_years(numbers, years, Priors.model_validate(priors), seed, replicates)


def _done(job: Callable[[], Iterator[dict]]) -> list[dict]:
    return list(job())


def _table(parts: list[list[dict]]) -> pd.DataFrame:
    table = pd.DataFrame([row for part in parts for row in part]).reindex(columns=list(COLUMNS))
    return table.sort_values("years", kind="stable", ignore_index=True)
