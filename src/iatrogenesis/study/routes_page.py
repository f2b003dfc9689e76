"""The page about all mechanisms and preventions, written from their classes and numbers.

Run as a module (``python -m iatrogenesis.study.routes_page config docs/routes.md``) it writes the page.
"""

import sys
from inspect import getdoc, getfile
from pathlib import Path

from iatrogenesis.core.files import write_text
from iatrogenesis.core.sources import Sourced, SourcedShares, records
from iatrogenesis.world.mechanisms import KINDS as MECHANISMS
from iatrogenesis.world.mechanisms.base import Mechanism
from iatrogenesis.world.preventions import KINDS as PREVENTIONS
from iatrogenesis.world.scenarios import Scenario, load_catalogue

SEED = (
    "Opening",
    "Defining Iatrogenic Effects in Mental Health Care",
    "Common Types of Therapy-Induced Harm",
    "Causes Behind Iatrogenic Effects in Therapy",
    "Recognizing Signs of Iatrogenic Trauma",
    "Emotional Withdrawal Symptoms",
    "Increased Therapy Resistance",
    "Self-Harm Ideation Spikes",
    "The Role of Therapist Competence and Burnout",
    "Misdiagnosis and Its Consequences",
    "Labeling’s Harmful Impact",
    "Treatment Mismatch Dangers",
    "Reinforcing Negative Self-Perception",
    "How Misdiagnosis Harms Self-Perception",
    "The Impact of Stigmatizing Labels",
    "Overmedication and Medication-Related Harm",
    "Prescription Risks and Misuse",
    "Side Effects and Dependency",
    "Preventative Measures for Iatrogenic Effects",
    "Repairing Trust After Therapeutic Harm",
    "Conclusion",
)
"""Headings of the founding text, in its order; the first part has none."""

FIGURES = {"mechanisms": "attribution", "preventions": "preventions"}

HEAD = """# Routes of harm, and what prevents them

Written by `make docs` from the classes in `src/iatrogenesis/world`, folders `mechanisms` and `preventions`, and from
the numbers in `config/`. How they act together: [simulator.md](simulator.md).

In the equations, `x = ...` after the name of a channel is what is contributed to it in each session: `alliance` (SD),
`rupture`, `crisis` and `dropout` (log odds), `gain` (logarithm of what treatment brings), `drift` (points that stay),
`exacerbation` (points that pass), `symptom` (points of another kind), `after` (points at follow-up), `help_seeking`
(log odds). Other names on the left are own states of the client.

## From the founding text to the code
"""


def scenario_of(kind: str) -> str:
    """Id of the scenario that is about one mechanism, which is closed there, or prevention, which is added."""
    return f"with_{kind}" if kind in PREVENTIONS else f"no_{kind}"


def page(catalogue: dict[str, Scenario]) -> str:
    """The whole page as Markdown."""
    everything = catalogue["all_preventions"]
    routes = {one.kind: one for one in (*everything.mechanisms, *everything.preventions)}
    parts = [HEAD, _seed_table(routes)]
    for title, kinds in (("Mechanisms", MECHANISMS), ("Preventions", PREVENTIONS)):
        parts.append(f"## {title}\n")
        parts += [_about(routes[kind], catalogue) for kind in kinds]
    return "\n".join(parts)


def _seed_table(routes: dict[str, Mechanism]) -> str:
    lines = ["| text | files | parameters | scenarios | figures |", "|---|---|---|---|---|"]
    for heading in SEED:
        mine = [one for one in routes.values() if heading in one.seed]
        figures = sorted({FIGURES[_group(one.kind)] for one in mine})
        lines.append(
            f"| {heading} | {_list(f'{_group(o.kind)}/{o.kind}.py' for o in mine)} "
            f"| {_list(f'{_group(o.kind)}/{o.kind}.yaml' for o in mine)} "
            f"| {_list(scenario_of(o.kind) for o in mine)} | {', '.join(figures)} |"
        )
    return "\n".join(lines) + "\n"


def _group(kind: str) -> str:
    return "mechanisms" if kind in MECHANISMS else "preventions"


def _list(names) -> str:
    return "<br>".join(f"`{name}`" for name in names)


def _about(one: Mechanism, catalogue: dict[str, Scenario]) -> str:
    module = sys.modules[type(one).__module__]
    scenario = catalogue[scenario_of(one.kind)]
    words, _, equations = (getdoc(type(one)) or "").partition("\n\n")
    lines = [
        f"### {one.kind}\n",
        f"{(module.__doc__ or '').strip()} {words}\n",
        "\n".join(f"    {line}" for line in equations.strip().splitlines()) + "\n",
        f"Code `src/iatrogenesis/world/{_group(one.kind)}/{Path(getfile(type(one))).name}`, scenario `{scenario.id}`: "
        f"{scenario.question}\n",
        "| parameter | value | unit | status | range | source or reason |",
        "|---|---|---|---|---|---|",
        *(_row(name, record) for name, record in records(one).items()),
        "",
    ]
    return "\n".join(lines)


def _row(name: str, record: Sourced | SourcedShares) -> str:
    value = f"{record.value:g}"
    if isinstance(record, Sourced) and record.sceptical is not None:
        value += f" (sceptical {record.sceptical:g}, optimistic {record.optimistic:g})"
    interval = f"{record.low:g} to {record.high:g}" if record.low is not None else ""
    source = "; ".join(filter(None, [f"@{record.cite}" if record.cite else None, record.where, record.note]))
    return f"| {name} | {value} | {record.unit} | {record.status} | {interval} | {source} |"


def main(config: str, target: str) -> None:
    """Write the page."""
    catalogue = load_catalogue(Path(config) / "scenarios", Path(config) / "references.bib")
    write_text(page(catalogue), target)


if __name__ == "__main__":
    main(*sys.argv[1:])
