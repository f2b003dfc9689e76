"""The plan of the simulation study as a text, written from its configuration, so that text and run agree.

Headings follow the template ADEMP-PreReg (Siepe et al. 2024, 10.1037/met0000695). Run as a module
(``python -m iatrogenesis.study.study.ademp_page config docs/ADEMP.md``) it writes the page.
"""

import sys
from pathlib import Path
from textwrap import dedent

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from iatrogenesis.core.files import write_text
from iatrogenesis.simulation_study import performance, profiling, truth
from iatrogenesis.simulation_study.cells import Cell
from iatrogenesis.simulation_study.data_generation import MISSING, list_lengths
from iatrogenesis.simulation_study.methods import FACTS, NAMES
from iatrogenesis.simulation_study.methods.by_name import method
from iatrogenesis.simulation_study.plan import spoken
from iatrogenesis.study.study import Study, load_study

STUDIES = ("default", "full")
ENVIRONMENT = Environment(loader=PackageLoader("iatrogenesis", "study"), undefined=StrictUndefined)  # noqa: S701
TEMPLATE = ENVIRONMENT.get_template("ADEMP.md.j2")


def page(studies: dict[str, Study]) -> str:
    """The whole text; `studies`: default and full."""
    full, default = studies["full"], studies["default"]
    settings, coefficients = full.config.simulation_study, full.config.known_truth.coefficients
    case_mix = ", ".join(
        f"{name.replace('_', ' ')} {value:g}"
        for name, value in coefficients
        if value and name not in ("competence", "burnout", "fit")
    )
    jobs = {name: list(study.batches) for name, study in studies.items()}
    return TEMPLATE.render(
        rate=f"{1000 * full.config.advice.rate:.0f}",
        competence=f"{coefficients.competence:g}",
        fit=f"{coefficients.fit:g}",
        case_mix=f"{case_mix} (per standardised unit)",
        missing=f"{MISSING:g}",
        long_list=settings.true_clients,
        count=len(full.cells),
        cells=_cells(full),
        truth=_table_of(truth.__doc__),
        methods="\n".join(_method(name) for name in NAMES if name in settings.methods),
        measures=_indented(performance.performance.__doc__, "Measures: "),
        profiling=_paragraphs(profiling.__doc__ or ""),
        mcse_full=f"{settings.coverage_mcse:.1%}",
        mcse_default=f"{default.config.simulation_study.coverage_mcse:.1%}",
        n_full=settings.replicates,
        n_default=default.config.simulation_study.replicates,
        n_sampled=min(default.config.simulation_study.replicates_by_method.values()),
        seed=full.config.seed,
        batches_full=len(jobs["full"]),
        time_full=spoken(sum(batch.seconds for batch in jobs["full"]), 2),
        batches_default=len(jobs["default"]),
        time_default=spoken(sum(batch.seconds for batch in jobs["default"]), 2),
        default_cells=", ".join(f"`{name}`" for name in default.cells),
        sampler=settings.sampler.described(),
        convergence=settings.convergence.model_dump_json(),
    )


def _cells(study: Study) -> str:
    lines = ["| cell | family | read as | therapists | clients each | total | differs in | why |", "|---" * 8 + "|"]
    bases: dict[str, Cell] = {cell.family: cell for cell in study.cells.values() if cell.reading == "base"}
    for cell in study.cells.values():
        lengths = list_lengths(cell)
        each = f"{cell.clients:g} ({min(lengths)} to {max(lengths)})" if cell.family == "A" else f"{cell.clients:g}"
        row = (
            cell.cell,
            cell.family,
            cell.reading,
            cell.therapists,
            each,
            cell.total,
            _differs(cell, bases),
            cell.reason,
        )
        lines.append("| " + " | ".join(map(str, row)) + " |")
    return "\n".join(lines)


def _differs(cell: Cell, bases: dict[str, Cell]) -> str:
    base, sizes = bases[cell.family], ("therapists", "clients", "cell", "reading", "reason", "family")
    whole = cell is base
    said = []
    for name in type(cell).model_fields:
        value = getattr(cell, name)
        if name in sizes or (value in (None, (), 0, 0.0) and whole) or (not whole and value == getattr(base, name)):
            continue
        text = f"{value:g}" if isinstance(value, int | float) else " ".join(np.atleast_1d(value))
        said.append(f"{name} {text or 'none'}")
    return ", ".join(said)


def _method(name: str) -> str:
    words = " ".join((method(name).__doc__ or "").split())
    return f"**{FACTS[name]['LABEL']}** (`methods/{name}.py`). {words}\n"


def _table_of(doc: str | None) -> str:
    """A docstring whose table of two columns becomes one of Markdown."""
    words, rows, inside = [], [], False
    for line in (doc or "").strip().splitlines():
        if line.startswith("==="):
            inside = not inside
        elif not inside:
            words.append(line)
        else:
            left, right = line[:27].strip(), line[27:].strip()
            if left and (not rows or not rows[-1][0].endswith(",")):
                rows.append([left, right])
            else:
                rows[-1] = [f"{rows[-1][0]} {left}".strip(), f"{rows[-1][1]} {right}".strip()]
    table = ["| target | meaning |", "|---|---|", *(f"| {left} | {right} |" for left, right in rows)]
    return "\n".join(words).strip() + "\n\n" + "\n".join(table)


def _indented(doc: str | None, start: str) -> str:
    text = dedent(doc or "")
    part = text[text.index(start) :].split("\n\n")[0]
    return " ".join(part.split()) + " Formulas: Morris, White & Crowther (2019), Table 6, as in rsimsum and simhelpers."


def _paragraphs(doc: str) -> str:
    title, *rest = doc.strip().split("\n\n")
    words = " ".join(" ".join(part for part in rest if not part.startswith("===")).split())
    table = next(part for part in rest if part.startswith("==="))
    lines = [line for line in table.splitlines() if not line.startswith("===")]
    return f"{title.strip()} {words}\n\n" + "\n".join(f"    {line}" for line in lines)


def main(config: str, target: str) -> None:
    """Write the page."""
    folder = Path(config)
    write_text(page({name: load_study(folder / f"{name}.yaml", folder) for name in STUDIES}), target)


if __name__ == "__main__":
    main(*sys.argv[1:])
