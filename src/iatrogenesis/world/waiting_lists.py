"""Who gets a free place: first those referred to a therapist, in the order they came, then the therapist's own list."""

import numpy as np

from iatrogenesis.world.cohort import Therapists


class WaitingLists:
    """Free places, waiting lists and queues of referred clients, by therapist."""

    def __init__(self, therapists: Therapists) -> None:
        self._free = therapists.caseload.copy()
        self._waiting = therapists.clients.copy()
        self._next = therapists.first_client.copy()
        self._queue_client = np.zeros(0, dtype=np.int64)
        self._queue_row = np.zeros(0, dtype=np.int64)
        # Therapists of a service are dealt out in turn, so a colleague is so many services further on.
        self._services = int(therapists.service.max()) + 1
        self._per_replicate = int(therapists.index.max()) + 1

    def next(self) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
        """Clients who come this week with the rows of their therapists: the referred, and those new from the lists."""
        referred = self._from_queue()
        begin = np.minimum(self._free, self._waiting)
        row = np.repeat(np.arange(len(begin)), begin)
        within = np.arange(len(row)) - np.repeat(np.cumsum(begin) - begin, begin)
        new = self._next[row] + within
        self._free -= begin
        self._waiting -= begin
        self._next += begin
        return referred, (new, row)

    def _from_queue(self) -> tuple[np.ndarray, np.ndarray]:
        if self._queue_client.size == 0:
            return self._queue_client, self._queue_row
        order = np.argsort(self._queue_row, kind="stable")
        rows = self._queue_row[order]
        start = np.searchsorted(rows, rows, side="left")
        rank = np.empty(len(rows), dtype=np.int64)
        rank[order] = np.arange(len(rows)) - start
        come = rank < self._free[self._queue_row]
        clients, rows = self._queue_client[come], self._queue_row[come]
        self._queue_client, self._queue_row = self._queue_client[~come], self._queue_row[~come]
        self._free -= np.bincount(rows, minlength=len(self._free))
        return clients, rows

    def free_places(self, rows: np.ndarray) -> None:
        """Places of these therapists (rows, once per place) become free."""
        self._free += np.bincount(rows, minlength=len(self._free))

    def queue(self, clients: np.ndarray, rows: np.ndarray) -> None:
        """Clients wait for a place with these therapists, before the lists; in client order within a week."""
        order = np.argsort(clients)
        self._queue_client = np.concatenate([self._queue_client, clients[order]])
        self._queue_row = np.concatenate([self._queue_row, rows[order]])

    def colleague(self, rows: np.ndarray, uniform: np.ndarray) -> np.ndarray:
        """Another therapist of the same service for each, by chance; -1 where there is none."""
        replicate, index = rows // self._per_replicate, rows % self._per_replicate
        service, place = index % self._services, index // self._services
        size = (self._per_replicate - service + self._services - 1) // self._services
        step = 1 + np.floor(uniform * (size - 1)).astype(np.int64)
        other = (place + step) % np.maximum(size, 1)
        target = replicate * self._per_replicate + service + other * self._services
        return np.where(size > 1, target, -1)
