"""What the checks found, as files that a person reads."""

from pathlib import Path

from iatrogenesis.core.files import write_text
from iatrogenesis.own_data.checks_page import page
from iatrogenesis.own_data.preparing import Preparation
from iatrogenesis.own_data.privacy import write_table
from iatrogenesis.own_data.settings import OwnData

PAGE = "checks.html"


def write(preparation: Preparation, settings: OwnData, folder: Path, tables: Path) -> None:
    """Write the page of the checks, and the tables of checks and of exclusions.

    Parameters
    ----------
    folder, tables
        Where the page and the tables go; made if need be.
    """
    for place in (folder, tables):
        place.mkdir(parents=True, exist_ok=True)
    write_table(preparation.checks, tables / "checks.csv", settings.privacy)
    write_table(preparation.flow, tables / "flow.csv", settings.privacy)
    write_text(page(preparation, settings), folder / PAGE)
