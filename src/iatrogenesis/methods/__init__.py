"""The analyses that the simulation study compares, one file each.

A method is a module with

- its idea, in the docstring's first line, and what an analyst would do with it;
- ``SECONDS``, what one data set costs about: a fixed part and a part per 1,000 clients;
- ``answers(data_sets, settings)``, which yields one `iatrogenesis.methods.answer.Answer` per data set, come what may.

A method sees what a service would see: ratings, first and last scores, sessions; never the truth.
"""

from importlib import import_module
from types import ModuleType

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


def method(name: str) -> ModuleType:
    """Return the module of one method.

    Raises
    ------
    ValueError
        Listing the known names.
    """
    if name not in NAMES:
        raise ValueError(f"method {name!r} is not known; choose among {', '.join(NAMES)}")
    return import_module(f"iatrogenesis.methods.{name}")


def seconds(name: str, clients: int) -> float:
    """Return what one data set of so many clients costs about, on one core."""
    fixed, per_thousand = method(name).SECONDS
    return fixed + per_thousand * clients / 1000
