"""Clients some months after the end."""

import numpy as np

from iatrogenesis.world.draws import Draw
from iatrogenesis.world.parameters import World
from iatrogenesis.world.routes import Routes
from iatrogenesis.world.state import State
from iatrogenesis.world.steps import Steps


def follow_up(steps: Steps, state: State) -> dict[str, np.ndarray]:
    """Scores and severity some months after the end, and who seeks help again.

    Part of the gain is lost, fluctuation has moved on, exacerbation has passed, and late harm shows.
    """
    clients, world = steps.clients, steps.of_clients.world
    gained = np.maximum(clients.level - state.level, 0.0)
    routes = Routes(steps.of_clients.mechanisms, steps.of_clients.preventions)
    late = routes.at_the_end("after", state.own)
    level = state.level + world.follow_up.relapse.value * gained + late
    weeks = world.follow_up.weeks.value
    kept = world.client.fluctuation_stability.value**weeks
    new = world.client.fluctuation_sd.value * np.sqrt(1 - kept**2)
    everyone = Draw(steps.noise, clients.replicate, clients.therapist, clients.index)
    fluctuation = kept * state.fluctuation + new * everyone.normal("follow_up.fluctuation")
    severity = level + fluctuation
    second = world.second.kept.value**weeks * state.second
    seen = steps.scoring.at_follow_up(severity, second, state.specific, world, everyone)
    scores = {name: values.astype(np.int16) for name, values in seen.scores.items()}
    unwell = steps.judgement.caseness(scores, steps.instruments)
    returns = seeks_help(world, routes, state.own, unwell, everyone)
    states = {"severity": severity, "fluctuation": fluctuation, "second": second}
    return {**states, **scores, "unwell": unwell, "returns": returns}


def seeks_help(
    world: World, routes: Routes, own: dict[str, np.ndarray], unwell: np.ndarray, everyone: Draw
) -> np.ndarray:
    """Who of the unwell seeks help again, by what these routes left in them (``kind.name``); bool, shape (clients,)."""
    logit = world.help_seeking.logit.value + routes.at_the_end("help_seeking", own)
    return unwell & everyone.event_by_log_odds("help_seeking", logit)
