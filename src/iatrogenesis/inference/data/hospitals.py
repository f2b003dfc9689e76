"""A published example to check against: infant cardiac surgery in twelve hospitals.

Deaths within 30 days after operations on infants, the "Surgical" example of the BUGS manuals (Spiegelhalter, Thomas,
Best & Gilks 1996, BUGS Examples Volume 1; spiegelhalter1996bugs in the bibliography). Small
enough for exact answers: twelve binomials and two parameters.
"""

import pandas as pd

from iatrogenesis.inference.data.outcomes import OutcomeData, counts

OPERATIONS = (47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360)
DEATHS = (0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24)


def hospitals() -> pd.DataFrame:
    """Return the published table: columns hospital ("A" to "L"), operations and deaths."""
    return pd.DataFrame({"hospital": list("ABCDEFGHIJKL"), "operations": OPERATIONS, "deaths": DEATHS})


def hospital_outcomes() -> OutcomeData:
    """Return the table as data of the intercept-only model: a hospital is a therapist, a death a deterioration."""
    table = hospitals()
    return counts("hospitals", tuple(table["hospital"]), table["deaths"].to_numpy(), table["operations"].to_numpy())
