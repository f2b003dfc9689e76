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
from iatrogenesis.simulation_study import performance, profiling
from iatrogenesis.simulation_study.cells import Cell
from iatrogenesis.simulation_study.data_generation import MISSING, list_lengths
from iatrogenesis.simulation_study.estimands import ESTIMANDS, concrete
from iatrogenesis.simulation_study.methods import FACTS, NAMES
from iatrogenesis.simulation_study.methods.by_name import method
from iatrogenesis.simulation_study.plan import spoken
from iatrogenesis.simulation_study.truth_of_worlds import CLIENTS
from iatrogenesis.study.study import Study, load_study

STUDIES = ("default", "full")
ENVIRONMENT = Environment(loader=PackageLoader("iatrogenesis", "study"), undefined=StrictUndefined)  # noqa: S701
TEMPLATE = ENVIRONMENT.get_template("ADEMP.md.j2")


def page(studies: dict[str, Study]) -> str:
    """The whole text; `studies`: default and full."""
    full, default = studies["full"], studies["default"]
    settings, numbers = full.config.simulation_study, full.numbers
    coefficients = numbers.slopes()
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
        score_correlation=f"{float(numbers.score_correlation):g}",
        reliability=", ".join(f"{name} {value:g}" for name, value in full.reliability.items()),
        referred=f"{float(numbers.referred):.0%}",
        worlds=settings.worlds,
        missing=f"{MISSING:g}",
        true_in_worlds=f"{CLIENTS:,}",
        long_list=settings.true_clients,
        count=len(full.cells),
        cells=_cells(full),
        estimands=_estimands(settings.methods),
        methods="\n".join(_method(name) for name in NAMES if name in settings.methods),
        measures=_indented(performance.performance.__doc__, "Measures: "),
        profiling=_paragraphs(profiling.__doc__ or ""),
        mcse_full=f"{settings.coverage_mcse:.1%}",
        mcse_default=f"{default.config.simulation_study.coverage_mcse:.1%}",
        n_full=settings.replicates,
        n_default=default.config.simulation_study.replicates,
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
    references: dict[str, Cell] = {cell.family: cell for cell in study.cells.values() if cell.reading == "reference"}
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
            _differs(cell, references),
            cell.reason,
        )
        lines.append("| " + " | ".join(map(str, row)) + " |")
    return "\n".join(lines)


def _differs(cell: Cell, references: dict[str, Cell]) -> str:
    reference, sizes = references[cell.family], ("therapists", "clients", "cell", "reading", "reason", "family")
    whole = cell is reference
    said = []
    for name in type(cell).model_fields:
        value = getattr(cell, name)
        if (
            name in sizes
            or (value in (None, (), 0, 0.0) and whole)
            or (not whole and value == getattr(reference, name))
        ):
            continue
        text = f"{value:g}" if isinstance(value, int | float) else " ".join(np.atleast_1d(value))
        said.append(f"{name} {text or 'none'}")
    return ", ".join(said)


def _method(name: str) -> str:
    words = " ".join((method(name).__doc__ or "").split())
    return f"**{FACTS[name]['LABEL']}** (`methods/{name}.py`). {words}\n"


def _estimands(methods: tuple[str, ...]) -> str:
    """What each number means, its truth in each family, and the methods that target it."""
    targets = {name: concrete(FACTS[name]["TARGETS"]) for name in NAMES if name in methods}
    lines = ["| estimand | meaning | truth in A | truth in B | targeted by |", "|---" * 5 + "|"]
    for one in ESTIMANDS:
        own = concrete((one.name,))
        by = ", ".join(f"`{name}`" for name, target in targets.items() if own & target)
        told = [f"`{one.name}`", one.meaning, one.in_a or "none", one.in_b or "none", by or "none"]
        lines.append("| " + " | ".join(text.replace("|", "\\|") for text in told) + " |")
    return "\n".join(lines)


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
