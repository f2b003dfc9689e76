"""What happens to one client or one therapist, as functions of memory, traced from the simulator's own steps.

The calendar (`page/calendar.js`) calls them: ``employ`` a therapist, ``begin`` a client, then every ``week`` for each
client in session, which is ``meet``, and ``move`` and ``refer`` for those who come again, ``end`` for the others; last,
``rest`` for each therapist.
"""

from collections.abc import Callable
from dataclasses import fields, replace
from types import SimpleNamespace
from typing import Any

from iatrogenesis.core.definitions import finished
from iatrogenesis.explorer.live.blocks import Block, OneClient, Scene
from iatrogenesis.explorer.live.graph import call, constant, local, node
from iatrogenesis.explorer.live.traced import NOTHING, Traced, as_node
from iatrogenesis.explorer.live.wasm import Function
from iatrogenesis.world import burnout
from iatrogenesis.world.allocation import allocate
from iatrogenesis.world.cohort import Therapists, draw_clients, draw_therapists, noisy_rating
from iatrogenesis.world.follow_up import follow_up
from iatrogenesis.world.intake import at_intake, traits
from iatrogenesis.world.preventions.base import Posts
from iatrogenesis.world.recording import final_state
from iatrogenesis.world.routes import Routes
from iatrogenesis.world.run import DROPPED_OUT
from iatrogenesis.world.scores import Scoring
from iatrogenesis.world.service import ServiceDrift
from iatrogenesis.world.state import PASSING

KERNELS: dict[str, tuple[dict[str, str], Callable[[Scene], Traced | None]]] = {}
"""By name: what each function takes, and what traces it."""

STAYS, ENDED = Traced(constant(-1)), Traced(constant(-2))
"""What `week` returns of a client whom no other therapist takes over."""

WHEN = Traced(local("when", "f64"))
"""Number of the week, from 0."""


def _kernel(**takes: str) -> Callable:
    def listed(trace: Callable[[Scene], Traced | None]) -> Callable:
        KERNELS[trace.__name__] = (takes, trace)
        return trace

    return listed


@_kernel(t="i32")
def employ(at: Scene) -> None:
    """A therapist with ``replicate``, ``index`` and ``service`` comes, trained and relieved, into the first week."""
    t, world = at.blocks["t"], at.scenario.world
    drawn = draw_therapists(world, at.explorer.design, at.noise, range(1))
    therapists = replace(drawn, replicate=t["replicate"].copy(), index=t["index"].copy(), service=t["service"].copy())
    posts = Posts(world.therapist.caseload_mean.value, world.therapist.caseload_sd.value)
    for prevention in at.scenario.preventions:
        therapists = prevention.staff(therapists, posts)
    for part in fields(Therapists):
        if isinstance(value := getattr(therapists, part.name), Traced):
            t[part.name] = value
    t["unlimited"] = drawn.workload
    relief = Routes((), at.scenario.preventions).relief
    t["burnout"] = burnout.start(world.burnout, relief, therapists, at.noise)
    t["pressure"] = burnout.first_pressure(therapists, at.noise)
    _remember(t, ServiceDrift(world, therapists, at.noise))


@_kernel(t="i32", when="f64")
def turn(at: Scene) -> None:
    """The year turns; ``when`` is the number of the new one."""
    t = at.blocks["t"]
    service = ServiceDrift(at.scenario.world, at.therapists("t"), at.noise)
    service._lasting, service._changing = t["service.lasting"].copy(), t["service.changing"].copy()
    service.turn(WHEN)  # pyrefly: ignore[bad-argument-type]: a symbol
    _remember(t, service)


def _remember(t: Block, service: ServiceDrift) -> None:
    t["service.lasting"], t["service.changing"], t["service.now"] = service._lasting, service._changing, service.now


@_kernel(c="i32", t="i32", when="f64")
def begin(at: Scene) -> None:
    """The client with ``index`` on the therapist's list comes for the first time."""
    t, c, world = at.blocks["t"], at.client, at.scenario.world
    therapists = replace(at.therapists("t"), workload=t["unlimited"])  # who comes does not depend on what is done
    drawn = allocate(draw_clients(world, therapists, at.noise), therapists, at.explorer.design, world.burnout, at.noise)
    own = {"replicate": t["replicate"].copy(), "therapist": t["index"].copy(), "index": c["index"].copy()}
    clients, routes = replace(drawn, **own), Routes(at.scenario.mechanisms, at.scenario.preventions)
    scoring = Scoring(world, at.setup.instruments, clients, at.noise)
    for name, value in traits(clients, scoring).items():
        c[name] = value
    for name, value in at_intake(clients, therapists.competence, routes, scoring, at.noise).items():
        c[name] = value
    c["client.replicate"], c["client.therapist"] = own["replicate"], own["therapist"]
    c["start_week"], c["burnout_at_start"] = WHEN, t["burnout"]
    rating = at.weekly("rating.burnout", WHEN)
    c["burnout_rating"] = noisy_rating(t["burnout"], 0.0, world.ratings.burnout.value, rating)


@_kernel(s="i32", c="i32", t="i32")
def week(at: Scene) -> Traced:
    """A session and what follows; the number of the therapist who takes over, `STAYS` or `ENDED`."""
    s, c, t = (local(pointer, "i32") for pointer in "sct")
    met, moved, referred = Traced(call("meet", s, c, t)), Traced(call("move", s, c, t)), Traced(call("refer", c, t))
    return Traced(node("if", "f64", as_node(met > 0), call("end", c), as_node(moved + referred)))  # moves, then refers


@_kernel(c="i32", t="i32")
def meet(at: Scene) -> Traced:
    """A session, until it is clear whether there will be another: how it ended, or 0."""
    c, t, steps = at.client, at.blocks["t"], OneClient(at)
    judged, distressed = t["judged"].copy(), t["distressed"].copy()
    steps.present()
    c["pressure_sum"] += c["pressure"]
    steps.meet()
    steps.break_out()
    steps.measure()
    steps.notice()
    t["judged"], t["distressed"] = judged + steps.judged, distressed + steps.distressed
    steps.end_courses()
    return c["end"]


@_kernel(c="i32", t="i32")
def move(at: Scene) -> Traced:
    """Until the next session; 0."""
    steps = OneClient(at)
    steps.present()
    steps.week.alliance = at.client["alliance"]
    steps.move_clients()
    return Traced(constant(0))


@_kernel(c="i32", t="i32")
def refer(at: Scene) -> Traced:
    """The number of the therapist, within the replicate, who takes over, or `STAYS`."""
    c, t, steps = at.client, at.blocks["t"], OneClient(at)
    steps.present()
    who = steps.routes.referred(steps.week, steps.draw)
    if who is None:
        return STAYS
    target = steps.waiting_lists.colleague(t["index"], steps.draw.uniform("colleague"))
    return Traced(node("if", "f64", as_node(who & (c["referred"] == 0)), as_node(target), STAYS.node))


@_kernel(c="i32", u="i32")
def arrive(at: Scene) -> None:
    """The client was referred to the therapist of ``u``."""
    steps = OneClient(at, "u")
    for name, value in steps.with_another(NOTHING, NOTHING).items():
        at.client[name] = value
    for name in PASSING:
        at.client[name] = 0.0


@_kernel(t="i32", when="f64")
def rest(at: Scene) -> None:
    """Burnout and pressure one week on."""
    t = at.blocks["t"]
    steps = OneClient(at)
    numbers: dict[str, Any] = {
        name: SimpleNamespace(at=lambda week, name=name: at.weekly(name, week))
        for name in ("burnout.week", "pressure.week")
    }
    steps.weekly = numbers
    steps.move_therapists(WHEN)  # pyrefly: ignore[bad-argument-type]: a symbol
    t["burnout"], t["pressure"] = steps.burnout, steps.pressure
    t["judged"] = t["distressed"] = 0.0


@_kernel(c="i32")
def end(at: Scene) -> Traced:
    """What became of the client, at the end and later; `ENDED`."""
    c, steps = at.client, OneClient(at)
    state = final_state(steps)
    later = follow_up(steps, state)
    setup = at.setup
    worse, better = setup.judgement.worse_and_better(state.first, state.last, setup.instruments)
    worse_later, _ = setup.judgement.worse_and_better(state.first, later, setup.instruments)
    done = finished(state.session)
    c["finished"], c["deteriorated"], c["improved"] = done, worse & done, better & done
    c["dropped_out"], c["worse_at_follow_up"] = state.end == DROPPED_OUT, worse_later & done
    for name, value in later.items():
        c[f"later.{name}"] = value
    return ENDED


def traced(scene: Callable[[], Scene]) -> list[Function]:
    """All of these functions, each with everything that it could write; `scene` sets up one for each."""
    found = []
    for name, (takes, trace) in KERNELS.items():
        at = scene()
        returned = trace(at)
        writes = [write for pointer in takes if pointer in at.blocks for write in at.blocks[pointer].writes()]
        found.append(Function(name, takes, writes, None if returned is None else returned.node))
    return found
