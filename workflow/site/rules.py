"""The picture of the rules as a table: Mermaid takes a script of several megabytes, and phones show no wide graph."""

import re

from prose import table

BLOCK = re.compile(r"^```mermaid\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def as_table(page: str) -> str:
    """A page with its Mermaid picture as a table: each rule, its stage, and which rules it needs first.

    Raises
    ------
    ValueError
        If the page has no such picture, or the picture no rules.
    """
    found = BLOCK.search(page)
    if found is None:
        raise ValueError("docs/workflow.md has no picture of the rules: run `make graph`")
    return page[: found.start()] + "\n".join(_rows(found[1])) + page[found.end() :]


def _rows(picture: str) -> list[str]:
    stage, stages, loops = "", {}, {}
    needs: dict[str, list[str]] = {}
    for line in picture.splitlines():
        if opened := re.search(r'subgraph \w+\["(.+)"\]', line):
            stage = opened[1]
        elif arrow := re.search(r"(\w+) --> (\w+)", line):
            needs.setdefault(arrow[2], []).append(arrow[1])
        elif (rule := re.fullmatch(r'\s+(\w+)(?:\["\w+ \((.+)\)"\])?', line)) and rule[1] != "end":
            stages[rule[1]], loops[rule[1]] = stage, rule[2] or ""
    if not stages:
        raise ValueError("the picture of the rules in docs/workflow.md has none: run `make graph`")
    rows = [
        (
            stage,
            f"`{name}`" + (f" ({loops[name]})" if loops[name] else ""),
            ", ".join(f"`{need}`" for need in needs.get(name, [])),
        )
        for name, stage in stages.items()
    ]
    return table(("Stage", "Rule", "Needs"), rows)
