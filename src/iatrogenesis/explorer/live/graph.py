"""Expressions: what a number of one client is computed from, as a graph in which nothing stands twice."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

TYPES = ("f64", "i32", "i64")
"""Numbers, truth values and counters, and the products inside the generator of noise."""


class Place(NamedTuple):
    """A number in memory: of the parameters (``p``), a client (``c``), a therapist (``t``) or another one (``u``).

    ``n`` and ``s`` point to what is the same of a client, or of a client's session, at any setting.
    """

    pointer: str
    name: str


class Node:
    """One operation on other nodes; made by `node`, so that equal ones are the same object.

    Attributes
    ----------
    op
        Name of an instruction (``f64.add``), ``const``, ``load``, ``local``, ``call``, ``if``, or ``nothing``.
    type
        One of `TYPES`.
    about
        The constant, the `Place`, the name of a local, or of a function.
    """

    __slots__ = ("about", "args", "op", "type")

    def __init__(self, op: str, kind: str, args: tuple["Node", ...], about: Any) -> None:
        self.op, self.type, self.args, self.about = op, kind, args, about

    def __repr__(self) -> str:
        return f"{self.op} of {len(self.args)}, {self.type}, {self.about}"


_known: dict[tuple, Node] = {}


def node(op: str, kind: str, *args: Node, about: Any = None) -> Node:
    """The node of an operation: the one that is there, or a new one."""
    key = (op, kind, args, repr(about))  # repr: 0.0 is not -0.0
    return _known.setdefault(key, Node(op, kind, args, about))


def constant(value: float, kind: str = "f64") -> Node:
    """A number that is always the same."""
    return node("const", kind, about=float(value) if kind == "f64" else int(value))


def local(name: str, kind: str) -> Node:
    """An argument of the function that is compiled."""
    return node("local", kind, about=name)


def load(place: Place) -> Node:
    """What memory holds when the function begins."""
    return node("load", "f64", about=place)


def call(function: str, *args: Node) -> Node:
    """What another function returns, a number."""
    return node("call", "f64", *args, about=function)


def as_type(one: Node, kind: str) -> Node:
    """The same value in another type; whole numbers are without sign."""
    if one.type == kind:
        return one
    if one.op == "const" and (kind == "f64" or one.type != "f64"):
        return constant(one.about, kind)
    converting = {
        ("i32", "f64"): "f64.convert_i32_u",
        ("f64", "i32"): "i32.trunc_f64_u",
        ("i32", "i64"): "i64.extend_i32_u",
        ("i64", "i32"): "i32.wrap_i64",
    }
    return node(converting[one.type, kind], kind, one)


def uses(roots: Sequence[Node]) -> Counter[Node]:
    """How often each node stands in others, or among the roots."""
    found, waiting, seen = Counter(roots), list(roots), set()
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            found.update(one.args)
            waiting += one.args
    return found
