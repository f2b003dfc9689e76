"""The models, one file each; a new one needs no list.

A model is a module that says everything about one model. For people, in its docstring: what it is, its question, its
equations (indented), how to read it. For the pipeline, in literals at its top, which are read without importing it:

- ``PLACE``, where it stands among the models;
- ``PARAMETERS``, what a posterior holds: by name its dimension (None: one number) and the prior it is drawn from, a
  section of the study's priors or ``section.part`` (None: it follows from others, or its prior has no numbers);
- ``TABLES``, what its data are made from, and ``DATASETS``, what it is fitted to, of `KINDS`;
- where it has priors of its own, ``OWN_PRIORS``: by section the form (of `iatrogenesis.inference.models.priors`), or
  the form of each part, and what it is about;
- where its estimands have units that the names do not tell, ``UNITS``;
- ``COLLAPSED`` where the collapsed engine covers it: by which integral, ``plain`` for the equations of `casemix`,
  whatever the covariates, ``linked`` where clients have two therapists, or one of
  `iatrogenesis.inference.engines.collapsed.general`;
- ``COMPARED = True`` where a client's log odds are ``intercept``, covariates times ``coefficients`` and
  ``therapist_effect``, whatever the effects' distribution: therapists are ranked by it, and it is compared with the
  others of this family by how well it predicts;
- ``STANDARDISED = True`` where the rate of all clients with any therapist follows from ``intercept``, ``coefficients``
  and ``therapist_effect``;
- ``LARGE_SAMPLE``, the name of the covariates by which maximum likelihood in a very large service finds its truth, and
  ``SAME_AS``, what those estimands are called here where the names differ;
- ``EXACT = True`` where the known data set is a case of it, so that its truth is exact;
- ``KEY`` where its draws are keyed by another word than its name, because it was renamed and numbers must not move.

And in Python:

- ``COVARIATES``, and ``TRUE_STATES`` where it can be asked of what only a simulation knows;
- ``prepare(tables, dataset, truth=False)``, its data from tables;
- ``build(data, priors, centred=False)``, the PyMC model;
- ``prior_point(data, priors, noise)`` and ``replicate(data, point, noise)``, the model run forwards in NumPy, and
  ``log_likelihood(data, point)`` of each row given all effects (not where traits are latent);
- ``estimands(posterior)``, what the posterior is asked for;
- where parameters were integrated out, ``complete(data, posterior, noise)``, which draws them;
- where its data are of a kind of their own, their ``statistics`` (`iatrogenesis.inference.models.statistics`).

Modules are imported on demand and import PyMC only to build, because that takes seconds and most of the pipeline does
without. Modules without a place only help the models.
"""

from pathlib import Path

from iatrogenesis.core.declared import Undeclared, declaring

KINDS = ("routine_care", "known", "hospitals", "services")
"""Data sets: routine care, the one whose truth is exact, the published counts of hospitals, and of services."""

# Rules see what a model's own file says through its import; what is taken from here is which models there are.
FACTS = declaring(Path(__file__).parent, "PARAMETERS", "TABLES", "DATASETS")
MODELS = tuple(FACTS)
COLLAPSED_MODELS = tuple(name for name, facts in FACTS.items() if "COLLAPSED" in facts)
OUTCOME_MODELS = tuple(name for name, facts in FACTS.items() if facts.get("COMPARED", False))

for _name, _facts in FACTS.items():
    if _unknown := [kind for kind in _facts["DATASETS"] if kind not in KINDS]:
        raise Undeclared(f"models/{_name}.py: DATASETS: {_unknown[0]!r} is not among {', '.join(KINDS)}")


def key(name: str) -> str:
    """Return the word that keys a model's draws: its name, or the one it had when they were first made (``KEY``)."""
    return FACTS[name].get("KEY", name)


def sections(name: str) -> tuple[str, ...]:
    """Return the sections of the study's priors that a model reads, in the order of its parameters."""
    priors = [prior for _, prior in FACTS[name]["PARAMETERS"].values() if prior is not None]
    return tuple(dict.fromkeys(prior.partition(".")[0] for prior in priors))
