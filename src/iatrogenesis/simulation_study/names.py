"""Cells and policies of the simulation study as tables and figures name them."""

from collections.abc import Sequence

from iatrogenesis.core.definitions import FLAG_PROBABILITY, HARMFUL_RATIO

CELLS = {
    "burnout_none": "burnout without effect",
    "burnout_low": "weak effect of burnout",
    "burnout_high": "strong effect of burnout",
    "null_therapists": "therapists who do not differ",
    "null_therapists_small": "few, who do not differ",
    "by_severity": "allocated by severity",
    "by_deprivation": "allocated by deprivation",
    "by_unmeasured": "allocated by unmeasured risk",
    "small": "few therapists, few clients",
    "unreliable_small": "few, with unreliable ratings",
    "world": "simulated service",
    "world_small": "simulated service, small",
    "world_large": "simulated service, large",
}
POLICIES = {
    "remove_raw": "remove the worst 5 %, raw rates",
    "remove_adjusted": "remove the worst 5 %, adjusted",
    "remove_sure": f"remove if P(rate > {HARMFUL_RATIO:g} × mean) ≥ {FLAG_PROBABILITY:g}",
    "support_worst": "support the worst 5 %",
    "support_burned_out": "support the most burned out",
    "caseload_limit": "limit caseloads",
    "monitoring": "monitor outcomes",
}


def cell_names(cells: Sequence[str]) -> list[str]:
    """Cells as people read them."""
    return [CELLS.get(name, name.replace("_", " ")) for name in cells]
