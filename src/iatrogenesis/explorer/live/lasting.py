"""What a function computes that is the same at any setting: apart, once for each client, and kept in memory."""

from collections.abc import Set
from functools import cache

from iatrogenesis.explorer.live.graph import Node, Place, as_type, load, node
from iatrogenesis.explorer.live.wasm import Function


def apart(one: Function, same: Set[Place], pointer: str) -> tuple[Function, Function]:
    """A function that writes what has draws in it and depends on these places alone, and the given one, which reads it.

    Parameters
    ----------
    same
        What is the same at any setting, besides constants and chance.
    pointer
        To what is kept, which both functions take first. The first function's name is the other's after ``know_``.
    """
    kept: dict[Node, Place] = {}

    @cache
    def lasts(this: Node) -> bool:
        return this.about in same if this.op == "load" else this.op != "local" and all(map(lasts, this.args))

    @cache
    def costs(this: Node) -> bool:
        return this.op == "call" or any(map(costs, this.args))

    @cache
    def read(this: Node) -> Node:
        if this.op in ("const", "load", "local"):
            return this
        if not (lasts(this) and costs(this)):
            return node(this.op, this.type, *map(read, this.args), about=this.about)
        return as_type(load(kept.setdefault(this, Place(pointer, f"{one.name}.{len(kept)}"))), this.type)

    writes = [(place, read(value)) for place, value in one.writes]
    returns = None if one.returns is None else read(one.returns)
    takes = {pointer: "i32", **one.takes}
    first = Function(f"know_{one.name}", takes, [(place, as_type(value, "f64")) for value, place in kept.items()])
    return first, Function(one.name, takes, writes, returns)
