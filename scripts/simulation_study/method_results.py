"""Choose the results that the report shows about methods: the full study's, or this one's own."""

from pathlib import Path

from iatrogenesis.core.files import read_csv, write_csv
from iatrogenesis.simulation_study.method_results import agreement, of_cells
from iatrogenesis.verification.records import recorded


def main(own: dict[str, str], full: dict[str, str], study: str, paths: dict[str, str]) -> None:
    """Write what is shown, and this study's own results beside it; `full` are the full study's files, if it is used."""
    cells = read_csv(own["cells"])["cell"].tolist()
    for name in ("performance", "cells"):
        table = read_csv(full.get(name, own[name]))
        write_csv(of_cells(table, cells, "full" if full else study), paths[name])
    ours = read_csv(own["performance"])
    beside = agreement(ours, read_csv(full["performance"]) if full else ours.iloc[:0])
    write_csv(beside, paths["agreement"])
    print(f"{len(cells)} cells, by the study {'full' if full else study}", flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            own={name: snakemake.input[name] for name in ("performance", "cells")},
            full={Path(path).stem: path for path in snakemake.input.full},
            study=snakemake.params.study,
            paths={name: snakemake.output[name] for name in ("performance", "cells", "agreement")},
        )
