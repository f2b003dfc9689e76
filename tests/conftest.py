"""What several test folders share: the project's folders, its default study, and a small simulated world."""

from pathlib import Path

import pytest

from iatrogenesis.simulate.cohort import Design
from iatrogenesis.study import Study, load_study

ROOT = Path(__file__).resolve().parents[1]
CONFIG = ROOT / "config"


@pytest.fixture(scope="session")
def study() -> Study:
    """The tiny study, as configured."""
    return load_study(CONFIG / "tiny.yaml", CONFIG)


@pytest.fixture(scope="session")
def small() -> Design:
    """A few services: enough to see every branch of the engine."""
    return Design(replicates=3, therapists=6, services=2, clients_per_therapist=15)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest group, so that one worker is not left with it at the end."""
    items.sort(key=lambda item: "test_tiny_run" not in item.nodeid)
