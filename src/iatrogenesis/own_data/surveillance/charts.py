"""One chart: a unit's courses in order, its threshold, its alarm, and how often such charts err.

An alarm is a value above the threshold. The threshold is the highest value that at least 1 - a of the simulated charts
without a change do not exceed, counted so that "alarm" and "p-value of the highest value at most a" are the same.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from iatrogenesis.core.montecarlo import ratio
from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.surveillance.scores import TINY, changed, costs, first_above, path
from iatrogenesis.own_data.surveillance.simulated import highest, run_lengths

FEW, MANY = 1_000, 10_000
"""Charts that are simulated for a threshold, at least and at most."""
STEPS = 2e9  # courses that are simulated for the thresholds of all charts together
RUN_STEPS = 3e8  # and for their run lengths
RUNS = 400
FEWEST_RUNS = 50
AGAIN = 10  # exceedances, at most, of a highest value whose p-value is simulated anew by more charts
MORE = 200_000
MORE_STEPS = 2e8  # courses that are simulated for one such p-value
PATIENCE = 5.0  # a run without an alarm ends after so many times the run length that is expected


@dataclass(frozen=True)
class Asked:
    """What all charts are to find, and at what price.

    Attributes
    ----------
    odds_ratio
        Of deterioration, to be found.
    false_alarms
        Greatest chance of a false alarm of each chart, over all its courses.
    simulations, runs
        Charts simulated for a threshold, and for a run length.
    run_steps
        Courses simulated for one run length, at most, per course of the unit.
    """

    odds_ratio: float
    false_alarms: float
    simulations: int
    runs: int
    run_steps: float

    @classmethod
    def of(cls, odds_ratio: float, false_alarms: float, courses: int) -> Self:
        """Choose numbers of simulations that take about a minute at most for so many courses in all charts."""
        enough = min(int(np.ceil(20 / false_alarms)), MORE)
        number = max(int(np.clip(STEPS / max(courses, 1), FEW, MANY)), enough)
        steps = RUN_STEPS / max(courses, 1)
        runs = int(np.clip(steps * false_alarms, FEWEST_RUNS, RUNS))
        return cls(odds_ratio, false_alarms, number, runs, steps)

    @property
    def allowed(self) -> int:
        """How many simulated charts may reach what raises an alarm.

        Raises
        ------
        DataError
            If the chance is too small to be simulated.
        """
        number = int(np.floor(self.false_alarms * (self.simulations + 1) + TINY)) - 1
        if number < 0:
            raise DataError(
                f"surveillance.false_alarms: {self.false_alarms:g} is too small for {self.simulations:,} simulated "
                f"charts; take {2 / self.simulations:g} at least"
            )
        return number


@dataclass(frozen=True)
class Estimated:
    """A simulated number and its Monte Carlo standard error."""

    value: float
    mcse: float


@dataclass(frozen=True)
class Chart:
    """A unit's chart.

    Attributes
    ----------
    values
        After each course, shape (n,).
    threshold
        A value above it is an alarm.
    alarm
        Position of the first, None without.
    p_value
        Of the highest value, without a change: (1 + simulated charts that reach it) / (1 + simulated charts).
    false_alarm
        Chance that a chart without a change raises an alarm.
    run_length
        Courses until a false alarm, on average.
    power
        Chance of an alarm if the odds were those to be found from the first course on.
    delay
        Courses from such a change to the alarm, on average, the chart being at 0.
    """

    values: np.ndarray
    threshold: float
    alarm: int | None
    p_value: float
    false_alarm: Estimated
    run_length: Estimated
    power: Estimated
    delay: Estimated


def chart(name: str, events: np.ndarray, risk: np.ndarray, asked: Asked, seed: int) -> Chart:
    """Draw a unit's chart, and simulate its threshold and its errors.

    Parameters
    ----------
    name
        Of the unit, unique among all: the noise is keyed by it.
    events, risk
        Of its courses in order, shape (n,).
    """
    gain, cost, worse = float(np.log(asked.odds_ratio)), costs(risk, asked.odds_ratio), changed(risk, asked.odds_ratio)
    values = path(events, risk, asked.odds_ratio)
    still = np.sort(highest(seed, f"cusum/{name}", risk, cost, gain, asked.simulations))
    threshold = float(still[-1 - asked.allowed])
    moved = highest(seed, f"cusum changed/{name}", worse, cost, gain, asked.simulations)
    reached = _reached(still, values.max())
    p_value = (1 + reached) / (1 + asked.simulations)
    if reached < min(AGAIN, asked.allowed):
        number = int(np.clip(MORE_STEPS / len(risk), asked.simulations, MORE))
        more = highest(seed, f"cusum again/{name}", risk, cost, gain, number)
        p_value = min((1 + _reached(more, values.max())) / (1 + number), asked.false_alarms)
    lengths = {}
    for state, risks in (("still", risk), ("moved", worse)):
        most = int(max(min(PATIENCE / asked.false_alarms, asked.run_steps / asked.runs) * len(risk), 100))
        runs = (asked.runs, most)
        lengths[state] = _length(
            *run_lengths(seed, f"cusum {state}/{name}", risks, cost, gain, threshold + TINY, *runs)
        )
    return Chart(
        values=values,
        threshold=threshold,
        alarm=first_above(values, threshold),
        p_value=p_value,
        false_alarm=_share(still > threshold + TINY),
        run_length=lengths["still"],
        power=_share(moved > threshold + TINY),
        delay=lengths["moved"],
    )


def _reached(simulated: np.ndarray, value: float) -> int:
    return int(np.count_nonzero(simulated >= value - TINY))


def _share(found: np.ndarray) -> Estimated:
    share = float(found.mean())
    return Estimated(share, float(np.sqrt(share * (1 - share) / len(found))))


def _length(courses: np.ndarray, alarm: np.ndarray) -> Estimated:
    """Courses per alarm: the mean where every run ends by one, else that of a geometric length."""
    if not alarm.any():
        return Estimated(np.nan, np.nan)
    return Estimated(*ratio(courses.astype(float), alarm.astype(float)))
