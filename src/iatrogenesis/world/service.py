"""What a service does to all its clients: part of it stays, part of it changes from year to year."""

import numpy as np

from iatrogenesis.core.streams import Noise
from iatrogenesis.world.burnout import WEEKS_PER_YEAR
from iatrogenesis.world.cohort import Therapists
from iatrogenesis.world.parameters import World


class ServiceDrift:
    """Points per session that a service adds, year by year.

        v_0 = normal,  v_y = p v_(y-1) + sqrt(1 - p^2) normal       ("service.year", occasion = year)
        drift = drift_per_log_odds service_log_odds_sd (sqrt(s) normal + sqrt(1 - s) v_y) ("service.drift")

    with s the stable share of the variance and p the correlation of the changing part from one year to the next.
    """

    def __init__(self, world: World, therapists: Therapists, noise: Noise) -> None:
        p = world.therapist
        self._sd = world.client.drift_per_log_odds.value * p.service_log_odds_sd.value
        self._stable = p.service_stable_share.value
        self._kept, self._noise = p.service_year_correlation.value, noise
        self._who = {"replicate": therapists.replicate, "therapist": therapists.service}
        self._lasting = noise.normal("service.drift", **self._who)
        self._changing = noise.normal("service.year", **self._who, occasion=0)
        self._year = 0
        self.now = self._drift()

    def _drift(self) -> np.ndarray:
        return self._sd * (np.sqrt(self._stable) * self._lasting + np.sqrt(1 - self._stable) * self._changing)

    def move(self, week: int) -> np.ndarray:
        """Points per session in a week (weeks in order), shape (therapists,)."""
        while self._year < week // WEEKS_PER_YEAR:
            self._year += 1
            self.turn(self._year)
        return self.now

    def turn(self, year: int) -> None:
        """Into the next year."""
        new = self._noise.normal("service.year", **self._who, occasion=year)
        self._changing = self._kept * self._changing + np.sqrt(1 - self._kept**2) * new
        self.now = self._drift()
