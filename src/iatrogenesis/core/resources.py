"""Where scenarios, instruments, priors and sources lie: beside the code in an installed package, or in the checkout."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def config_folder() -> Path:
    """Return the folder that holds ``scenarios/``, ``instruments.yaml``, ``default.yaml`` and the others.

    Raises
    ------
    FileNotFoundError
        If the package was copied without it.
    """
    places = (PACKAGE / "config", PACKAGE.parents[1] / "config")
    for place in places:
        if (place / "scenarios").is_dir():
            return place
    raise FileNotFoundError(f"{places[0]}: no such folder; install the package with pip, which brings config/ along")
