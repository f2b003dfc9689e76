"""The analyses that the simulation study compares, one file each.

A method is a module with

- its idea, in the docstring's first line, and what an analyst would do with it;
- ``answers(data_sets, settings)``, which yields one `iatrogenesis.simulation_study.methods.answer.Answer` per data
  set, come what may.

A method sees what a service would see: ratings, first and last scores, sessions; never the truth.
"""

NAMES = ("raw", "logistic", "firth", "gee", "glmm", "null", "casemix", "therapist", "measurement", "growth")
LABELS = {
    "raw": "raw rates",
    "logistic": "logistic regression",
    "firth": "fixed effects, Firth",
    "gee": "GEE",
    "glmm": "maximum likelihood",
    "null": "Bayes, null",
    "casemix": "Bayes, case mix",
    "therapist": "Bayes, therapist",
    "measurement": "Bayes, measurement",
    "growth": "Bayes, growth",
}
# What one data set costs about on one core: seconds, and seconds per 1,000 clients. It stands here and not with the
# methods, because a run is planned without importing them and the libraries they need.
SECONDS = {
    "raw": (0.004, 0.002),
    "logistic": (0.006, 0.003),
    "firth": (0.005, 0.015),
    "gee": (0.02, 0.01),
    "glmm": (0.015, 0.018),
    "null": (0.05, 0.003),
    "casemix": (0.05, 0.04),
    "therapist": (0.06, 0.05),
    "measurement": (0.5, 1.2),
    "growth": (0.5, 1.2),
}
# Methods of one group are asked in one job, about the same data sets. What compiles a model has a job of its own.
GROUPS = {
    "classical": ("raw", "logistic", "firth", "gee", "glmm"),
    "collapsed": ("null", "casemix", "therapist"),
    "measurement": ("measurement",),
    "growth": ("growth",),
}


def seconds(name: str, clients: int) -> float:
    """Return what one data set of so many clients costs about, on one core; see `SECONDS`."""
    fixed, per_thousand = SECONDS[name]
    return fixed + per_thousand * clients / 1000
