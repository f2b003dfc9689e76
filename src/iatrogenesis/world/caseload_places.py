"""Clients in session, side by side: one row per quantity, one column per client, always without gaps.

So a week is arithmetic on whole rows, and a client's coming and going moves one column. *Fixed* quantities are traits
that are only read, *kept* ones are stored when a client leaves, *passing* ones have no meaning beyond it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numba import njit


@njit(cache=True)
def _take_from_store(data, first, row, store, clients):
    for k in range(store.shape[1]):  # a row of `data` after the other: they lie far apart
        for j in range(clients.size):
            data[row + k, first + j] = store[clients[j], k]


@njit(cache=True)
def _write_to_store(data, row, store, clients, gone):
    for j in range(gone.size):
        for k in range(store.shape[1]):
            store[clients[j], k] = data[row + k, gone[j]]


@njit(cache=True)
def _close(data, holes, movers):
    for row in range(data.shape[0]):
        for j in range(holes.size):
            data[row, holes[j]] = data[row, movers[j]]


class CaseloadPlaces:
    """Working copies of the clients in session.

    Parameters
    ----------
    fixed
        Traits of all clients by name, shape (clients,).
    kept
        Names of kept quantities.
    initial
        What kept quantities are at first, by name, shape (clients,); those left out begin at 0.
    passing
        Names of quantities that exist only while a client is in session.
    capacity
        Most clients that can be in session at the same time.
    """

    def __init__(
        self,
        fixed: Mapping[str, np.ndarray],
        kept: Sequence[str],
        initial: Mapping[str, np.ndarray],
        passing: Sequence[str],
        capacity: int,
    ) -> None:
        names = [*fixed, *kept, *passing]
        self._at = {name: position for position, name in enumerate(names)}
        if len(self._at) != len(names):
            raise ValueError("duplicate name of a quantity; rename one")
        self._fixed, self._first_kept = dict(fixed), len(fixed)
        self._initial = {self._at[name]: values for name, values in initial.items()}
        clients = len(next(iter(fixed.values())))
        self._store = np.zeros((clients, len(kept)))
        self._data = np.zeros((len(names), capacity))
        self._client = np.zeros(capacity, dtype=np.int64)
        self._row = np.zeros(capacity, dtype=np.int64)
        self.n = 0

    def __getitem__(self, name: str) -> np.ndarray:
        """A quantity of all clients in session, shape (n,); writing into it changes it."""
        return self._data[self._at[name], : self.n]

    def __setitem__(self, name: str, values: np.ndarray | float) -> None:
        self._data[self._at[name], : self.n] = values

    def stored(self, name: str) -> np.ndarray:
        """A kept quantity of all clients as of when they last left a place, shape (clients,)."""
        return self._store[:, self._at[name] - self._first_kept]

    @property
    def client(self) -> np.ndarray:
        """Number of each client, shape (n,)."""
        return self._client[: self.n]

    @property
    def row(self) -> np.ndarray:
        """Row of the therapist each client is with, shape (n,)."""
        return self._row[: self.n]

    def begin(self, clients: np.ndarray, rows: np.ndarray) -> None:
        """Bring clients in for the first time."""
        where = self._add(clients, rows)
        self._data[self._first_kept :, where] = 0.0
        for position, values in self._initial.items():
            values.take(clients, out=self._data[position, where], mode="clip")

    def bring_back(self, clients: np.ndarray, rows: np.ndarray) -> None:
        """Bring clients in as they were stored."""
        if len(clients) == 0:  # as in most weeks
            return
        where = self._add(clients, rows)
        self._data[self._first_kept :, where] = 0.0
        _take_from_store(self._data, where.start, self._first_kept, self._store, clients)

    def _add(self, clients: np.ndarray, rows: np.ndarray) -> slice:
        where = slice(self.n, self.n + len(clients))
        for position, values in enumerate(self._fixed.values()):
            values.take(clients, out=self._data[position, where], mode="clip")
        self._client[where], self._row[where] = clients, rows
        self.n += len(clients)
        return where

    def store(self, who: np.ndarray) -> None:
        """Store the clients in some places (positions) as they are now."""
        _write_to_store(self._data, self._first_kept, self._store, self._client[who], who)

    def close(self, gone: np.ndarray) -> None:
        """Give up the places ``gone`` (ascending positions): those at the end move into the gaps."""
        left = self.n - len(gone)
        holes = gone[gone < left]
        stay = np.ones(self.n - left, dtype=bool)
        stay[gone[gone >= left] - left] = False
        movers = left + np.flatnonzero(stay)
        _close(self._data, holes, movers)
        self._client[holes], self._row[holes] = self._client[movers], self._row[movers]
        self.n = left
