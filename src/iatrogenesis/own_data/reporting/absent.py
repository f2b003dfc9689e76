"""Why a section is empty: one sentence, from the table of models where it says so."""

from iatrogenesis.own_data.reporting.results import Results

WHY = {
    "flow": "The data flow was not counted in this run.",
    "checks": "The table of checks was not handed to this report; see checks.html.",
    "table1": "There is no table of clients: the analysis started from counts, or was stopped before.",
    "missing": "No value of these columns is missing, or small numbers were left out; see checks.html.",
    "models": "No model was fitted in this run.",
    "diagnostics": "There are no diagnostics, because no model was fitted.",
    "predictive": "There are no predictive checks, because no model was fitted.",
    "estimates": "There are no estimates, because no model was fitted.",
    "noise": "How much is noise is not known: that needs first scores and the reliability of the questionnaire.",
    "allocation": "Case mix could not be compared: no covariates were known before therapy.",
    "therapists": "Nobody was compared, because no model of therapists was fitted.",
    "flags": "Nobody was flagged or cleared, because no model of therapists was fitted.",
    "cusum": "There is no chart: it needs the dates on which courses ended.",
    "periods": "There is no comparison of periods: it needs at least two.",
    "sensitivity_definition": "The definition was not varied: that needs scores, not a given outcome.",
    "sensitivity_missing": "Missing outcomes were not varied: none is missing, or no model was fitted.",
    "sensitivity_attribution": "Attribution was not varied: no course is known to have had two therapists.",
    "sensitivity_priors": "Priors were not varied, because no model was fitted.",
    "what_if": "There are no what-ifs: they need ratings of therapists, such as burnout.",
    "ceiling": "What could have been shown was not worked out.",
    "error_rates": "Error rates of the rules of flagging were not worked out.",
    "services": "There are no units by period, because the analysis started from clients.",
    "forecast": "There is no forecast: it needs counts of at least two periods.",
    "rolling_origin": "Forecasts were not checked: that needs counts of at least three periods.",
}

MAIN = ("intercept_only", "intercept only", "casemix", "case mix")
TOPICS = {
    "estimates": MAIN,
    "therapists": MAIN,
    "flags": MAIN,
    "sensitivity_attribution": ("membership", "multiple membership"),
    "what_if": ("therapist", "case mix and ratings"),
}
"""Models, or names that stand in that column, whose reason also explains an absent table."""


def why(results: Results) -> dict[str, str]:
    """Return one sentence for each table that could be absent."""
    return {name: _sentence(results, name, usual) for name, usual in WHY.items()}


def _sentence(results: Results, name: str, usual: str) -> str:
    if name in ("ceiling", "error_rates") and not results.settings.could_have_shown.replicates:
        return "What could have been shown was not asked: the settings want no plasmode study."
    said = results.reason(name, *TOPICS.get(name, ()))
    return f"{usual} The table of models says: {said.rstrip('.')}." if said else usual
