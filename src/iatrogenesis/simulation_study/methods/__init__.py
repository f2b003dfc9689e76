"""The analyses that the simulation study compares, one file each; a new one needs no list.

A method is a module with

- its idea, in the docstring's first line, and what an analyst would do with it;
- ``PLACE``, where it stands among the methods, ``LABEL``, what pages call it, and ``LOOK``, its marker and its colour
  in figures (of `iatrogenesis.figures.methods`);
- ``SECONDS``, what one data set costs about: a fixed part and a part per 1,000 clients;
- ``MODEL``, where it fits one of `iatrogenesis.inference.models`;
- ``SLOW = True`` where it samples, which takes seconds a data set: it runs only in cells that ask for it;
- ``SESSIONS = True`` where it wants every session's score;
- ``answers(data_sets, settings)``, which yields one `iatrogenesis.simulation_study.methods.answer.Answer` per data
  set, come what may.

All but the last are literals, read without importing the module. A method sees what a service would see: ratings, first
and last scores, sessions; never the truth. Modules without a place only help the methods.
"""

from pathlib import Path

from iatrogenesis.core.declared import declaring

# What runs, and for how long; pages and figures, whose content depends on facts, read them through the registry.
FACTS = declaring(Path(__file__).parent, "LABEL", "LOOK", "SECONDS")
NAMES = tuple(FACTS)
SLOW = tuple(name for name, facts in FACTS.items() if facts.get("SLOW", False))
