"""The simulator as the page takes it along: the module, where its memory has what, and whom the study simulates."""

import base64

import numpy as np

from iatrogenesis.core.streams import Noise
from iatrogenesis.explorer.live.compiled import KEPT, compiled
from iatrogenesis.explorer.measure import BEGUN, Measures
from iatrogenesis.explorer.settings import Explorer, by_kind
from iatrogenesis.world.cohort import draw_therapists
from iatrogenesis.world.preventions.base import Cost
from iatrogenesis.world.scenarios import Scenario

OF_CLIENTS = (
    "session", "start_week", "severity", "crises", "finished", "deteriorated", "improved", "dropped_out",
    "worse_at_follow_up",
)  # fmt: skip
OF_THERAPISTS = ("caseload", "burnout", "judged", "distressed")


def packed(explorer: Explorer, world: Scenario, prevented: Scenario, measures: Measures) -> dict[str, object]:
    """What `page/simulator.js` needs.

    Parameters
    ----------
    measures
        The simulator set up for the same clients: how they fare in the reference world is taken from there.
    """
    asked = {"c": OF_CLIENTS, "t": OF_THERAPISTS}
    made = compiled(explorer, world, prevented, measures.setup, asked)
    design, every = explorer.design, by_kind(prevented)
    therapists = draw_therapists(world.world, design, Noise(measures.setup.seed), range(design.replicates))
    sizes = ("replicates", "therapists", "services")
    return {
        "code": _text(made.code),
        "layout": made.layout,
        "design": {name: getattr(design, name) for name in sizes} | {"first": design.list_start, "kept": KEPT},
        "first": [*therapists.first_client.tolist(), int(therapists.clients.sum())],
        "anyway": _text(np.packbits(measures.reference.deteriorated, bitorder="little").tobytes()),
        "begun": BEGUN,
        "costs": [_minutes(every[name].cost) for name in explorer.preventions],
        "typical": measures.typical_therapist,
    }


def _minutes(cost: Cost) -> dict[str, float]:
    return {name: 0.0 if (own := getattr(cost, name)) is None else float(own) for name in Cost.model_fields}


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
