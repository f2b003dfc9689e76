"""What is kept: of each session and therapist-week where that is asked for, and of every client at the end."""

import numpy as np

from iatrogenesis.world.state import COUNTS, State
from iatrogenesis.world.steps import Steps


def sessions(steps: Steps, week: int) -> dict[str, np.ndarray]:
    """Sessions of one week."""
    places = steps.places
    return {
        "client": places.client.copy(),
        "row": places.row.copy(),
        "session": places["session"].astype(np.int64),
        "week": np.full(places.n, week),
        **{name: places[f"seen.{name}"].astype(np.int16) for name in steps.instruments.by_name()},
        **{name: places[name].copy() for name in ("severity", "transient", "second", "alliance")},
        "alliance_rating": steps.rating,
        **{name: places[name] > 0 for name in ("rupture", "repaired", "crisis", "noticed")},
    }


def therapist_weeks(steps: Steps, week: int) -> dict[str, np.ndarray]:
    """Therapists in one week."""
    return {
        "week": np.full(len(steps.burnout), week),
        "burnout": steps.burnout.copy(),
        "pressure": steps.pressure.copy(),
        "caseload": steps.therapists.caseload.copy(),
        "in_study": np.bincount(steps.places.row, minlength=len(steps.burnout)),
        "judged": steps.judged.astype(np.int64),
        "distressed": steps.distressed.astype(np.int64),
    }


def final_state(steps: Steps) -> State:
    """Every client at the end of the course."""
    stored = steps.places.stored

    def scores(which: str) -> dict[str, np.ndarray]:
        return {name: stored(f"{which}.{name}").astype(np.int16) for name in steps.instruments.by_name()}

    return State(
        **{name: stored(name).copy() for name in ("level", "fluctuation", "transient", "second")},
        **{
            name: stored(name).copy()
            for name in ("burnout_at_start", "burnout_rating", "alliance_rating_sum", "pressure_sum")
        },
        **{name: stored(name).astype(np.int64) for name in COUNTS},
        **{name: stored(name) > 0 for name in ("noticed", "referred")},
        end=stored("end").astype(np.int8),
        row=steps.last_row,
        first=scores("first"),
        last=scores("last"),
        true_first=scores("true_first"),
        true_last=scores("true_last"),
        specific={name: stored(name).copy() for name in steps.scoring.began},
        own={name: stored(name).copy() for name in steps.routes.names},
    )
