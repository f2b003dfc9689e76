"""Leave groups of patterns out and predict them; find known truths again; conclude by another algorithm."""

from dataclasses import replace

import numpy as np

from iatrogenesis.core.files import write_csv
from iatrogenesis.core.sources import records
from iatrogenesis.evidence.ensemble import Search
from iatrogenesis.evidence.fitted import Basis
from iatrogenesis.evidence.labels import labelled
from iatrogenesis.evidence.trials import known_truths, left_out, weighed
from iatrogenesis.evidence.worlds import Asked, Patterns, shown, spread
from iatrogenesis.harm.conclusions import MAIN, concluded, worlds_of
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.judged import Sample
from iatrogenesis.world.scenarios import Scenario

CONCLUSIONS = ("net", "rested", "averted")
FEW = ("D01", "M02_last_mean")  # of large samples, and what harm moves most
DRAWS, COPIES = 1500, 40


def main(basis: Basis, rested: Scenario, search: Search, truths: int, cores: int, output: dict[str, str]) -> None:
    """Write a table of each trial."""
    unknowns, fitted, members = basis.unknowns, basis.fitted, search.members
    patterns = basis.asked("trials of the calibration")
    compared = Asked(
        patterns.setup, basis.design, worlds_of(basis.scenarios["treated"], basis.prevented, rested), _concluded
    )
    treated = replace(patterns, scenarios={"treated": basis.scenarios["treated"]}, of=Patterns(FEW))

    def told(scores: np.ndarray, whose: int) -> np.ndarray:
        return shown(patterns, unknowns.values(scores), whose * members, cores)

    def few(scores: np.ndarray, whose: int) -> np.ndarray:
        return shown(treated, unknowns.values(scores), whose * members, cores)

    def conclusions(scores: np.ndarray, whose: int) -> np.ndarray:
        return spread(compared, unknowns.values(scores), whose * members, cores)

    usual = np.repeat(unknowns.scores_of(basis.known)[:, None], COPIES, axis=1)
    copies = told(usual, 2_000_000)
    noise = np.nanstd(np.where(np.isfinite(copies), copies, np.nan), axis=1)
    at = [fitted.names.index(name) for name in FEW]
    tolerance = np.hypot(fitted.tolerance[at], noise[at])
    asked = (unknowns.names, few, conclusions, list(CONCLUSIONS), DRAWS, search)
    write_csv(weighed(fitted.target[at], tolerance, *asked), output["weighed"])
    labels = labelled(basis.published, [*records(basis.setup.instruments).values(), *basis.known.values()])
    inputs = {name for name, label in labels.items() if label == "input"}
    write_csv(left_out(fitted, inputs, noise, unknowns.names, told, search), output["left_out"])
    table = known_truths(fitted, unknowns.names, told, conclusions, list(CONCLUSIONS), truths, search)
    write_csv(table, output["known_truths"])
    print(table.groupby("quantity")[["covered", "prior_covered"]].mean().to_string())


def _concluded(samples: dict[str, Sample]) -> np.ndarray:
    found = concluded(samples, {name: MAIN[name] for name in CONCLUSIONS})
    return np.array([value for value, _ in found.values()])


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            Basis.of(dict(snakemake.input.items()), **snakemake.params.basis),
            rested=Scenario.model_validate(snakemake.params.rested),
            search=Search.model_validate(snakemake.params.search),
            truths=snakemake.params.truths,
            cores=snakemake.threads,
            output=dict(snakemake.output.items()),
        )
