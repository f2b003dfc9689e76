"""The keyed noise for the module: the generator's own code of `iatrogenesis.core.streams`, with symbols."""

from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

import numpy as np

from iatrogenesis.core import streams
from iatrogenesis.core.streams import Counter, Noise, decision_key
from iatrogenesis.explorer.live.graph import Node, as_type, call, constant, local, node
from iatrogenesis.explorer.live.traced import Traced, as_node, either
from iatrogenesis.explorer.live.wasm import Function

KEY, WHO = ("k0", "k1"), Counter._fields


def as_written(compiled: Any) -> Callable:
    """A function of `streams` that Numba has compiled, as it is written, with those that it calls."""
    source = compiled.py_func
    names = {name: streams.__dict__[name] for name in source.__code__.co_names if name in streams.__dict__}
    inner = {name: as_written(one) for name, one in names.items() if hasattr(one, "py_func")}
    kinds = {f"uint{bits}": lambda value, bits=bits: Traced(as_type(as_node(value), f"i{bits}")) for bits in (32, 64)}
    return FunctionType(source.__code__, {**names, **inner, **{k: v for k, v in kinds.items() if k in names}})


def functions() -> list[Function]:
    """``uniform`` and ``normal`` of a key and a counter, and the ``tail`` of the normal quantile."""
    takes = dict.fromkeys((*KEY, *WHO), "i32")
    who = [local(name, "i32") for name in (*KEY, *WHO)]
    k0, k1, *counter = map(Traced, who)
    word = as_written(streams.philox4x32)(*counter, k0, k1)[0]
    uniform = (word + 0.5) * streams._TO_UNIT
    p = Traced(call("uniform", *who))
    middle = as_written(streams._middle)(p - 0.5)
    far = as_node(np.abs(p - 0.5) > 0.425)
    normal = node("if", "f64", far, call("tail", p.node), middle.node)
    return [
        Function("uniform", takes, returns=uniform.node),
        Function("tail", {"p": "f64"}, returns=_tail(Traced(local("p", "f64"))).node),
        Function("normal", takes, returns=normal),
    ]


def _tail(p: Any) -> Any:
    """`streams._tail`, which decides by the number."""
    polynomial = as_written(streams._polynomial)
    r = np.sqrt(-np.log(np.minimum(p, 1.0 - p))) - 1.6
    z = polynomial(streams._C, r) / polynomial(streams._D, r)
    return either(p > 0.5, z, -z)


class TracedNoise(Noise):
    """The study's chance events, drawn when the module runs.

    Parameters
    ----------
    who
        What stands for the counters of people: ``replicate``, ``therapist``, ``client``; where code makes arrays of
        counters by itself, these are meant.
    """

    def __init__(self, seed: int, who: Mapping[str, Traced]) -> None:
        super().__init__(seed)
        vars(self)["who"] = dict(who)  # the class is frozen

    def counter(self, replicate: Any = 0, therapist: Any = 0, client: Any = 0, occasion: Any = 0) -> Counter:
        """Counter of symbols."""
        given = dict(zip(WHO, (replicate, therapist, client, occasion), strict=True))
        known = {
            name: vars(self)["who"][name] if isinstance(value, np.ndarray) else value for name, value in given.items()
        }
        symbols: dict[str, Any] = {name: Traced(as_type(as_node(value), "i32")) for name, value in known.items()}
        return Counter(**symbols)

    def _drawn(self, function: str, decision: str, counter: Counter) -> Traced:
        key: list[Node] = [constant(int(word), "i32") for word in decision_key(self.seed, decision)]
        return Traced(call(function, *key, *(as_type(as_node(one), "i32") for one in counter)))

    def uniform_at(self, decision: str, counter: Counter) -> Any:
        """A uniform number."""
        return self._drawn("uniform", decision, counter)

    def normal_at(self, decision: str, counter: Counter) -> Any:
        """A standard normal number."""
        return self._drawn("normal", decision, counter)

    def event_at(self, decision: str, counter: Counter, chance: Any) -> Any:
        """Whether an event happens."""
        return self.uniform_at(decision, counter) < chance
