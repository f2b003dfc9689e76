"""What is true in a cell, worked out before any method sees its data; `iatrogenesis.simulation_study.estimands`."""

import pandas as pd

from iatrogenesis.simulation_study.cells import Cell
from iatrogenesis.simulation_study.data_generation import Surroundings
from iatrogenesis.simulation_study.truth_of_therapists import mechanistic_rates
from iatrogenesis.simulation_study.truth_statistical import statistical_truth

COLUMNS = ("cell", "world", "replicate", "estimand", "truth", "truth_mcse")


def truth(
    cell: Cell, surroundings: Surroundings, replicates: int, clients: int, of_worlds: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what is true of a cell and of its therapists.

    Parameters
    ----------
    clients
        Family B: about how many clients of each therapist are simulated for the therapist's rate.
    of_worlds
        Family B: world, estimand, truth and truth_mcse, what is true of its scenario and size in each plausible world
        (`iatrogenesis.simulation_study.truth_of_worlds`).

    Returns
    -------
    tuple of pandas.DataFrame
        Columns `COLUMNS`, where world is 0 in family A, and in B the row `therapist_rate` has the mean rate and the
        error of one therapist's; replicate is missing but for what is true of one data set. And replicate, therapist
        (position among the ids), rate, own_rate.
    """
    if cell.family == "A":
        found, of_each, rates = statistical_truth(cell, surroundings, replicates)
        known = pd.DataFrame(found, columns=["estimand", "truth", "truth_mcse"])
        known = pd.concat([known, of_each.assign(truth_mcse=0.0)], ignore_index=True).assign(world=0)
    else:
        if of_worlds is None:
            raise ValueError(f"{cell.cell}: family B needs what is true of its worlds")
        rates, error = mechanistic_rates(cell, surroundings, replicates, clients)
        row = {"world": 0, "estimand": "therapist_rate", "truth": rates["rate"].mean(), "truth_mcse": error}
        known = pd.concat([of_worlds, pd.DataFrame([row])], ignore_index=True)
    return known.assign(cell=cell.cell).reindex(columns=list(COLUMNS)).astype({"replicate": "Int64"}), rates
