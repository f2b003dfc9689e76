"""The page of trials: faults tried and survived, inputs tried and refused, files altered and found.

    python -m iatrogenesis.study.reliability_page TRIALS.json docs/reliability.md

Trials are tests with that marker; `pytest -m trial --trials FILE` writes what became of each (`tests/trials.py`).
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from iatrogenesis.core.files import write_text
from iatrogenesis.report.provenance import git_commit

KINDS = {
    "fault": ("Faults tried", "survived", "Something goes wrong while the project runs; afterwards results are right."),
    "refused": ("Inputs tried", "refused", "An input that cannot be used is refused, with a message that says why."),
    "altered": ("Alterations tried", "found", "Results or sources are not what they were; it is noticed."),
}
"""Heading, the word for a trial that went well, and what such a trial is."""

INTRODUCTION = """# Reliability

Each line is a test that tries to make the project fail. {made}

| | tried | went well | failed | not tried |
|---|---|---|---|---|
{counts}

`make reliability` runs the trials and writes this page; a test holds that it lists exactly those there are.
"""


def page(record: Mapping, commit: str) -> str:
    """Return the page.

    Parameters
    ----------
    record
        What the plugin wrote: ``made`` (date, system and Python) and ``trials``.
    commit
        State of the project that was tried.

    Raises
    ------
    ValueError
        When a trial was neither run nor left out with a reason.
    """
    trials = together(record["trials"])
    if unknown := [trial["test"] for trial in trials if trial["outcome"] not in ("passed", "failed", "skipped")]:
        raise ValueError(f"{unknown[0]} and {len(unknown) - 1} others were not run: `make reliability` runs all")
    counts = "\n".join(_count(heading, kind, trials) for kind, (heading, *_) in KINDS.items())
    made = "Tried on {date} on {system} with Python {python}, at commit {commit}.".format(
        **record["made"], commit=commit
    )
    parts = [INTRODUCTION.format(made=made, counts=counts)]
    parts += [_section(kind, [trial for trial in trials if trial["kind"] == kind]) for kind in KINDS]
    return "\n".join(parts)


def together(trials: Sequence[Mapping]) -> list[dict]:
    """Trials that are told alike as one, which fails if one of them does, and counts as tried if one of them was."""
    worst = {"not run": 0, "failed": 1, "passed": 2, "skipped": 3}
    found: dict[tuple[str, str, str], dict] = {}
    for trial in trials:
        key = trial["kind"], trial["what"], name_of(trial)
        if key not in found or worst[trial["outcome"]] < worst[found[key]["outcome"]]:
            found[key] = dict(trial)
    return list(found.values())


def _count(heading: str, kind: str, trials: Sequence[Mapping]) -> str:
    number = Counter(trial["outcome"] for trial in trials if trial["kind"] == kind)
    return f"| {heading.lower()} | {number.total()} | {number['passed']} | {number['failed']} | {number['skipped']} |"


def _section(kind: str, trials: Sequence[Mapping]) -> str:
    heading, well, what = KINDS[kind]
    lines = [f"## {heading}", "", what, "", "| trial | outcome | test |", "|---|---|---|"]
    lines += [f"| {text(one['what'])} | {_outcome(one, well)} | `{name_of(one)}` |" for one in trials]
    return "\n".join(lines) + "\n"


def _outcome(trial: Mapping, well: str) -> str:
    if trial["outcome"] == "skipped":
        return f"not tried: {text(trial['reason'])}"
    return well if trial["outcome"] == "passed" else "**failed**"


def text(words: str) -> str:
    """Words as they stand in a table's cell, whatever characters are in them."""
    return re.sub(r"([\\`*_\[\]<>|~#$])", r"\\\1", " ".join(words.split()))


def name_of(trial: Mapping) -> str:
    """Name of the test, without its parameters, which the words tell."""
    return trial["test"].split("[")[0].removeprefix("tests/")


def main(trials: str, target: str) -> None:
    """Write the page."""
    record = json.loads(Path(trials).read_text(encoding="utf-8"))
    write_text(page(record, git_commit(Path(__file__).resolve().parents[3])), target)


if __name__ == "__main__":
    main(*sys.argv[1:])
