"""The flow of simulated clients, as CONSORT has it: how many are left at each step, and where the others went."""

from collections.abc import Mapping

import pandas as pd

from iatrogenesis.evidence.counted import Moments

STEPS: Mapping[str, tuple[str, str, str]] = {
    "allotted": ("", "Allotted to a therapist", ""),
    "one_session": ("allotted", "Attended one session only", ""),
    "finished": ("allotted", "Finished courses: two or more sessions", ""),
    "dropped_out": ("allotted", "Dropped out, in all", "dropout"),
    "referred": ("allotted", "Changed therapist", "referred"),
    "dropped_out_later": ("finished", "Dropped out after two or more sessions", ""),
    "completed": ("finished", "Completed as planned", ""),
    "deteriorated": ("finished", "Reliably deteriorated", "deteriorated"),
    "unchanged": ("finished", "No reliable change", "unchanged"),
    "improved": ("finished", "Reliably improved", "improved"),
    "cases": ("finished", "At caseness at the first session", "caseness"),
    "recovered": ("cases", "Recovered", "recovered"),
    "worse_at_follow_up": ("finished", "Reliably deteriorated at follow-up", ""),
    "unwell": ("finished", "At caseness at follow-up", ""),
    "returns": ("unwell", "Sought help again", ""),
}
"""By step the one that it is part of, what it is, and the row of Table 1 that has its published share, if any."""


def flow_table(counted: Mapping[str, Moments], population: pd.DataFrame, replicates: int) -> pd.DataFrame:
    """One row per step: clients in all, in one service year, per 1,000 allotted, and as a share of the step before.

    Parameters
    ----------
    counted
        Of each step its mean over all clients.
    population
        Table 1 (`iatrogenesis.evidence.population.population_table`).
    replicates
        How many service years were counted.
    """
    published = population.set_index("id")
    rows = []
    for step, (part_of, label, row) in STEPS.items():
        found = counted[step]
        of = counted[part_of].total if part_of else found.total
        told = published.loc[row] if row else None
        rows.append(
            {
                "step": step,
                "part_of": part_of,
                "label": label,
                "clients": int(found.total),
                "clients_a_year": found.total / replicates,
                "per_1000": 1000 * found.mean,
                "mcse": 1000 * found.mean_mcse,
                "share_of_step": found.total / of,
                "published": float("nan") if told is None else told["published"],
                "source": "none published" if told is None else told["source"],
                "where": "" if told is None else told["where"],
            }
        )
    return pd.DataFrame(rows)
