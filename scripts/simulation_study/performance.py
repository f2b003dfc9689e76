"""Judge every method of the simulation study against the truth, and beside the others."""

from itertools import groupby

import pandas as pd

from iatrogenesis.core.files import read_csv, read_parquet, write_csv
from iatrogenesis.simulation_study.differences import differences
from iatrogenesis.simulation_study.estimands import concrete
from iatrogenesis.simulation_study.judge import judged_with_parts
from iatrogenesis.simulation_study.methods import FACTS, NAMES
from iatrogenesis.verification.records import recorded


def main(
    batches: list[list[str]], cells: dict, files: dict[str, list[str]], replicates: dict[str, int], paths: dict
) -> None:
    """Write performance, differences between methods, and the truths and cells that these are about.

    `replicates` is how many data sets each method was given. `batches` are cell, method and number of each, in the
    order of the files of estimates and therapists, cell by cell; the files of truth and rates are in that of the cells.
    """
    truth = pd.concat([read_csv(path) for path in files["truth"]], ignore_index=True)
    rates = dict(zip(cells, files["rates"], strict=True))
    parts = list(zip(batches, files["estimates"], files["therapists"], strict=True))
    tables, beside = [], []
    for cell, of_cell in groupby(parts, key=lambda part: part[0][0]):
        known, true_rates, found = truth[truth["cell"] == cell], read_parquet(rates[cell]), {}
        for method, group in groupby(of_cell, key=lambda part: part[0][1]):
            _, *both = zip(*group, strict=True)
            answers = (pd.concat([read_parquet(path) for path in own], ignore_index=True) for own in both)
            targets, exceeds = concrete(FACTS[method]["TARGETS"]), FACTS[method].get("EXCEEDS", "posterior")
            table, found[method] = judged_with_parts(
                cell, method, targets, *answers, known, true_rates, replicates[method], exceeds
            )
            tables.append(table)
            print(f"{cell}, {method}: judged over {replicates[method]} data sets", flush=True)
        beside.append(differences(cell, found, NAMES, max(known["world"].nunique(), 1)))
    about = pd.DataFrame(cells.values())
    write_csv(about.assign(also=about["also"].str.join(" ")), paths["cells"])
    write_csv(truth, paths["truth"])
    write_csv(pd.concat(tables, ignore_index=True), paths["table"])
    write_csv(pd.concat(beside, ignore_index=True), paths["differences"])


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            batches=snakemake.params.batches,
            cells=snakemake.params.cells,
            files={name: snakemake.input[name] for name in ("truth", "rates", "estimates", "therapists")},
            replicates=snakemake.params.replicates,
            paths={name: snakemake.output[name] for name in ("table", "differences", "truth", "cells")},
        )
