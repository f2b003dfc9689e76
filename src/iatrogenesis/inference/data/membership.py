"""The data of the model `membership`: who a client began with, who finished, and how the sessions are shared out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Self

import numpy as np
import pandas as pd

from iatrogenesis.core.tables import DataError, flags, numbers, refuse, require_columns
from iatrogenesis.inference.data.clients import Tables, from_clients
from iatrogenesis.inference.data.outcomes import Arrays, OutcomeData, contiguous

FIRST, SHARE, LAST = "first_therapist_id", "first_share", "last_therapist_id"


@dataclass(frozen=True)
class MembershipData:
    """One row per client, who belongs to one therapist or, in known parts, to two.

    Attributes
    ----------
    people
        Outcomes, covariates, and the therapist who finished.
    first
        int, shape (rows,). Index of the therapist who began; of the same one where nobody was referred.
    share
        float64, shape (rows,). What the first therapist counts, from 0 to 1; the one who finished counts the rest.
    """

    OBSERVED: ClassVar = ("deteriorated",)

    people: OutcomeData
    first: np.ndarray = field(repr=False)
    share: np.ndarray = field(repr=False)

    @property
    def dataset(self) -> str:
        """Name of the data set."""
        return self.people.dataset

    @property
    def therapist_ids(self) -> tuple[str, ...]:
        """The therapists, in the order of their index."""
        return self.people.therapist_ids

    @property
    def covariate_names(self) -> tuple[str, ...]:
        """Names of the covariates' columns."""
        return self.people.covariate_names

    @property
    def clients(self) -> np.ndarray:
        """Clients per therapist, those in two hands counted in parts, float64, shape (J,)."""
        count, trials = len(self.therapist_ids), self.people.trials
        began = np.bincount(self.first, self.share * trials, count)
        return began + np.bincount(self.people.therapist, (1 - self.share) * trials, count)

    def arrays(self) -> Arrays:
        """Return outcomes, both therapists, the share and the covariates."""
        return {
            **self.people.arrays(),
            "first_index": (("row",), contiguous(self.first, np.int64)),
            "first_share": (("row",), contiguous(self.share)),
        }

    def coords(self) -> dict[str, tuple[str, ...]]:
        """Return therapists and covariates."""
        return self.people.coords()

    def constants(self) -> Arrays:
        """Return centres and scales of the covariates."""
        return self.people.constants()

    def validate(self) -> Self:
        """Return the data unchanged after every check.

        Raises
        ------
        DataError
            On the first thing that is wrong.
        """
        self.people.validate()
        shape, count = np.shape(self.people.therapist), len(self.therapist_ids)
        refuse(self.people.trials != 1, self.people.trials, f"{self.dataset}: each row must be one client")
        if np.shape(self.first) != shape or not np.issubdtype(self.first.dtype, np.integer):
            raise DataError(f"{self.dataset}: first must hold one whole number per row, found {np.shape(self.first)}.")
        outside = (self.first < 0) | (self.first >= count)
        refuse(outside, self.first, f"{self.dataset}: first must be an index into the {count} therapists")
        if np.shape(self.share) != shape:
            raise DataError(f"{self.dataset}: share must have one value per row, found {np.shape(self.share)}.")
        outside = ~((self.share >= 0) & (self.share <= 1))
        refuse(outside, self.share, f"{self.dataset}: the first therapist's share must lie between 0 and 1")
        return self


def from_referrals(
    clients: pd.DataFrame, covariates: Sequence[str], *, dataset: str, therapist_ids: Sequence[str] | None = None
) -> MembershipData:
    """Return the finished courses as data of the model `membership`.

    Parameters
    ----------
    clients
        As for `iatrogenesis.inference.data.clients.from_clients`; `therapist_id` is who finished. Further
        `first_therapist_id` and `first_share` (of the sessions), both missing or 0 for clients with one therapist;
        without these columns nobody was referred.
    covariates, dataset
        As there.
    therapist_ids
        By default all therapists of the table, those who only began included, sorted.

    Raises
    ------
    DataError
        As there; where only one of the two columns is given, or a share is outside 0 to 1 or belongs to nobody.
    """
    clients = clients.reset_index(drop=True)
    require_columns(clients, ("therapist_id", "finished"), dataset)
    given = [name for name in (FIRST, SHARE) if name in clients]
    if len(given) == 1:
        raise DataError(f"{dataset}: column {given[0]!r} needs both {FIRST!r} and {SHARE!r}. Give both, or neither.")
    first, share = clients["therapist_id"], np.zeros(len(clients))
    if given:
        share = numbers(clients.assign(**{SHARE: clients[SHARE].fillna(0.0)}), SHARE, dataset)
        refuse((share < 0) | (share > 1), clients[SHARE], f"{dataset}: column {SHARE!r} must lie between 0 and 1")
        nobody = (share > 0) & clients[FIRST].isna().to_numpy()
        refuse(nobody, clients[SHARE], f"{dataset}: column {SHARE!r} gives a share to nobody; name the {FIRST!r}")
        first = clients[FIRST].where(share > 0, first)
    ids = tuple(therapist_ids or sorted({*clients["therapist_id"].dropna(), *first.dropna()}))
    people = from_clients(clients, covariates, dataset=dataset, therapist_ids=ids, allow_empty=True)
    index = pd.Index(ids).get_indexer(first).astype(np.int64)
    refuse(index < 0, first, f"{dataset}: column {FIRST!r} names a therapist who is not in the given therapist_ids")
    kept = flags(clients, "finished", dataset)
    return MembershipData(people, index[kept], share[kept]).validate()


def with_referrals(tables: Tables, dataset: str) -> pd.DataFrame:
    """Return the clients' table with the columns of referrals, counted from the sessions where it has none.

    A table in which `therapist_id` is who began and `last_therapist_id` who finished, as the simulator writes it, is
    turned round, and the share is that of the sessions attended with who began among those with either.

    Raises
    ------
    DataError
        If somebody changed therapist and there are no sessions to tell when.
    """
    clients = tables["clients"]
    if FIRST in clients or LAST not in clients:
        return clients
    moved = (clients["therapist_id"] != clients[LAST]).to_numpy()
    if not moved.any():
        return clients
    if "sessions" not in tables:
        raise DataError(f"{dataset}: {moved.sum()} clients changed therapist; give the sessions, to say when.")
    held = tables["sessions"].groupby(["client_id", "therapist_id"]).size()
    parts = [
        held.reindex(pd.MultiIndex.from_frame(clients[["client_id", who]]), fill_value=0).to_numpy()
        for who in ("therapist_id", LAST)
    ]
    refuse(moved & (sum(parts) == 0), clients["client_id"], f"{dataset}: a client who changed therapist has no session")
    share = np.where(moved, parts[0] / np.maximum(sum(parts), 1), 0.0)
    return clients.assign(**{FIRST: clients["therapist_id"].where(moved), "therapist_id": clients[LAST], SHARE: share})
