"""The analyses that the simulation study compares, one file each.

A method is a module with

- its idea, in the docstring's first line, and what an analyst would do with it;
- ``SECONDS``, what one data set costs about: a fixed part and a part per 1,000 clients;
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
