"""Where configuration, rules and examples lie: beside the code in an installed package, or in the checkout."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def config_folder() -> Path:
    """Return the folder that holds ``scenarios/``, ``instruments.yaml``, ``default.yaml`` and the others.

    Raises
    ------
    FileNotFoundError
        If the package was copied without it.
    """
    return _folder("config", "scenarios")


def rules_of_own_data() -> Path:
    """Return the Snakefile that analyses a service's own data.

    Raises
    ------
    FileNotFoundError
        If the package was copied without it.
    """
    return _folder("workflow", "own_data") / "own_data" / "Snakefile"


def examples_folder() -> Path:
    """Return the folder of example data.

    Raises
    ------
    FileNotFoundError
        If the package was copied without it.
    """
    return _folder("examples", "README.md")


def _folder(name: str, has: str) -> Path:
    """The folder of this name that has this in it."""
    places = (PACKAGE / name, PACKAGE.parents[1] / name)
    for place in places:
        if (place / has).exists():
            return place
    raise FileNotFoundError(f"{places[0]}: no such folder; install the package with pip, which brings {name}/ along")
