"""Draw the rules into docs/workflow.md, as text that code hosts show as a picture: which rule needs which.

Rules that are made in loops, one a model, say, or one a figure, stand as one; an arrow that others imply is left out.
"""

import re
import subprocess
import sys
from pathlib import Path

from iatrogenesis.core.files import write_text
from iatrogenesis.core.marked import with_part

ROOT = Path(__file__).resolve().parents[2]
LOOPS = {
    "fit": "one a model",
    "sbc_ranks": "one a model",
    "study_batch": "one a group of methods",
    "advice_columns": "some numbers of clients each",
    "attribute": "some pairs of orders each",
    "figure": "one a figure",
}
TITLES = {
    "world": "simulate",
    "inference": "fit models, judge fits",
    "evidence": "compare with what is published",
    "simulation_study": "simulation study",
    "harm": "compare worlds",
    "figures": "figures",
    "explorer": "explorer",
    "report": "pages and checks",
}
PAGE, MARKS = "docs/workflow.md", ("<!-- rules: written by make graph -->", "<!-- end of rules -->")

Edges = set[tuple[str, str]]


def read_dot(text: str) -> Edges:
    """Rule and rule that needs it, from Snakemake's graph, the rules of a loop as one; without the target rule."""
    names = dict(re.findall(r'(\d+)\[label = "(\w+)"', text))
    for number, name in names.items():
        names[number] = next((loop for loop in LOOPS if name.startswith(f"{loop}_")), name)
    pairs = {(names[a], names[b]) for a, b in re.findall(r"(\d+) -> (\d+)", text)}
    return {(a, b) for a, b in pairs if a != b and b != "all"}


def alone(text: str) -> set[str]:
    """Rules that need no other and that none needs, but the target rule."""
    linked = {name for edge in read_dot(text) for name in edge}
    loops = tuple(f"{loop}_" for loop in LOOPS)
    names = {name for name in re.findall(r'label = "(\w+)"', text) if not name.startswith(loops)}
    return names - linked - {"all"}


def reduced(edges: Edges) -> Edges:
    """Without the arrows that a longer way implies."""

    def reach(start: str, without: tuple[str, str]) -> set[str]:
        seen, waiting = set(), [start]
        while waiting:
            here = waiting.pop()
            for a, b in edges:
                if a == here and (a, b) != without and b not in seen:
                    seen.add(b)
                    waiting.append(b)
        return seen

    return {edge for edge in edges if edge[1] not in reach(edge[0], edge)}


def files_of_rules(folder: Path) -> dict[str, str]:
    """The file, without its ending, that each rule stands in."""
    found = {}
    for path in sorted(folder.glob("*.smk")):
        text = path.read_text(encoding="utf-8")
        found |= dict.fromkeys(re.findall(r"^ *rule (\w+):", text, re.MULTILINE), path.stem)
        found |= dict.fromkeys(re.findall(rf'^ *f"({"|".join(LOOPS)})_\{{', text, re.MULTILINE), path.stem)
    return found


def mermaid(dot: str, files: dict[str, str]) -> str:
    """The picture's text: a box for each file of rules, in the order of the work."""
    edges = read_dot(dot)
    rules = {name for edge in edges for name in edge} | alone(dot)
    lines = ["```mermaid", "flowchart LR"]
    for file in (*TITLES, *sorted(set(files.values()) - set(TITLES))):
        mine = sorted(name for name in rules if files[name] == file)
        if mine:
            lines.append(f'  subgraph {file}_smk["{TITLES.get(file, file)}"]')
            lines += [f'    {name}["{name} ({LOOPS[name]})"]' if name in LOOPS else f"    {name}" for name in mine]
            lines.append("  end")
    return "\n".join([*lines, *(f"  {a} --> {b}" for a, b in sorted(reduced(edges))), "```"])


def rulegraph(project: Path) -> str:
    """Ask Snakemake which rules there are and what they need."""
    command = [sys.executable, "-m", "snakemake", "--rulegraph", "dot", "--forceall", "--config", "study=tiny"]
    found = subprocess.run([*command, "--cores", "1"], cwd=project, capture_output=True, text=True, check=False)  # noqa: S603
    if found.returncode:
        raise SystemExit(found.stderr[-2000:])
    return found.stdout


if __name__ == "__main__":
    page = ROOT / PAGE
    picture = mermaid(rulegraph(ROOT), files_of_rules(ROOT / "workflow" / "rules"))
    write_text(with_part(page.read_text(encoding="utf-8"), PAGE, MARKS, picture), page)
