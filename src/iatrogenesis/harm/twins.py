"""Scenarios compared by counterfactual twins: per 1,000 clients, how many more get worse, and who would not have.

The same clients with the same chance events go through a scenario, through the reference world and through routine
care. Differences are taken client by client, so what all worlds share cancels and the Monte Carlo error is small.

The *net* difference does not depend on what twins share. How many are harmed and how many are spared does: it is given
under shared chance, and with the bounds that hold whatever is shared (Frechet; Tian & Pearl 2000, "Probabilities of
causation"): with risk p here and q in the reference, at least max(0, p - q) and at most min(p, 1 - q) are harmed.
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
    "caused_against_routine_care",
    "averted_against_routine_care",
    "reference",
    "truly_deteriorated",
    "truly_and_by_scores",
    "net_true_reference",
    "sessions",
)


def twin_counts(scenario: Sample, reference: Sample, routine_care: Sample) -> Sums:
    """Sums per independent cluster (a service of a replicate) of what is compared.

    ``iatrogenic``: deteriorated here, not in the reference world. ``spared``: the other way round. ``truly``: what
    scores would be without error is judged by the same rule.
    """
    worse, without, usual = scenario.deteriorated, reference.deteriorated, routine_care.deteriorated
    columns = {
        "clients": np.ones(len(worse)),
        "finished": scenario.finished,
        "deteriorated": worse,
        "improved": scenario.improved,
        "dropped_out": scenario.dropped_out,
        "iatrogenic": worse & ~without,
        "spared": ~worse & without,
        "caused_against_routine_care": worse & ~usual,
        "averted_against_routine_care": ~worse & usual,
        "reference": without,
        "truly_deteriorated": scenario.truly_deteriorated,
        "truly_and_by_scores": scenario.truly_deteriorated & worse,
        "net_true_reference": scenario.truly_deteriorated.astype(float) - reference.truly_deteriorated,
        "sessions": scenario.sessions,
    }
    _, cluster = np.unique(scenario.cluster, return_inverse=True)
    return {name: np.bincount(cluster, weights=columns[name]) for name in COUNTS}


MEASURES = {
    "net_against_reference": (
        "net_reference",
        "clients",
        "Net harm: more than in the reference world, per 1,000 clients",
    ),
    "net_true_against_reference": (
        "net_true_reference",
        "clients",
        "Net harm on scores without error, per 1,000 clients",
    ),
    "deteriorated": ("deteriorated", "finished", "Reliably deteriorated, per 1,000 finished courses"),
    "deteriorated_per_client": ("deteriorated", "clients", "Reliably deteriorated, per 1,000 clients"),
    "truly_deteriorated": ("truly_deteriorated", "finished", "Truly deteriorated, per 1,000 finished courses"),
    "sensitivity": (
        "truly_and_by_scores",
        "truly_deteriorated",
        "Deteriorated by scores, per 1,000 who truly deteriorated (sensitivity)",
    ),
    "predictive_value": (
        "truly_and_by_scores",
        "deteriorated",
        "Truly deteriorated, per 1,000 who deteriorated by scores (positive predictive value)",
    ),
    "iatrogenic": ("iatrogenic", "clients", "Caused, under shared chance, per 1,000 clients"),
    "spared": ("spared", "clients", "Prevented, under shared chance, per 1,000 clients"),
    "caused_at_least": ("net_harm", "clients", "Caused at least, whatever chance is shared, per 1,000 clients"),
    "caused_at_most": ("could_be_harm", "clients", "Caused at most, whatever chance is shared, per 1,000 clients"),
    "net_against_routine_care": (
        "net_routine_care",
        "clients",
        "More deterioration than in routine care, per 1,000 clients",
    ),
    "improved": ("improved", "finished", "Reliably improved, per 1,000 finished courses"),
    "dropped_out": ("dropped_out", "clients", "Dropped out, per 1,000 clients"),
    "sessions": ("sessions_thousandth", "clients", "Sessions attended, mean"),
}


def scenario_rows(name: str, counts: Mapping[str, np.ndarray]) -> list[dict[str, object]]:
    """Rows of a table: the compared measures of one scenario with MCSE and a 95 % Monte Carlo interval."""
    sums = {count: np.asarray(counts[count]) for count in COUNTS}
    sums |= {
        "net_reference": sums["iatrogenic"] - sums["spared"],
        "net_routine_care": sums["caused_against_routine_care"] - sums["averted_against_routine_care"],
        "sessions_thousandth": sums["sessions"] / 1000,
    }
    harmed, unharmed = sums["deteriorated"].sum(), (sums["clients"] - sums["reference"]).sum()
    sums |= {
        "net_harm": sums["net_reference"] * (sums["net_reference"].sum() > 0),
        "could_be_harm": sums["deteriorated"] if harmed < unharmed else sums["clients"] - sums["reference"],
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
