"""What the what-ifs would avert in each plausible world, with clients allotted as the models' answers have them.

A fitted model answers from the data of one world, the centre. Whether its answer is right is judged there
(`iatrogenesis.inference.answers.what_if`); how far the truth itself differs between worlds is told here.
"""

from collections.abc import Mapping

import pandas as pd

from iatrogenesis.evidence.ranges import RANGE, ranges
from iatrogenesis.evidence.worlds import Values
from iatrogenesis.harm.conclusions import Conclusion, finished
from iatrogenesis.harm.over_members import over_members
from iatrogenesis.inference.answers.questions import WhatIf
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup

PER = "per 1,000 courses finished in both worlds"
QUESTIONS: Mapping[str, Conclusion] = {
    name: Conclusion(f"Averted {words}, {PER}", "routine_care", name, among=finished)
    for name, words in {
        "burnout_down": "if therapists' burnout were one SD lower",
        "caseload_limit": "if caseloads were limited",
    }.items()
}
COLUMNS = ("allocation", "question", "label", *RANGE)


def designs(settings: WhatIf, design: Design) -> dict[str, Design]:
    """The design of one member by allocation."""
    same = ("severity_by_burnout", "course_by_burnout")
    return {
        allocation: design.model_copy(update={name: getattr(asked, name) for name in same})
        for allocation, asked in settings.designs().items()
    }


def table(
    setup: Setup,
    by_allocation: Mapping[str, Design],
    worlds: Mapping[str, Scenario],
    values: Values,
    centre: pd.DataFrame,
    cores: int,
) -> pd.DataFrame:
    """One row per allocation and question.

    Parameters
    ----------
    worlds
        ``routine_care``, and a world for each of the `QUESTIONS`.
    centre
        The table of what-ifs: allocation, question, truth (more deteriorate) and truth_mcse.
    """
    parts = []
    for allocation, design in by_allocation.items():
        members = over_members(setup, design, worlds, QUESTIONS, values, cores)
        here = centre[centre["allocation"] == allocation].drop_duplicates("question")
        known = pd.DataFrame({"conclusion": here["question"], "value": -here["truth"], "mcse": here["truth_mcse"]})
        parts.append(ranges(members, known).assign(allocation=allocation))
        print(f"clients allotted by {allocation}: done", flush=True)
    found = pd.concat(parts, ignore_index=True)
    return found.rename(columns={"conclusion": "question"})[list(COLUMNS)]
