"""What clients are and have before their first session, as the places of a caseload take it, shape (clients,)."""

import numpy as np

from iatrogenesis.core.streams import Noise
from iatrogenesis.world.cohort import Clients
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.mechanisms.base import Intake
from iatrogenesis.world.routes import Routes
from iatrogenesis.world.scores import Scoring

VULNERABLE = ("young", "trauma", "fragile", "unrealistic")


def traits(clients: Clients, scoring: Scoring) -> dict[str, np.ndarray]:
    """What does not change."""
    return {
        "intake_level": clients.level,
        "slope": clients.natural_slope + clients.case_mix_drift,
        "gain": clients.gain,
        "agreed": clients.agreed.astype(float),
        **{trait: getattr(clients, trait) for trait in VULNERABLE},
        **scoring.marks,
    }


def at_intake(
    clients: Clients, competence: np.ndarray, routes: Routes, scoring: Scoring, noise: Noise
) -> dict[str, np.ndarray]:
    """Kept quantities where they do not begin at 0; ``competence``: of the therapist on whose list the client is."""
    c = clients
    began = {"level": c.level, "fluctuation": c.elevation, "fit": c.fit, "core": c.alliance}
    intake = Intake(
        severity=c.level + c.elevation, competence=competence, **{trait: getattr(c, trait) for trait in VULNERABLE}
    )
    return began | scoring.began | routes.begin(intake, Draw(noise, c.replicate, c.therapist, c.index))
