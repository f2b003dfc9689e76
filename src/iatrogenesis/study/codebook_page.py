"""The page about all columns, written from the codebook.

Run as a module (``python -m iatrogenesis.study.codebook_page config docs/codebook.md``) it writes the page.
"""

import sys
from pathlib import Path

from iatrogenesis.core.files import write_text
from iatrogenesis.own_data.exchange.codebook import Codebook, Column, Table, read_between, read_codebook

HEAD = """# Codebook

Written by `make docs` from `config/codebook.yaml` and `codebook_between.yaml`. The labels of `.sav` files and of
`datapackage.json` (Frictionless) and `dataset_description.json` (Psych-DS) are made from the former: `iatrogenesis
export results/<name> --to sav`, or `--to csv`, `--to parquet`, `--to datapackage`. A missing value is an empty field.
"""
SIMULATED = """
## Simulated tables

In `results/<study>/simulated/<scenario>/`. What only a simulation knows is marked *truth*.
"""
BETWEEN = """
## Tables between simulation and report

In `results/<study>/`: what the report's tables are computed from, one row a simulated service, pair of orders, draw,
data set or plausible world. `recompute/*.py` works the report's claims out again from them.
"""
OWN = """
## A service's own prepared tables

In `results/<name>/prepared/`; only what the data have is there. `<instrument>` stands for phq9, gad7, oq45, core_om or
an instrument of one's own; scores are turned so that higher is worse.
"""


def page(simulated: Codebook, own: Codebook, between: Codebook) -> str:
    """The whole page as Markdown."""
    parts = [HEAD, SIMULATED, *(_about(name, table) for name, table in simulated.items())]
    parts += [BETWEEN, *(_about(path, table) for path, table in between.items())]
    return "\n".join([*parts, OWN, *(_about(name, table) for name, table in own.items())])


def _about(name: str, table: Table) -> str:
    rows = [f"| `{column}` | {about.label} | {_type(about)} | {about.unit or ''} |" for column, about in table.items()]
    return "\n".join([f"### {_heading(name)}\n", "| column | meaning | type | unit |", "|---|---|---|---|", *rows, ""])


def _heading(name: str) -> str:
    """A path in a fixed-width font, so that what stands in angle brackets is no tag."""
    return f"`{name}`" if "/" in name else name


def _type(column: Column) -> str:
    text = "text or number" if column.type == "any" else column.type
    if column.range is not None:
        text += f", {column.range[0]:g} to {column.range[1]:g}"
    if column.levels:
        text += f": {'; '.join(column.levels)}"
    return f"{text}, *truth*" if column.truth else text


def main(config: str, target: str) -> None:
    """Write the page."""
    between = read_between(Path(config) / "codebook_between.yaml")
    write_text(page(*read_codebook(Path(config) / "codebook.yaml"), between), target)


if __name__ == "__main__":
    main(*sys.argv[1:])
