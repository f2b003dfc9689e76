"""What all measurements share: the study whose worlds are simulated, and sizes."""

from pathlib import Path

from iatrogenesis.study.study import Study, load_study
from iatrogenesis.world.cohort import Design

ROOT = Path(__file__).resolve().parents[1]
CLIENTS_PER_REPLICATE = 6000


def load() -> Study:
    """The default study."""
    return load_study(ROOT / "config" / "default.yaml", ROOT / "config")


def sized(clients: int) -> Design:
    """A design of about so many clients."""
    replicates = max(round(clients / CLIENTS_PER_REPLICATE), 1)
    return Design(replicates=replicates, therapists=80, services=8, clients_per_therapist=75)
