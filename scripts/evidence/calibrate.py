"""Find the plausible worlds and their centre; write both, with what they show beside what is published."""

from pathlib import Path

import numpy as np

from iatrogenesis.core.files import write_csv
from iatrogenesis.evidence.centre import centred
from iatrogenesis.evidence.ensemble import (
    Search,
    assimilated,
    fingerprint,
    learned,
    prior_scores,
    summary,
    write_ensemble,
)
from iatrogenesis.evidence.fitted import Basis
from iatrogenesis.evidence.worlds import shown
from iatrogenesis.evidence.write_back import write_files
from iatrogenesis.verification.records import recorded

REPLICATES = 8  # of the centre, many enough that its patterns are nearly free of Monte Carlo error
CENTRE_STEPS = 8


def main(basis: Basis, config: Path, search: Search, cores: int, output: dict[str, str]) -> None:
    """Calibrate and write; what is committed is left for a person to replace."""
    unknowns, fitted = basis.unknowns, basis.fitted
    searching = basis.asked("calibrate")

    def told(scores: np.ndarray, step: int) -> np.ndarray:
        return shown(searching, unknowns.values(scores), step * search.members, cores)

    prior = prior_scores(unknowns.names, search)
    scores = assimilated(prior, fitted.target, fitted.tolerance, told, search)
    write_ensemble(
        unknowns.named(scores), search, fingerprint(unknowns.priors, basis.published), Path(output["ensemble"])
    )
    write_csv(learned(unknowns, prior, scores), output["unknowns"])
    table = summary(list(fitted.names), told(scores, search.steps))
    write_csv(table.assign(published=fitted.target, tolerance=fitted.tolerance), output["patterns"])

    known, free = basis.known, unknowns.fitted(basis.known)
    alike = basis.asked("centre", replicates=REPLICATES, shared=True)

    def patterns(of: np.ndarray) -> np.ndarray:
        return shown(alike, unknowns.values(of), cores=cores) / fitted.tolerance[:, None]

    start = np.where(free, scores.mean(axis=1), unknowns.scores_of(known))
    centre = centred(start, free, fitted.target / fitted.tolerance, patterns, CENTRE_STEPS)
    write_files(unknowns.centre(centre, known), config, Path(output["centre"]))
    print(f"Compare {output['centre']} and {output['ensemble']} with config/, and copy them if they fit better.")


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            Basis.of(dict(snakemake.input.items()), **snakemake.params.basis),
            config=Path(snakemake.input.scenario).parents[1],
            search=Search.model_validate(snakemake.params.search),
            cores=snakemake.threads,
            output=dict(snakemake.output.items()),
        )
