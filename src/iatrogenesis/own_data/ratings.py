"""Ratings in SDs of the people rated."""

from collections.abc import Iterable

import pandas as pd


def standardised(clients: pd.DataFrame, traits: Iterable[str]) -> pd.DataFrame:
    """Return the clients with each `<trait>_rating` at mean 0 and SD 1.

    Competence and burnout over the therapists, one value each (the mean of a therapist's values); fit and alliance over
    the clients.
    """
    raise NotImplementedError
