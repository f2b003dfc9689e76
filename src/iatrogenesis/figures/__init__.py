"""One module a figure: tables in, a matplotlib figure out, no file opened; a new one needs no list.

A figure is a module whose docstring's first line is its question, with a function ``draw`` of its tables, decorated
with `iatrogenesis.figures.style.styled`, and these literals, read without importing it:

- ``PLACE``, where it stands among the figures;
- ``TABLES``, what ``draw`` takes: by its parameter the file, below the study's results; ``{routine_care}`` is the
  scenario of routine care (a parameter ``routine_care`` of ``draw`` is its name);
- ``ALT`` and ``CAPTION``: what is seen, for those who cannot see it; and what it says, and how uncertain it is;
- where only some rows of a table are drawn, ``ROWS``: by table and column the value;
- where it belongs to another than the first of `CHAPTERS`, ``CHAPTER``;
- where not every study has what it shows, ``NEEDS``, one of `NEEDS`.

Modules without a place only help the figures.
"""

from pathlib import Path

from iatrogenesis.core.declared import Undeclared, declaring

CHAPTERS = ("World and models", "Simulation study")
NEEDS = ("service counts", "simulation-based calibration")

FACTS = declaring(Path(__file__).parent, "TABLES", "ALT", "CAPTION")

for _name, _facts in FACTS.items():
    for _fact, _known in (("CHAPTER", CHAPTERS), ("NEEDS", NEEDS)):
        if _fact in _facts and _facts[_fact] not in _known:
            raise Undeclared(f"figures/{_name}.py: {_fact}: {_facts[_fact]!r} is not among {', '.join(_known)}")
