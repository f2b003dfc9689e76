"""Clients in session, side by side: one row per quantity, one column per client, always without gaps.

What is remembered of a client between two stays in a slot lies in ``store``, one row per client. So a week is arithmetic
on whole rows, and a client's coming and going moves one column.
"""

from collections.abc import Sequence

import numpy as np


class Slots:
    """Working copies of the clients in session.

    Parameters
    ----------
    names
        Names of the quantities.
    store
        All clients' quantities, shape (clients, names); changed in place when a client leaves a slot.
    capacity
        Most clients that can be in session at the same time.
    """

    def __init__(self, names: Sequence[str], store: np.ndarray, capacity: int) -> None:
        self._at = {name: position for position, name in enumerate(names)}
        self._store = store
        self._data = np.zeros((len(names), capacity))
        self._client = np.zeros(capacity, dtype=np.int64)
        self._row = np.zeros(capacity, dtype=np.int64)
        self.n = 0

    def __getitem__(self, name: str) -> np.ndarray:
        """A quantity of all clients in session, shape (n,); writing into it changes it."""
        return self._data[self._at[name], : self.n]

    def __setitem__(self, name: str, values: np.ndarray | float) -> None:
        self._data[self._at[name], : self.n] = values

    @property
    def client(self) -> np.ndarray:
        """Number of each client, shape (n,)."""
        return self._client[: self.n]

    @property
    def row(self) -> np.ndarray:
        """Row of the therapist each client is with, shape (n,)."""
        return self._row[: self.n]

    def add(self, clients: np.ndarray, rows: np.ndarray) -> slice:
        """Bring clients in, as they were stored; return where they are."""
        where = slice(self.n, self.n + len(clients))
        self._data[:, where] = self._store[clients].T
        self._client[where], self._row[where] = clients, rows
        self.n += len(clients)
        return where

    def remove(self, gone: np.ndarray) -> None:
        """Store the clients in the slots ``gone`` (ascending positions), and close the gaps with those at the end."""
        self._store[self._client[gone]] = self._data[:, gone].T
        left = self.n - len(gone)
        holes = gone[gone < left]
        stay = np.ones(self.n - left, dtype=bool)
        stay[gone[gone >= left] - left] = False
        movers = left + np.flatnonzero(stay)
        self._data[:, holes] = self._data[:, movers]
        self._client[holes], self._row[holes] = self._client[movers], self._row[movers]
        self.n = left

    def column(self, name: str) -> int:
        """Place of a quantity in the store."""
        return self._at[name]
