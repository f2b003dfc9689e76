"""Cells and policies of the simulation study as tables and figures name them."""

from collections.abc import Sequence

CELLS = {"base": "base cell (A)", "world": "simulated world (B)"}
POLICIES = {
    "remove_raw": "remove the worst 5 %, raw rates",
    "remove_adjusted": "remove the worst 5 %, adjusted",
    "remove_sure": "remove who is surely harmful",
    "support_worst": "support the worst 5 %",
    "support_burned_out": "support the most burned out",
    "caseload_limit": "limit caseloads",
    "monitoring": "monitor outcomes",
}


def cell_names(cells: Sequence[str]) -> list[str]:
    """Cells as people read them."""
    return [CELLS.get(name, name.replace("_", " ")) for name in cells]
