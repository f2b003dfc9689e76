"""Names of routes, preventions and models in the words of the field, for labels."""

ROUTES = {
    "incompetence": "low competence",
    "misfit": "poor fit",
    "vulnerability": "client's vulnerability",
    "labelling": "labelling and stigma",
    "technology_isolation": "isolation by technology",
    "self_harm_ideation": "self-harm ideation",
}
PREVENTIONS = {
    "all_preventions": "all preventions",
    "monitoring": "outcome monitoring",
    "monitoring_repair": "monitoring and repair",
    "monitoring_response": "monitoring and response",
    "non_pathologising_language": "non-pathologising language",
    "adjustment": "change of treatment",
    "repair": "repair of ruptures",
    "referral": "onward referral",
    "caseload_limit": "caseload limit",
}


MODELS = {"intercept_only": "intercept only", "casemix": "case mix"}


def model(name: str) -> str:
    """A model, by the name of its module."""
    return MODELS.get(name, name.replace("_", " "))


def route(kind: str) -> str:
    """A route of harm, by the name of its mechanism."""
    return ROUTES.get(kind, kind.replace("_", " "))


def prevention(scenario: str) -> str:
    """A prevention, by its name or by that of the scenario that has it."""
    name = scenario.removeprefix("with_")
    return PREVENTIONS.get(name, name.replace("_", " "))
