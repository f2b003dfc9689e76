"""Judge every method of the simulation study against the truth."""

from itertools import groupby

import pandas as pd

from iatrogenesis.core.files import read_csv, read_parquet, write_csv
from iatrogenesis.core.logs import logged
from iatrogenesis.simulation_study.estimands import concrete
from iatrogenesis.simulation_study.judge import judged
from iatrogenesis.simulation_study.methods import FACTS


def main(
    batches: list[list[str]], cells: dict, files: dict[str, list[str]], replicates: dict[str, int], paths: dict
) -> None:
    """Write performance, and the truths and cells that it is about.

    `replicates` is how many data sets each method was given. `batches` are cell, method and number of each, in the
    order of the files of estimates and therapists; the files of truth and rates are in the order of the cells.
    """
    truth = pd.concat([read_csv(path) for path in files["truth"]], ignore_index=True)
    rates = dict(zip(cells, files["rates"], strict=True))
    parts = list(zip(batches, files["estimates"], files["therapists"], strict=True))
    tables = []
    for (cell, method), group in groupby(parts, key=lambda part: part[0][:2]):
        _, *both = zip(*group, strict=True)
        estimates, therapists = (pd.concat([read_parquet(path) for path in own], ignore_index=True) for own in both)
        true_rates, asked = read_parquet(rates[cell]), replicates[method]
        targets = concrete(FACTS[method]["TARGETS"])
        tables.append(judged(cell, method, targets, estimates, therapists, truth, true_rates, asked))
        print(f"{cell}, {method}: judged over {replicates[method]} data sets", flush=True)
    about = pd.DataFrame(cells.values())
    write_csv(about.assign(also=about["also"].str.join(" ")), paths["cells"])
    write_csv(truth, paths["truth"])
    write_csv(pd.concat(tables, ignore_index=True), paths["table"])


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            batches=snakemake.params.batches,
            cells=snakemake.params.cells,
            files={name: snakemake.input[name] for name in ("truth", "rates", "estimates", "therapists")},
            replicates=snakemake.params.replicates,
            paths={name: snakemake.output[name] for name in ("table", "truth", "cells")},
        )
