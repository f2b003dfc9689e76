"""Scenarios compared by counterfactual twins: per 1,000 clients, who gets worse, and who would not have.

The same clients with the same chance events go through a scenario, through the reference world and through the base
scenario. Differences are taken client by client, so what all worlds share cancels and the Monte Carlo error is small.
"""

from collections.abc import Mapping

import numpy as np

from iatrogenesis.core.montecarlo import around, ratio
from iatrogenesis.harm.outcomes import Sums
from iatrogenesis.world.judged import Sample

COUNTS = (
    "clients",
    "finished",
    "deteriorated",
    "improved",
    "dropped_out",
    "iatrogenic",
    "spared",
    "caused_against_base",
    "averted_against_base",
    "sessions",
)


def twin_counts(scenario: Sample, reference: Sample, base: Sample) -> Sums:
    """Sums per independent cluster (a service of a replicate) of what is compared.

    ``iatrogenic``: deteriorated here, not in the reference world. ``spared``: the other way round.
    """
    worse, without, usual = scenario.deteriorated, reference.deteriorated, base.deteriorated
    columns = {
        "clients": np.ones(len(worse)),
        "finished": scenario.finished,
        "deteriorated": worse,
        "improved": scenario.improved,
        "dropped_out": scenario.dropped_out,
        "iatrogenic": worse & ~without,
        "spared": ~worse & without,
        "caused_against_base": worse & ~usual,
        "averted_against_base": ~worse & usual,
        "sessions": scenario.sessions,
    }
    _, cluster = np.unique(scenario.cluster, return_inverse=True)
    return {name: np.bincount(cluster, weights=columns[name]) for name in COUNTS}


MEASURES = {
    "deteriorated": ("deteriorated", "finished", "Reliably deteriorated, per 1,000 finished courses"),
    "deteriorated_per_client": ("deteriorated", "clients", "Reliably deteriorated, per 1,000 clients"),
    "iatrogenic": ("iatrogenic", "clients", "Deteriorated because of the treatment they got, per 1,000 clients"),
    "spared": (
        "spared",
        "clients",
        "Prevented by treatment better than the reference, per 1,000 clients",
    ),
    "net_against_reference": (
        "net_reference",
        "clients",
        "Net difference from the reference, per 1,000 clients",
    ),
    "net_against_base": ("net_base", "clients", "More deterioration than in routine care, per 1,000 clients"),
    "improved": ("improved", "finished", "Reliably improved, per 1,000 finished courses"),
    "dropped_out": ("dropped_out", "clients", "Dropped out, per 1,000 clients"),
    "sessions": ("sessions_thousandth", "clients", "Sessions attended, mean"),
}


def scenario_rows(name: str, counts: Mapping[str, np.ndarray]) -> list[dict[str, object]]:
    """Rows of a table: the compared measures of one scenario with MCSE and a 95 % Monte Carlo interval."""
    sums = {count: np.asarray(counts[count]) for count in COUNTS}
    sums |= {
        "net_reference": sums["iatrogenic"] - sums["spared"],
        "net_base": sums["caused_against_base"] - sums["averted_against_base"],
        "sessions_thousandth": sums["sessions"] / 1000,
    }
    rows: list[dict[str, object]] = []
    for measure, (above, below, label) in MEASURES.items():
        value, mcse = ratio(sums[above], sums[below])
        value, mcse = 1000 * value, 1000 * mcse
        low, high = around(value, mcse, len(sums["clients"]))
        rows.append(
            {
                "scenario": name,
                "measure": measure,
                "label": label,
                "value": value,
                "mcse": mcse,
                "low": low,
                "high": high,
                "clients": int(sums["clients"].sum()),
            }
        )
    return rows
