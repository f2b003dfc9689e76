"""Names of routes, preventions and models in the words of the field, for labels."""

ROUTES = {
    "dependency": "dependency on therapy",
    "technology_isolation": "technology-related isolation",
    "self_harm_ideation": "self-harm ideation",
}
PREVENTIONS = {
    "monitoring": "routine outcome monitoring",
    "monitoring_repair": "monitoring and repair",
    "monitoring_response": "monitoring and response",
    "non_pathologising_language": "non-pathologising language",
    "repair": "repair of trust",
    "supervision": "supervision and training",
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
