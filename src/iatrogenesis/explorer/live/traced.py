"""Symbols that pass for arrays: NumPy code that meets them writes down what it computes of one client.

A number is ``f64``, a truth value ``i32`` (0 or 1). What depends on how many clients there are is refused, or means
nothing (`NOTHING`): the calendar is the page's own.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from iatrogenesis.explorer.live.graph import Node, as_type, call, constant, node

NUMBERS = {"add": "add", "subtract": "sub", "multiply": "mul", "divide": "div", "maximum": "max", "minimum": "min"}
COMPARISONS = {
    "less": "lt", "less_equal": "le", "greater": "gt", "greater_equal": "ge", "equal": "eq", "not_equal": "ne",
}  # fmt: skip
ONE = {"negative": "neg", "sqrt": "sqrt", "floor": "floor", "rint": "nearest", "absolute": "abs", "trunc": "trunc"}
LOGIC = {"logical_or": "or", "logical_and": "and", "bitwise_or": "or", "bitwise_and": "and", "bitwise_xor": "xor"}
FUNCTIONS = ("exp", "expm1", "log")
"""Taken from the page's `Math`."""


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """A number of one client, known when the module runs."""

    def __init__(self, value: Node) -> None:
        self.node = value

    # As an array of one entry, whichever entries are asked for

    shape, ndim, size, dtype = (1,), 1, 1, np.dtype(float)

    __iter__ = None

    def __len__(self) -> int:
        return 1

    def __bool__(self) -> bool:
        raise TypeError("code that is compiled cannot decide by a number of clients; use np.where")

    def __getitem__(self, where: Any) -> "Traced":
        return self

    def put(self, value: Any) -> None:
        """Become another number, as an array does that is written into."""
        self.node = as_node(value)

    def copy(self) -> "Traced":
        """Itself as it is now."""
        return Traced(self.node)

    def astype(self, kind: Any, copy: bool = True) -> "Traced":
        """Truth value, whole number or number."""
        kind = np.dtype(kind).kind
        if kind == "b":
            return self != 0 if self.node.type == "f64" else self
        whole = kind in "iu" and self.node.type == "f64" and self.node.op not in ("f64.nearest", "f64.trunc")
        return Traced(node("f64.trunc", "f64", self.node) if whole else as_type(self.node, "f64"))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        out = options.pop("out", None)
        if method != "__call__" or options or (out is not None and not isinstance(out[0], Traced)):
            raise TypeError(f"np.{ufunc.__name__}: only plain calls are compiled, not {method} with {sorted(options)}")
        found = Traced(_computed(ufunc.__name__, [as_node(one) for one in inputs]))
        if out is None:
            return found
        out[0].put(found)
        return out[0]

    def __array_function__(self, function: Callable, types: Any, args: tuple, kwargs: dict) -> Any:
        if function not in ARRAYS:
            raise TypeError(f"np.{function.__name__} is not compiled; write it elementwise, or add it to ARRAYS")
        return ARRAYS[function](*args, **kwargs)


NOTHING: Any = Traced(node("nothing", "f64"))
"""What has no meaning for one client alone, and must not be asked for: the assembler knows no such operation."""


class Cell(Traced):
    """A quantity in memory: whoever holds it sees the newest value, as with a view of an array."""

    def put(self, value: Any) -> None:
        """Write; memory holds numbers."""
        self.node = as_type(as_node(value), "f64")

    def __setitem__(self, where: Any, value: Any) -> None:
        self.put(value)


def as_node(value: Any) -> Node:
    """A symbol, a number, or an array of which all entries are the same."""
    if isinstance(value, Traced):
        return value.node
    found = np.asarray(value)
    if found.dtype.kind not in "biuf" or found.size == 0 or np.any(found != found.flat[0]):
        raise TypeError(f"cannot be compiled as one number: {value!r}")
    first = found.flat[0]
    kind = {"b": "i32"}.get(found.dtype.kind, {"uint32": "i32", "uint64": "i64"}.get(found.dtype.name, "f64"))
    return constant(first, kind)


def _computed(name: str, args: list[Node]) -> Node:
    kinds = {one.type for one in args}
    if "i64" in kinds:
        op = {"multiply": "mul", "right_shift": "shr_u"}[name]
        return node(f"i64.{op}", "i64", *(as_type(one, "i64") for one in args))
    if name == "add" and kinds == {"i32"}:  # words of the generator: beyond the largest they begin anew
        return node("i32.add", "i32", *args)
    if name in LOGIC:
        return node(f"i32.{LOGIC[name]}", "i32", *(_integer(one) for one in args))
    if name in ("invert", "logical_not"):
        return node("i32.eqz", "i32", _integer(args[0]))
    numbers = [as_type(one, "f64") for one in args]
    if name in NUMBERS:
        return node(f"f64.{NUMBERS[name]}", "f64", *numbers)
    if name in COMPARISONS:
        return node(f"f64.{COMPARISONS[name]}", "i32", *numbers)
    if name in ONE:
        return node(f"f64.{ONE[name]}", "f64", *numbers)
    if name in FUNCTIONS:
        return call(name, *numbers)
    if name == "square" or (name == "power" and numbers[1] is constant(2)):
        return node("f64.mul", "f64", numbers[0], numbers[0])
    if name == "floor_divide":
        return node("f64.floor", "f64", node("f64.div", "f64", *numbers))
    if name == "remainder":
        whole = _computed("floor_divide", numbers)
        return node("f64.sub", "f64", numbers[0], node("f64.mul", "f64", whole, numbers[1]))
    raise TypeError(f"np.{name} is not compiled yet")


def _integer(one: Node) -> Node:
    if one.type != "i32":
        raise TypeError(f"a truth value is needed, not the number {one!r}")
    return one


def either(condition: Any, one: Any, other: Any) -> Any:
    """`np.where`: both are computed."""
    a, b = as_node(one), as_node(other)
    kind = "i32" if a.type == b.type == "i32" else "f64"
    return Traced(node("select", kind, as_type(a, kind), as_type(b, kind), _integer(as_node(condition))))


def _copyto(cell: Cell, values: Any, where: Any = True) -> None:
    cell.put(either(where, values, cell))


def _clip(value: Any, low: Any, high: Any) -> Traced:
    return np.minimum(np.maximum(value, low), high)


def _searchsorted(edges: Any, value: Traced, side: str = "left") -> Any:
    if side != "right":
        raise TypeError("np.searchsorted is compiled for side='right' only")
    return sum((value >= float(edge)) * 1.0 for edge in edges)


def _nothing(*args: Any, **kwargs: Any) -> Any:
    return NOTHING


ARRAYS: dict[Callable, Callable] = {
    np.where: either,
    np.clip: _clip,
    np.copyto: _copyto,
    np.searchsorted: _searchsorted,
    np.full_like: lambda like, value: Traced(as_node(value)),
    np.bincount: lambda rows, weights, minlength: weights,  # the calendar adds them up
    np.flatnonzero: lambda value: value,  # the calendar goes through them one by one
    np.cumsum: _nothing,
    np.concatenate: _nothing,
    np.sort: _nothing,
    np.take_along_axis: _nothing,  # words of a category
}
