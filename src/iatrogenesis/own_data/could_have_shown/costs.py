"""What the study costs, announced before it runs, and how many data sets that leaves.

Seconds are those of one slow core; they follow from the size of the data alone, so that the same data give the same
tables on every machine.
"""

from typing import NamedTuple

PATIENCE = 240.0
"""Core seconds that it may take."""
FITS = 6.75
"""Fits of a ceiling per replicate: two strengths in full, three by a quarter, four more in full."""
STRENGTHS = 9
FEWEST_CEILING, FEWEST_MODEL = 20, 4
STRATA, FEW_STRATA = 12, 3
MOST_ROWS = 3000  # therapists times strata, if fewer strata can hold it
CEILINGS, SPREADS = 2, 4


class Plan(NamedTuple):
    """How many data sets, and what that costs.

    Attributes
    ----------
    ceiling, model
        Replicates of the ceilings, and data sets that the model is fitted to at each spread.
    strata
        Of the case mix's score in the model.
    seconds
        Core seconds, about.
    asked
        Replicates that were asked for.
    """

    ceiling: int
    model: int
    strata: int
    seconds: float
    asked: int

    @property
    def in_words(self) -> str:
        """What was changed and why; empty where nothing was."""
        if self.ceiling >= self.asked and self.model >= self.asked:
            return ""
        return (
            f"Fewer data sets than the {self.asked} asked for ({self.ceiling} for ceilings, {self.model} for the "
            f"model's rules), so that this takes no more than about {self.seconds / 60:.0f} minutes of one core."
        )


def plan(therapists: int, clients: int, case_mix: bool, asked: int) -> Plan:
    """Return as many data sets as were asked for, or as can be had; ceilings need `FEWEST_CEILING`."""
    strata = min(STRATA, max(FEW_STRATA, MOST_ROWS // therapists)) if case_mix else 1
    per_ceiling, fixed = _ceiling(therapists, clients, case_mix)
    per_model = SPREADS * _model(therapists * strata)
    whole = asked * (CEILINGS * per_ceiling + per_model) + CEILINGS * fixed
    share = min(1.0, (PATIENCE - CEILINGS * fixed) / max(whole - CEILINGS * fixed, 1e-9))
    ceiling = max(int(asked * share), FEWEST_CEILING)
    left = PATIENCE - CEILINGS * (fixed + ceiling * per_ceiling)
    model = max(min(asked, int(left / per_model)), FEWEST_MODEL)
    seconds = CEILINGS * (fixed + ceiling * per_ceiling) + model * per_model
    return Plan(ceiling, min(model, max(asked, FEWEST_MODEL)), strata, seconds, asked)


def _ceiling(therapists: int, clients: int, case_mix: bool) -> tuple[float, float]:
    """Seconds per replicate of one ceiling, and once."""
    rows = min(clients, therapists * (STRATA if case_mix else 1))
    return FITS * (0.015 + 3e-6 * rows), STRENGTHS * 1e-5 * clients


def _model(rows: int) -> float:
    """Seconds per data set and spread, the limits' data sets included."""
    return 0.08 + 2.2e-4 * rows
