"""Assurance: the probability of finding burnout's effect when nobody knows how much therapists differ.

Power is worked out for one spread between therapists. Here each data set has a spread of its own, drawn from what is
thought of it, and the share of data sets in which burnout is found is power averaged over that. Burnout's effect is
held to be what it was given as; so the spread is drawn among those that leave room for it. No spread is drawn at
random: the data sets take its quantiles in turn.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy.special import ndtr, ndtri

from iatrogenesis.core.montecarlo import share_interval
from iatrogenesis.core.sources import Strict
from iatrogenesis.core.streams import derived_seed
from iatrogenesis.inference.models.spread import sd_of
from iatrogenesis.planning.plan import Numbers
from iatrogenesis.simulation_study.advice import t_test

END = 1.6448536269514722  # standard normal score of the end of a 90 % range


class SpreadRange(Strict):
    """The 90 % range of the therapists' SD, log-normal in between.

    Attributes
    ----------
    low, high
        SD of log odds.
    """

    low: float
    high: float

    @classmethod
    def of_shares(cls, low: float, high: float) -> "SpreadRange":
        """By the ends of a 90 % range of the variance share (VPC).

        Raises
        ------
        ValueError
            If they are no shares in this order.
        """
        if not 0 < low < high < 1:
            raise ValueError(f"VPC range {low:g} to {high:g}: give two shares between 0 and 1, the lower one first")
        return cls(low=float(sd_of(low)), high=float(sd_of(high)))

    def about(self, middle: float) -> "SpreadRange":
        """As wide, as a ratio, but with this SD as its median."""
        half = np.sqrt(self.high / self.low)
        return type(self)(low=middle / half, high=middle * half)

    def quantiles(self, number: int, least: float) -> np.ndarray:
        """So many SDs, evenly spaced in probability, of those that are at least so large; shape (number,).

        Raises
        ------
        ValueError
            If hardly any is.
        """
        if least > self.high:
            raise ValueError(
                f"burnout's effect alone makes therapists differ by an SD of {least:.2f}, more than the range of the "
                f"spread, which ends at {self.high:.2f}; take a wider range or a smaller effect"
            )
        centre, width = np.log(self.low * self.high) / 2, np.log(self.high / self.low) / (2 * END)
        below = ndtr((np.log(least) - centre) / width) if least > 0 else 0.0
        shares = below + (1 - below) * (np.arange(number) + 0.5) / number
        return np.maximum(np.exp(centre + width * ndtri(shares)), least)


def assurance(numbers: Numbers, years: float, spread: SpreadRange, replicates: int, seed: int) -> Iterator[dict]:
    """Yield the row of a plan that says with what probability burnout is found after so many years.

    The interval is that of a share of independent data sets, which quantiles in turn make a little too wide.
    """
    setting = replace(numbers.setting(years), effect=numbers.effect)
    own = derived_seed(seed, "assurance")
    sds = spread.quantiles(replicates, abs(numbers.effect))
    found = np.array([t_test(replace(setting, therapist_sd=float(sd)), own, k) for k, sd in enumerate(sds)])
    value, mcse = float(found.mean()), float(found.std(ddof=1) / np.sqrt(replicates))
    low, high = share_interval(value, mcse, replicates)
    about = {"years": years, "clients": setting.clients, "quantity": "assurance", "beyond": False}
    yield about | {"value": value, "low": low, "high": high, "mcse": mcse, "replicates": replicates}
