"""How therapists are called on the page and in pictures: those with too few courses are never named."""

from collections.abc import Mapping

import pandas as pd

from iatrogenesis.own_data.reporting.cells import numeric, true
from iatrogenesis.own_data.settings import OwnData

UNNAMED = "not named"
POOLED = "fewer than "
"""How the name of a group begins that stands for therapists who are not named."""
LONGEST = 18  # letters of a name in a picture


class Names:
    """Labels of therapists by their id."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], settings: OwnData) -> None:
        """Find who may be named.

        A therapist is named who is marked so in the table of therapists *and* has enough finished courses there; who
        stands in other tables only is not. Units of counts are named who have enough in some period.
        """
        self.least = settings.privacy.least_named
        self.named: frozenset[str] = frozenset()
        therapists = tables.get("therapists")
        if therapists is None or therapists.empty:
            self.named = _units(tables.get("services"), self.least)
            return
        enough = numeric(therapists, "clients")["clients"] >= self.least
        if "named" in therapists:
            enough &= true(therapists["named"])
        self.named = frozenset(therapists.loc[enough, "therapist_id"].astype(str))

    def __contains__(self, therapist: object) -> bool:
        """Whether a therapist may be named."""
        return str(therapist) in self.named

    def unit(self, level: object, unit: object) -> str:
        """Return the label of a chart's unit: services and groups keep theirs, therapists as in `of`."""
        return self.of(unit) if level == "therapist" else str(unit)

    def of(self, therapist: object) -> str:
        """Return the label: the id, or that there is none."""
        known = therapist in self or str(therapist).startswith(POOLED)
        return str(therapist) if known else UNNAMED

    def short(self, therapist: object) -> str:
        """Return the label on one line of a picture; nothing for those who are not named."""
        return shortened(str(therapist)) if therapist in self else ""


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return the text on one line, cut where it is longer."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _units(services: pd.DataFrame | None, least: int) -> frozenset[str]:
    if services is None or "unit_id" not in services:
        return frozenset()
    enough = numeric(services, "n")["n"] >= least
    return frozenset(services.loc[enough, "unit_id"].astype(str))
