"""Worlds side by side: what differs between the members of an ensemble, as numbers that vary along one simulation.

A number of a scenario may hold one value for each member, shape (members,). Members are simulated as one block, each
with the same people and the same chance events as if it were alone, because arithmetic over many clients costs little
more than over few. Wherever the engine looks at therapists, at clients or at those in session, it uses a copy of the
scenario whose numbers are those of their members, so that neither it nor a mechanism knows whether there is one world
or hundreds.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import BaseModel

from iatrogenesis.core.sources import Sourced, records


def with_members[T: BaseModel](node: T, values: Mapping[str, np.ndarray]) -> T:
    """A copy in which some numbers, by dotted path, hold one value for each member, shape (members,).

    Raises
    ------
    ValueError
        If a path is no single number of the scenario, or the numbers of members differ.
    """
    known = {path for path, record in records(node).items() if isinstance(record, Sourced)}
    if unknown := sorted(set(values) - known):
        raise ValueError(f"{unknown[0]!r} is not a number of this scenario; take paths from `records`")
    if len({np.shape(value) for value in values.values()}) > 1 or any(np.ndim(value) != 1 for value in values.values()):
        raise ValueError("each number needs one value for each member, shape (members,)")
    return _changed(node, {path: np.asarray(value, dtype=float) for path, value in values.items()})


def together[T: BaseModel](worlds: Sequence[T]) -> T:
    """Scenarios that differ in numbers alone as the members of one.

    Raises
    ------
    ValueError
        If they differ otherwise: in mechanisms, say, or preventions.
    """
    first, *others = (records(world) for world in worlds)
    if any(other.keys() != first.keys() for other in others):
        raise ValueError("worlds that have other routes or sections cannot be members of one ensemble")
    values = {path: [record.value, *(other[path].value for other in others)] for path, record in first.items()}
    return with_members(worlds[0], {p: np.array(v) for p, v in values.items() if any(one != v[0] for one in v)})


def member_count(node: BaseModel) -> int:
    """How many members a scenario (or a part of it) holds; 1 where no number varies."""
    return next((len(value) for value in varying(node).values()), 1)


def varying(node: BaseModel) -> dict[str, np.ndarray]:
    """The values of every number that varies, by dotted path."""
    return {path: record.value for path, record in records(node).items() if isinstance(record.value, np.ndarray)}


def aligned[T: BaseModel](node: T, member: np.ndarray) -> T:
    """A copy whose varying numbers are those of these people, by the member of each; itself where none varies."""
    return View(node, member).scenario


def one_of[T: BaseModel](node: T, member: int) -> T:
    """A copy of one member alone."""
    return _changed(node, {path: float(value[member]) for path, value in varying(node).items()})


def at(value: float | np.ndarray, where: np.ndarray) -> float | np.ndarray:
    """An aligned number at some positions."""
    return value[where] if isinstance(value, np.ndarray) else value


class View[T: BaseModel]:
    """A copy of a scenario whose varying numbers are those of the people looked at.

    A number is taken when it is first asked for: most are not needed of everybody, nor in every week.

    Attributes
    ----------
    scenario
        The copy, the same object all along.
    now
        The member that each of the people looked at belongs to.
    """

    def __init__(self, scenario: T, member: np.ndarray) -> None:
        self._of_all, self.now = member, member
        self._numbers = {path: _Number(self, values) for path, values in varying(scenario).items()}
        self.scenario = _replaced(scenario, "", self._numbers)

    def look(self, who: np.ndarray) -> None:
        """Look at some of the people, by position, from now on."""
        if self._numbers:
            self.now = self._of_all.take(who, mode="clip")
            for number in self._numbers.values():
                number.taken = None


class _Number:
    """What stands for a record in that copy: its ``value`` is an array, one entry for each of the people looked at."""

    __slots__ = ("_values", "_view", "taken")

    def __init__(self, view: View, values: np.ndarray) -> None:
        self._view, self._values = view, values
        self.taken: np.ndarray | None = None

    @property
    def value(self) -> np.ndarray:
        taken = self.taken
        if taken is None:
            taken = self.taken = self._values.take(self._view.now, mode="clip")  # without a check of every index
        return taken


def _changed[T: BaseModel](node: T, values: Mapping[str, Any]) -> T:
    """A copy with the values of some records replaced."""
    own = records(node)
    return _replaced(node, "", {name: own[name].model_copy(update={"value": one}) for name, one in values.items()})


def _replaced(node: Any, path: str, others: Mapping[str, Any]) -> Any:
    """A copy with some records replaced, by dotted path; what has none of them below is shared."""
    if path in others:
        return others[path]
    if not any(name.startswith(f"{path}.") or not path for name in others) or isinstance(node, str | Sourced):
        return node

    def below(name: str, child: Any) -> Any:
        return _replaced(child, f"{path}.{name}" if path else name, others)

    if isinstance(node, BaseModel):
        return node.model_copy(update={name: below(name, getattr(node, name)) for name in type(node).model_fields})
    if isinstance(node, tuple):
        return tuple(below(getattr(child, "kind", str(i)), child) for i, child in enumerate(node))
    if isinstance(node, dict):
        return {name: below(name, child) for name, child in node.items()}
    return node
