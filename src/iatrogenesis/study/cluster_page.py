"""Write what a large study costs into docs/cluster.md.

Run as a module: ``python -m iatrogenesis.study.cluster_page config results/reference/cost.csv docs/cluster.md``.
"""

import sys
from pathlib import Path

import pandas as pd

from iatrogenesis.core.files import write_text
from iatrogenesis.core.marked import with_part
from iatrogenesis.simulation_study.plan import BATCH_SECONDS
from iatrogenesis.study.cost import HEAD, cost, rows
from iatrogenesis.study.study import load_study

MARKS = "<!-- cost: written by make docs -->", "<!-- end of cost -->"
TIMES = 100


def section(config: Path, measured: pd.DataFrame) -> str:
    """The generated part: how far planned and measured agree, and the tables of the full study and a larger one."""
    default, full = (load_study(config / f"{name}.yaml", config) for name in ("default", "full"))
    planned = sum(batch.seconds for batch in default.batches)
    spent = float(measured.loc[measured["rule"] == "study_batch", "core_seconds"].iloc[0])
    lines = [
        f"Of the default study, {planned:.0f} core seconds were planned for its batches and {spent:.0f} measured\n"
        f"(`results/reference/cost.csv`). A batch is to take {BATCH_SECONDS:.0f} seconds at most.",
    ]
    for times in (1, TIMES):
        head = "The full study:" if times == 1 else f"With {times} times its replicates in every cell:"
        table = [HEAD, ("---", *["---:"] * (len(HEAD) - 1)), *rows(cost(full, measured, times))]
        lines += ["", head, "", *(f"| {' | '.join(line)} |" for line in table)]
    return "\n".join(lines)


if __name__ == "__main__":
    config, costs, page = map(Path, sys.argv[1:])
    write_text(with_part(page.read_text(encoding="utf-8"), str(page), MARKS, section(config, pd.read_csv(costs))), page)
