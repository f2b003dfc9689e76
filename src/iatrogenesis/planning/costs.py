"""The smallest design that reaches a target, and what a budget buys, with a cost per therapist, client and year."""

from collections.abc import Iterator
from math import ceil, isfinite

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from iatrogenesis.core.sources import Strict
from iatrogenesis.planning.plan import POWER, Numbers
from iatrogenesis.simulation_study.power_curve import noncentrality_for, power


class Costs(Strict):
    """In any currency.

    Attributes
    ----------
    therapist, client, year
        Of each therapist who takes part, each client whose outcome is counted, and each year that the study lasts.
    budget
        What there is to spend; None if that is open.
    """

    therapist: float = Field(0.0, ge=0, allow_inf_nan=False)
    client: float = Field(0.0, ge=0, allow_inf_nan=False)
    year: float = Field(0.0, ge=0, allow_inf_nan=False)
    budget: float | None = Field(None, gt=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _cost_something(self) -> "Costs":
        if self.therapist == self.client == 0:
            raise ValueError("a cost per therapist or per client is needed, otherwise more of them are free")
        return self

    def each(self, clients: int) -> float:
        """Of one therapist with so many clients."""
        return self.therapist + self.client * clients

    def of(self, therapists: float, clients: int, years: float) -> float:
        """Of a whole study."""
        return therapists * self.each(clients) + self.year * years


def priced(found: pd.DataFrame, numbers: Numbers, costs: Costs) -> Iterator[dict]:
    """Yield rows of a plan: by years, `cost` of the therapists that it needs; with a budget, `power_affordable`.

    Parameters
    ----------
    found
        As `iatrogenesis.planning.plan.plan` returns it. The intervals are those of the number of therapists.
    """
    needed = found[(found["quantity"] == "therapists_needed") & np.isfinite(found["years"])]
    for row in needed.itertuples():
        about = {"years": row.years, "clients": row.clients, "replicates": row.replicates, "beyond": row.beyond}
        ends = {
            name: costs.of(ceil(of), row.clients, row.years) if isfinite(of) else of
            for name, of in (("value", row.value), ("low", row.low), ("high", row.high))
        }
        yield about | {"quantity": "cost"} | ends
        if costs.budget is not None:
            number = int((costs.budget - costs.year * row.years) // costs.each(row.clients))
            powers = [power_of(number, of, numbers.services + 1) for of in (row.value, row.high, row.low)]
            about |= {"beyond": False}
            yield about | {"quantity": "therapists_affordable", "value": max(number, 0)}
            yield about | {"quantity": "power_affordable"} | dict(zip(("value", "low", "high"), powers, strict=True))


def power_of(therapists: int, needed: float, estimated: int = 2) -> float:
    """Power with so many therapists, if so many are needed for `POWER`; 0 with too few for a test.

    `estimated` coefficients cost a degree of freedom each.
    """
    fewest = estimated + 1
    if therapists < fewest or not isfinite(needed):
        return 0.0
    needed, freedom = max(needed, float(fewest)), therapists - estimated
    return float(power(noncentrality_for(POWER, needed - estimated) * np.sqrt(therapists / needed), freedom))


def cheapest(found: pd.DataFrame) -> pd.Series | None:
    """The row of the design that costs least, of those that can be had; None if there is none."""
    part = found[(found["quantity"] == "cost") & ~found["beyond"].astype(bool) & np.isfinite(found["value"])]
    return None if part.empty else part.loc[part["value"].idxmin()]
