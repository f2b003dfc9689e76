"""What models and estimands are called in tables for people."""

from iatrogenesis.inference.models import key

LABELS = {
    "intercept_only": "intercept only",
    "casemix": "case mix",
    "therapist": "case mix and ratings",
    "interaction": "burnout by vulnerability",
    "measurement": "ratings with error",
    "service": "therapists within services",
    "membership": "multiple membership",
    "growth": "growth curves",
    "ordinal": "outcome in four steps",
    "dropout": "dropout and completion",
}
SAMPLED = "_nuts"
"""What the key of a posterior ends with where the sampler has checked the collapsed engine."""
ESTIMANDS = {
    "therapist_sd": "SD of therapists' log odds",
    "vpc": "share of variance between therapists (VPC)",
    "mor": "median odds ratio between two therapists (MOR)",
    "mean_rate": "deterioration rate with a therapist drawn at random",
    "service_sd": "SD of services' log odds",
    "vpc_service": "share of variance between services",
}


def model_name(key: str) -> str:
    """Return what a model is called, by the key of its posterior."""
    if key.endswith(SAMPLED):
        return f"{model_name(key.removesuffix(SAMPLED))}, by the sampler"
    return LABELS.get(key, key)


def drawn_by(name: str) -> str:
    """Return what keys the draws that go with a posterior, by the posterior's name."""
    model = name.removesuffix(SAMPLED)
    return key(model) + name.removeprefix(model)


def estimand_name(estimand: str) -> str:
    """Return what an estimand is called."""
    if estimand.startswith("log_odds_ratio["):
        return f"log odds ratio of {column_name(estimand.removeprefix('log_odds_ratio[')[:-1])}"
    return ESTIMANDS.get(estimand, estimand)


def column_name(column: str) -> str:
    """Return what a column of the regression is called."""
    name = column.removeprefix("x_").replace("_", " ")
    if name.endswith(" first"):
        return f"{name.removesuffix(' first').upper()} at the first session"
    return name.replace("[", " (").replace("]", ")")
