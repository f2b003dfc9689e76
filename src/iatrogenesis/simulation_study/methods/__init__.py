"""The analyses that the simulation study compares, one file each; a new one needs no list.

A method is a module with

- its idea, in the docstring's first line, and what an analyst would do with it;
- ``PLACE``, where it stands among the methods, ``LABEL``, what pages call it, and ``LOOK``, its marker and its colour
  in figures (of `iatrogenesis.figures.methods`);
- ``TARGETS``, the estimands that it is judged on (`iatrogenesis.simulation_study.estimands`);
- ``EXCEEDS = "p"`` where its `exceeds` is one less a p-value, and no posterior probability;
- ``GROUP``, the methods that share a job and its data sets (one that compiles a model has its own);
- ``SECONDS``, what one data set costs about: a fixed part and a part per 1,000 clients;
- ``MODEL``, where it fits one of `iatrogenesis.inference.models`;
- ``SLOW = True`` where it is dear: it runs only in cells that ask for it;
- ``SESSIONS = True`` where it wants every session's score;
- ``answers(data_sets, settings)``, which yields one `iatrogenesis.simulation_study.methods.answer.Answer` per data
  set, come what may.

All but the last are literals, read without importing the module. A method sees what a service would see: ratings, first
and last scores, sessions; never the truth. Modules without a place only help the methods.
"""

from pathlib import Path

from iatrogenesis.core.declared import declaring

# What runs, and for how long; pages and figures, whose content depends on facts, read them through the registry.
FACTS = declaring(Path(__file__).parent, "LABEL", "LOOK", "GROUP", "SECONDS", "TARGETS")
NAMES = tuple(FACTS)
SLOW = tuple(name for name, facts in FACTS.items() if facts.get("SLOW", False))
# Methods of one group are asked in one job, about the same data sets. What compiles a model has a job of its own.
GROUPS: dict[str, tuple[str, ...]] = {}
for _name, _facts in FACTS.items():
    GROUPS[_facts["GROUP"]] = (*GROUPS.get(_facts["GROUP"], ()), _name)


def seconds(name: str, clients: int) -> float:
    """Return what one data set of so many clients costs about, on one core."""
    fixed, per_thousand = FACTS[name]["SECONDS"]
    return fixed + per_thousand * clients / 1000
