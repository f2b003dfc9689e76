"""The simulated world as arrows between states and processes, each with what its strength rests on.

Routes of harm and preventions are read from their classes: which states their equations use, which channels they feed,
and with which parameters. The course of treatment itself is declared in `iatrogenesis.world.course_arrows`.
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import getsource
from textwrap import dedent

import numpy as np

from iatrogenesis.core.sources import Record, records
from iatrogenesis.world.causal_nodes import (
    GROUPS,
    LEFT,
    NODE_OF_CHANNEL,
    NODE_OF_STAFF,
    NODE_OF_STATE,
    NODES_OF_HOOK,
    RIGHT,
)
from iatrogenesis.world.course_arrows import COURSE
from iatrogenesis.world.mechanisms.base import CHANNELS, Mechanism, Week
from iatrogenesis.world.parameters import World
from iatrogenesis.world.preventions.base import Prevention
from iatrogenesis.world.scenarios import Scenario

MEASURED = ("reported", "converted")
"""Statuses of numbers that stand in a source, or follow from such by arithmetic."""


@dataclass(frozen=True)
class Arrow:
    """One arrow between a process and a node.

    Attributes
    ----------
    process
        Id of the row: the kind of a route, or a name of `COURSE`.
    direction
        ``in``: from the node into the process; ``out``: the other way round; ``against``: a prevention stands between
        a route (``node`` is its kind) and the client; ``with``: it goes together without being caused.
    parameters
        What the strength consists of, as paths within the process or the world.
    """

    group: str
    process: str
    label: str
    direction: str
    node: str
    parameters: tuple[str, ...]
    strength: str = ""


def arrows(scenario: Scenario) -> list[Arrow]:
    """All arrows of a scenario's world, row by row: the course, its mechanisms, its preventions."""
    found = [_judged(one, records(scenario.world)) for one in _of_course(scenario.world)]
    for group, routes in zip(GROUPS[1:], (scenario.mechanisms, scenario.preventions), strict=True):
        for route in sorted(routes, key=_place):
            own = _merged([*_of_route(route, group), *_against(route, scenario.mechanisms)])
            found += [_judged(one, _strengths(route)) for one in own]
    return found


def name_of(cls: type[Mechanism]) -> str:
    """A route's name, with which the description of its module begins."""
    return re.split(r"[:,.]| of the client| between| in three", sys.modules[cls.__module__].__doc__ or "")[0]


def strength(statuses: Sequence[str]) -> str:
    """``measured`` if all numbers stand in a source, ``fitted`` if the others were fitted to one, else ``assumed``."""
    rest = set(statuses).difference(MEASURED)
    return "assumed" if "assumed" in rest else "fitted" if rest else "measured"


def _judged(arrow: Arrow, known: Mapping[str, Record]) -> Arrow:
    used = {
        path: record
        for path, record in known.items()
        if any(path == name or path.startswith(f"{name}.") for name in arrow.parameters)
    }
    if not used:
        raise ValueError(f"{arrow.process}: none of {arrow.parameters} is a parameter")
    return replace(arrow, parameters=tuple(used), strength=strength([one.status for one in used.values()]))


def _strengths(route: Mechanism) -> Mapping[str, Record]:
    """Numbers of a route that say how strongly it acts; those in sessions say when, and a cost is no effect."""
    known = {name: one for name, one in records(route).items() if not name.startswith("cost.")}
    return {name: one for name, one in known.items() if one.unit != "sessions"} or known


def _merged(found: Sequence[Arrow]) -> list[Arrow]:
    """One arrow for what a route does to a node in several ways, with the parameters of all."""
    together: dict[tuple[str, str], Arrow] = {}
    for one in found:
        before = together.get((one.direction, one.node))
        mine = {*one.parameters, *(before.parameters if before else ())}
        together[one.direction, one.node] = replace(one, parameters=tuple(sorted(mine)))
    return list(together.values())


def _of_course(world: World) -> Iterator[Arrow]:
    for process, (label, parts) in COURSE.items():
        for direction, node, parameters in parts:
            yield Arrow(GROUPS[0], process, label, direction, node, parameters)


def _place(route: Mechanism) -> tuple[int, str]:
    """Routes stand in the order of what they come from; those from states of the course last."""
    nodes = [*LEFT, "", *RIGHT]
    sources = {NODE_OF_STATE[state] for method in _methods(type(route)) for state in reads(type(route), method)[0]}
    return min((nodes.index(node) for node in sources), default=len(LEFT)), route.kind


def _of_route(route: Mechanism, group: str) -> Iterator[Arrow]:
    """Arrows into a route from the states that it looks at, and from it to what it changes."""
    cls, label = type(route), name_of(type(route))
    into: dict[str, set[str]] = {}
    for method in _methods(cls):
        states, parameters = reads(cls, method)
        for state, mine in states.items():
            into.setdefault(NODE_OF_STATE[state], set()).update(mine)
        for node in _targets(cls, method):
            yield Arrow(group, route.kind, label, "out", node, tuple(sorted(parameters)))
    for node, mine in into.items():
        # A state that is only taken note of acts with the strength of all that the route does.
        yield Arrow(group, route.kind, label, "in", node, tuple(sorted(mine or _strengths(route))))


def _against(route: Mechanism, mechanisms: Sequence[Mechanism]) -> Iterator[Arrow]:
    if not isinstance(route, Prevention):
        return
    week = Week(**dict.fromkeys(Week.__dataclass_fields__, np.ones(1)))
    for kind in (one.kind for one in mechanisms):
        how = [
            method
            for method, touched in (
                ("exposure", np.any(np.not_equal(route.exposure(kind), 1.0))),
                ("effect", route.effect(kind, week) is not None),
            )
            if touched
        ]
        used = {name for method in how for name in reads(type(route), method)[1]}
        if used:
            yield Arrow(GROUPS[2], route.kind, name_of(type(route)), "against", kind, tuple(sorted(used)))


def _methods(cls: type[Mechanism]) -> list[str]:
    """What a class does itself, of all that a route may do."""
    base = Prevention if issubclass(cls, Prevention) else Mechanism
    names = (*CHANNELS, "after", "help_seeking", "begin", "move", "staff", "effect", *NODES_OF_HOOK)
    return [name for name in names if hasattr(base, name) and getattr(cls, name) is not getattr(base, name)]


def _targets(cls: type[Mechanism], method: str) -> list[str]:
    if method == "staff":
        calls = [node for node in ast.walk(_tree(cls, method)) if isinstance(node, ast.Call)]
        names = {word.arg for call in calls if getattr(call.func, "id", "") == "replace" for word in call.keywords}
        return sorted({NODE_OF_STAFF[name] for name in names if name})
    if method in NODE_OF_CHANNEL:
        return [NODE_OF_CHANNEL[method]]
    return list(NODES_OF_HOOK.get(method, ()))


def reads(cls: type[Mechanism], method: str) -> tuple[dict[str, set[str]], set[str]]:
    """What a method of a route reads.

    Returns
    -------
    states, parameters
        By state of `Week` or `Intake`, the parameters that it is multiplied by (all of the method, where it stands in
        no product); and all parameters of the method. Methods that it calls count as its own.
    """
    tree = _tree(cls, method)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    states: dict[str, set[str]] = {}
    parameters: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            continue
        if node.value.id in ("week", "intake") and node.attr != "session":
            factors, above = set(), node
            while (above := parents.get(above)) is not None:
                if isinstance(above, ast.BinOp) and isinstance(above.op, ast.Mult):
                    factors |= _own_parameters(cls, above)
            states.setdefault(node.attr, set()).update(factors)
        elif node.value.id == "self" and node.attr in cls.model_fields:
            parameters.add(node.attr)
        elif node.value.id == "self" and callable(getattr(cls, node.attr, None)):
            inner_states, inner = reads(cls, node.attr)
            parameters |= inner
            for state, mine in inner_states.items():
                states.setdefault(state, set()).update(mine)
    # `np.full_like(week.alliance, ...)` asks for a shape, and no state.
    shapes = {
        call.args[0].attr
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "full_like"
        if isinstance(call.args[0], ast.Attribute)
    }
    return {state: mine or parameters for state, mine in states.items() if state not in shapes}, parameters


def _own_parameters(cls: type[Mechanism], tree: ast.AST) -> set[str]:
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
        if node.attr in cls.model_fields
    }


def _tree(cls: type[Mechanism], method: str) -> ast.AST:
    return ast.parse(dedent(getsource(getattr(cls, method))))
