"""What the classical regressions share: the columns, and the average change of risk with its standard error."""

from dataclasses import replace

import numpy as np
from scipy.special import expit

from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.models.therapist import COVARIATES
from iatrogenesis.simulation_study.methods.answer import BURNOUT, RISK, DataSet, Estimate, trait_of, wald

PER = 1000.0
NODES = 15


def prepared(data_set: DataSet, covariates: tuple[str, ...] = COVARIATES) -> OutcomeData:
    """Return the finished courses with their columns, one row per client."""
    ids = data_set.therapist_ids
    return from_clients(data_set.clients, covariates, dataset=data_set.name, therapist_ids=ids, allow_empty=True)


def both_outcomes(data: OutcomeData) -> OutcomeData:
    """Return the data if some deteriorated and some did not.

    Raises
    ------
    DataError
        Otherwise: without priors there is no estimate then.
    """
    events, clients = int(data.deteriorated.sum()), int(data.trials.sum())
    if not 0 < events < clients:
        raise DataError(f"{data.dataset}: {events} of {clients} deteriorated, so there is nothing to regress on.")
    return data


def estimable(data: OutcomeData) -> OutcomeData:
    """Return the data without age bands in which nobody or everybody deteriorated; their clients join the reference.

    Their log odds ratio would be infinite; an analyst without priors or penalties does the same.

    Raises
    ------
    DataError
        If nobody or everybody deteriorated.
    """
    both_outcomes(data)
    keep = []
    for place, name in enumerate(data.covariate_names):
        inside = data.covariates[:, place] > 0
        keep.append(not name.startswith("age[") or 0 < data.deteriorated[inside].sum() < inside.sum())
    if all(keep):
        return data
    names = tuple(name for name, kept in zip(data.covariate_names, keep, strict=True) if kept)
    kept = np.array(keep)
    return replace(
        data,
        covariates=data.covariates[:, kept],
        covariate_names=names,
        centre=data.centre[kept],
        scale=data.scale[kept],
    )


def design(data: OutcomeData) -> np.ndarray:
    """Return the columns with one of ones in front, shape (rows, 1 + k)."""
    return np.column_stack([np.ones(len(data.trials)), data.covariates])


def odds_ratios(data: OutcomeData, beta: np.ndarray, covariance: np.ndarray) -> list[Estimate]:
    """Return the traits' log odds ratios; `beta` and `covariance` begin with the intercept."""
    found = []
    for place, column in enumerate(data.covariate_names, start=1):
        if (trait := trait_of(column)) is not None:
            found.append(wald(f"log_odds_ratio[{trait}]", beta[place], np.sqrt(covariance[place, place])))
    return found


def risk_change(data: OutcomeData, beta: np.ndarray, covariance: np.ndarray, therapist_sd: float = 0.0) -> Estimate:
    """Return the change of the clients' mean risk, per 1,000, if everybody's rated burnout were 1 SD lower.

    Parameters
    ----------
    beta, covariance
        Intercept first, shapes (1 + k,) and (1 + k, 1 + k).
    therapist_sd
        Averaged over where the coefficients are those given the therapist; taken as known.
    """
    points, weights = np.polynomial.hermite.hermgauss(NODES if therapist_sd else 1)
    now = design(data)
    then = now.copy()
    then[:, 1 + data.covariate_names.index(BURNOUT)] -= 1.0
    value, slope = 0.0, np.zeros(len(beta))
    for point, weight in zip(points, weights / np.sqrt(np.pi), strict=True):
        effect = np.sqrt(2.0) * therapist_sd * point
        after, before = expit(then @ beta + effect), expit(now @ beta + effect)
        value += weight * np.mean(after - before)
        slope += weight * ((after * (1 - after)) @ then - (before * (1 - before)) @ now) / len(now)
    return wald(RISK, PER * value, PER * np.sqrt(slope @ covariance @ slope))
