"""The models, by name.

A model is a module that says everything about one model:

- its equations, in the docstring;
- ``COVARIATES``, ``PARAMETERS`` (what a posterior holds) and ``TABLES`` (what its data are made from);
- ``prepare(tables, dataset, truth=False)``, its data from tables;
- ``build(data, priors, centred=False)``, the PyMC model;
- ``prior_point(data, priors, noise)`` and ``replicate(data, point, noise)``, the model run forwards in NumPy, and
  ``log_likelihood(data, point)`` of each row given all effects (not where traits are latent);
- where parameters were integrated out, ``complete(data, posterior, noise)``, which draws them.

Modules are imported on demand and import PyMC only to build, because that takes seconds and most of the pipeline does
without.
"""

OUTCOME_MODELS = ("null", "casemix", "therapist", "interaction")
MODELS = (*OUTCOME_MODELS, "measurement", "service", "ordinal", "growth", "dropout")
