"""What several models answer, from their posterior: spread between therapists, and one estimand per covariate.

See `iatrogenesis.inference.answers.estimands` for what each estimand means.
"""

from iatrogenesis.inference.models.spread import mor, vpc


def of_deterioration(posterior) -> dict:
    """Return the spread between therapists in its three forms, and the odds ratio of each covariate.

    Parameters
    ----------
    posterior
        Draws by parameter, an `xarray.Dataset` with dims (chain, draw, ...).
    """
    sd = posterior["therapist_sd"]
    found = {"therapist_sd": sd, "vpc": vpc(sd), "mor": mor(sd)}
    return found | per_name(posterior, "coefficients", "log_odds_ratio[{}]")


def per_name(posterior, parameter: str, label: str) -> dict:
    """Return one estimand per entry of a parameter, named by its coordinate; none where the data have no such entry."""
    if parameter not in posterior:
        return {}
    values = posterior[parameter]
    dim = values.dims[-1]
    return {label.format(name): values.sel({dim: name}, drop=True) for name in posterior[dim].values}
