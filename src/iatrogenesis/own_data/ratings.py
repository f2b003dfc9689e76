"""Ratings in SDs of the people rated."""

from collections.abc import Iterable

import pandas as pd

from iatrogenesis.core.tables import DataError

OF_THERAPISTS = ("competence", "burnout")


def standardised(clients: pd.DataFrame, traits: Iterable[str]) -> pd.DataFrame:
    """Return the clients with each `<trait>_rating` at mean 0 and SD 1.

    Competence and burnout over the therapists, one value each (the mean of a therapist's values), which all of a
    therapist's clients get; fit and alliance over the clients. Missing ratings stay missing.

    The SD is that of the people rated here, error of the rating included: where they are few or alike, "per SD" is
    another unit than elsewhere, and so is what the prior of a coefficient allows. A therapist's mean over years holds
    ratings that came after outcomes.

    Parameters
    ----------
    clients
        Table with `therapist_id` and `<trait>_rating`.
    traits
        Without ``_rating``.

    Raises
    ------
    DataError
        If a rating does not vary between those rated.
    """
    result = clients.copy()
    for trait in traits:
        name = f"{trait}_rating"
        rating = clients[name].astype("float64")
        if trait in OF_THERAPISTS:
            people = rating.groupby(clients["therapist_id"]).mean()
            rating, who = clients["therapist_id"].map(people).astype("float64"), "therapists"
        else:
            people, who = rating, "clients"
        sd = people.std()
        if not sd > 1e-12 * max(abs(people.mean()), 1.0):  # neither none, nor only rounding
            raise DataError(
                f"columns.ratings.{trait}: the rating does not vary between {who} (found {people.nunique()} values). "
                "Leave it out."
            )
        result[name] = (rating - people.mean()) / sd
    return result
