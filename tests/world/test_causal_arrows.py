"""The causal diagram's arrows are those of the simulator: none is missing, none is invented."""

from dataclasses import replace
from inspect import getmembers, isfunction
from itertools import product

import numpy as np
import pytest

from iatrogenesis.core.sources import records
from iatrogenesis.world.causal_arrows import arrows, name_of, strength
from iatrogenesis.world.causal_nodes import (
    GROUPS,
    LEFT,
    NODE_OF_CHANNEL,
    NODE_OF_STATE,
    NODES_OF_HOOK,
    RIGHT,
)
from iatrogenesis.world.course_arrows import COURSE, NO_ARROWS
from iatrogenesis.world.mechanisms import KINDS as MECHANISMS
from iatrogenesis.world.mechanisms.base import CHANNELS, Intake, Mechanism, Week
from iatrogenesis.world.preventions import KINDS as PREVENTIONS
from iatrogenesis.world.preventions.base import Prevention
from iatrogenesis.world.scenarios import with_values, without

ROUTES = MECHANISMS | PREVENTIONS


@pytest.fixture(scope="module")
def world(study):
    """Every route and every prevention."""
    return study.catalogue["all_preventions"]


@pytest.fixture(scope="module")
def drawn(world) -> set[tuple[str, str, str]]:
    """Process, direction and node of each arrow."""
    return {(one.process, one.direction, one.node) for one in arrows(world)}


def test_every_route_and_prevention_is_there_and_no_other(world, drawn):
    assert {process for process, _, _ in drawn} == {*COURSE, *ROUTES}
    assert not {*COURSE} & {*ROUTES}
    fewer = {one.process for one in arrows(without(world, "burnout"))}
    assert fewer == {*COURSE, *ROUTES} - {"burnout"}


def test_every_state_channel_and_hook_has_its_node():
    assert set(NODE_OF_CHANNEL) == {*CHANNELS, "after", "help_seeking"}
    states = {*Week.__dataclass_fields__, *Intake.__dataclass_fields__} - {"session"}
    assert set(NODE_OF_STATE) == states
    own = {name for name, _ in getmembers(Prevention, isfunction) if name in vars(Prevention) and name[0] != "_"}
    assert own == {*NODES_OF_HOOK, "exposure", "effect", "staff"}
    nodes = {*LEFT, *RIGHT}
    used = {*NODE_OF_CHANNEL.values(), *NODE_OF_STATE.values(), *(n for some in NODES_OF_HOOK.values() for n in some)}
    assert used | {"caseload"} == nodes
    assert {node for _, parts in COURSE.values() for _, node, _ in parts} <= nodes


@pytest.mark.parametrize("kind", ROUTES)
def test_a_route_changes_what_its_channels_feed(world, drawn, kind):
    cls = ROUTES[kind]
    out = {node for process, direction, node in drawn if process == kind and direction == "out"}
    channels = [
        *cls.channels(),
        *(n for n in ("after", "help_seeking") if getattr(cls, n) is not getattr(Mechanism, n)),
    ]
    expected = {NODE_OF_CHANNEL[channel] for channel in channels}
    if kind in PREVENTIONS:
        hooks = [hook for hook in NODES_OF_HOOK if getattr(cls, hook) is not getattr(Prevention, hook)]
        expected |= {node for hook in hooks for node in NODES_OF_HOOK[hook]}
        expected |= {"supervision": {"competence"}, "caseload_limit": {"caseload"}}.get(kind, set())
    assert out == expected


def _week(session: float, **changed) -> Week:
    week = Week(**dict.fromkeys(Week.__dataclass_fields__, np.array([0.7])))
    return replace(week, session=np.array([session]), **changed)


@pytest.mark.parametrize("kind", ROUTES)
def test_what_a_route_answers_to_has_an_arrow(world, drawn, kind):
    """Found by trying, not by reading: a state whose change changes a contribution is a cause of the route."""
    route = next(one for one in (*world.mechanisms, *world.preventions) if one.kind == kind)
    own = dict.fromkeys(route.own, np.array([0.6]))
    into = {node for process, direction, node in drawn if process == kind and direction == "in"}
    causes = set()
    states = set(Week.__dataclass_fields__) - {"session"}
    for state, other, session, channel in product(states, (-3.0, 2.3), (3.0, 20.0), route.channels()):
        contributes = getattr(route, channel)
        changed = _week(session, **{state: np.array([other])})
        if not np.allclose(contributes(_week(session), own), contributes(changed, own)):
            causes.add(NODE_OF_STATE[state])
    assert causes <= into
    if not route.own and kind in MECHANISMS:
        assert causes == into


def test_a_prevention_stands_against_the_routes_that_it_weakens(drawn):
    against = {(process, node) for process, direction, node in drawn if direction == "against"}
    assert ("medication_review", "overmedication") in against
    assert {node for process, node in against if process == "thorough_assessment"} == {
        "misdiagnosis",
        "poor_communication",
    }
    assert {node for _, node in against} <= set(MECHANISMS)


def test_every_number_of_the_world_is_in_an_arrow_or_says_why_not(world):
    named = {name for _, parts in COURSE.values() for _, _, names in parts for name in names}
    known = records(world.world)

    def under(path: str, names) -> bool:
        return any(path == name or path.startswith(f"{name}.") for name in names)

    assert [path for path in known if under(path, named) == under(path, NO_ARROWS)] == []
    for name in (*named, *NO_ARROWS):
        assert any(under(path, [name]) for path in known), name


def test_strength_follows_from_the_status_of_the_numbers(world):
    assert strength(["reported", "converted"]) == "measured"
    assert strength(["reported", "calibrated"]) == "fitted"
    assert strength(["reported", "calibrated", "assumed"]) == "assumed"
    by = {(one.process, one.direction, one.node): one for one in arrows(world)}
    dropout = by["lack_of_collaboration", "out", "ending"]
    assert dropout.parameters == ("dropout_logit",) and dropout.strength == "measured"
    assert by["burnout", "in", "pressure"].parameters == ("drift_per_pressure",)
    assert by["misapplied_technique", "out", "transient"].parameters == ("exacerbation_points",)  # sessions say when
    known = records(world)
    for one in arrows(world):
        prefix = {GROUPS[0]: "world", GROUPS[1]: f"mechanisms.{one.process}", GROUPS[2]: f"preventions.{one.process}"}
        statuses = {known[f"{prefix[one.group]}.{name}"].status for name in one.parameters}
        assert (one.strength == "measured") == (statuses <= {"reported", "converted"}), one


def test_values_leave_the_arrows_alone(world):
    """A strength of 0 is a strength: what is drawn is what the code says, not how large it is."""
    other = with_values(world, {"mechanisms.burnout.drift_per_sd": 0.0})
    assert [(one.process, one.direction, one.node) for one in arrows(other)] == [
        (one.process, one.direction, one.node) for one in arrows(world)
    ]


def test_names_are_short_enough_for_their_boxes():
    names = [name_of(cls) for cls in ROUTES.values()]
    assert len(set(names)) == len(names)
    assert all(3 < len(name) <= 30 for name in names), names
