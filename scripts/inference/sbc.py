"""Judge whether the ranks of true values are uniform, for every model, engine and quantity."""

import pandas as pd

from iatrogenesis.core.files import read_csv, read_parquet, write_csv, write_parquet
from iatrogenesis.inference.checks.sbc import COLUMNS, curves, judge, with_full
from iatrogenesis.verification.records import recorded


def main(parts: list[str], full: list[str], study: str, seed: int, table_path: str, curves_path: str) -> None:
    """Write one row per model, engine and quantity, and the distribution functions of this study's for the picture."""
    rows, lines = [pd.DataFrame(columns=list(COLUMNS))], []
    for path in parts:
        ranks = read_parquet(path)
        rows.append(judge(ranks, ranks["model"].iloc[0], ranks["engine"].iloc[0], seed))
        lines.append(curves(ranks, rows[-1], seed))
    own = pd.concat([part for part in rows if len(part)] or rows, ignore_index=True)
    table = with_full(own, pd.concat([own.head(0), *map(read_csv, full)]), study)
    write_csv(table, table_path)
    write_parquet(pd.concat(lines, ignore_index=True) if lines else pd.DataFrame(), curves_path)
    print(table.groupby(["model", "engine"])["calibrated"].agg(["sum", "size"]).to_string())


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            parts=snakemake.input.parts,
            full=snakemake.input.full,
            study=snakemake.params.study,
            seed=snakemake.params.seed,
            table_path=snakemake.output.table,
            curves_path=snakemake.output.curves,
        )
