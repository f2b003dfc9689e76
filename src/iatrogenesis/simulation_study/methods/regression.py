"""What the classical regressions share: the columns, and the average change of risk with its standard error."""

from dataclasses import replace

import numpy as np
from scipy.special import expit, stdtrit

from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.models.therapist import COVARIATES
from iatrogenesis.simulation_study.methods.answer import (
    BURNOUT,
    LEVEL,
    RATED_RISK,
    DataSet,
    Estimate,
    trait_of,
)

PER = 1000.0
NODES = 15
MARGINAL, RATED = "log_odds_ratio_marginal", "log_odds_ratio_rated"


def prepared(data_set: DataSet, covariates: tuple[str, ...] = COVARIATES) -> OutcomeData:
    """Return the finished courses with their columns, one row per client; counts per therapist without covariates.

    Several methods ask for the same columns: they are made once, and kept with the data set as long as it lives.
    """
    kept = vars(data_set).setdefault("_prepared", {})
    if covariates not in kept:
        kept[covariates] = from_clients(
            data_set.clients,
            covariates,
            dataset=data_set.name,
            therapist_ids=data_set.therapist_ids,
            allow_empty=True,
        )
    return kept[covariates]


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


def of_therapists(data: OutcomeData) -> np.ndarray:
    """Return which columns are the same for all clients of a therapist, the intercept's first; bool, shape (1 + k,)."""
    columns = design(data)
    first = np.zeros(len(data.therapist_ids), dtype=np.int64)
    first[data.therapist[::-1]] = np.arange(len(data.therapist))[::-1]
    return np.all(np.abs(columns - columns[first[data.therapist]]) < 1e-9, axis=0)


def student(estimand: str, estimate: float, se: float, freedom: float = np.inf) -> Estimate:
    """Return an estimate with its 95 % interval by Student's t, and the test that belongs to it.

    Parameters
    ----------
    freedom
        Degrees of freedom; infinite for the normal's quantile, at least 1 otherwise.
    """
    reach = float(stdtrit(max(freedom, 1.0), 0.5 + LEVEL / 2)) * se
    rejects = float(abs(estimate) > reach) if np.isfinite(se) else np.nan
    return Estimate(estimand, float(estimate), float(se), float(estimate - reach), float(estimate + reach), rejects)


def odds_ratios(
    data: OutcomeData, beta: np.ndarray, covariance: np.ndarray, kind: str, freedom: np.ndarray | None = None
) -> list[Estimate]:
    """Return the traits' log odds ratios.

    Parameters
    ----------
    beta, covariance
        Intercept first, shapes (1 + k,) and (1 + k, 1 + k).
    kind
        `MARGINAL` or `RATED`.
    freedom
        Degrees of freedom of each coefficient, shape (1 + k,); infinite by default.
    """
    freedom = np.full(len(beta), np.inf) if freedom is None else freedom
    return [
        student(f"{kind}[{trait}]", beta[place], np.sqrt(covariance[place, place]), freedom[place])
        for place, column in enumerate(data.covariate_names, start=1)
        if (trait := trait_of(column)) is not None
    ]


def place_of_burnout(data: OutcomeData) -> int:
    """Return the place of burnout among the coefficients, the intercept's being 0."""
    return 1 + data.covariate_names.index(BURNOUT)


def risk_change(
    data: OutcomeData, beta: np.ndarray, covariance: np.ndarray, therapist_sd: float = 0.0, freedom: float = np.inf
) -> Estimate:
    """Return the change of the clients' mean risk, per 1,000, if everybody's rated burnout were 1 SD lower.

    Parameters
    ----------
    beta, covariance
        Intercept first, shapes (1 + k,) and (1 + k, 1 + k).
    therapist_sd
        Averaged over where the coefficients are those given the therapist; taken as known.
    freedom
        Degrees of freedom of the interval.
    """
    shift = np.zeros(len(beta))
    shift[place_of_burnout(data)] = -1.0
    value, by_beta, by_move = average_change(data, beta, float(shift @ beta), therapist_sd)
    slope = by_beta + by_move * shift
    return student(RATED_RISK, value, float(np.sqrt(slope @ covariance @ slope)), freedom)


def average_change(
    data: OutcomeData, beta: np.ndarray, move: float, therapist_sd: float
) -> tuple[float, np.ndarray, float]:
    """Return the change of the clients' mean risk, per 1,000, if everybody's log odds moved by so much.

    G-computation: every client's risk is worked out twice, before and after.

    Returns
    -------
    tuple
        The change; its derivatives by beta, shape (1 + k,), the move being held, and by the move.
    """
    points, weights = np.polynomial.hermite.hermgauss(NODES if therapist_sd else 1)
    columns = design(data)
    now = columns @ beta
    value, by_beta, by_move = 0.0, np.zeros(len(beta)), 0.0
    for point, weight in zip(points, weights / np.sqrt(np.pi), strict=True):
        effect = np.sqrt(2.0) * therapist_sd * point
        after, before = expit(now + move + effect), expit(now + effect)
        steep, steep_before = after * (1 - after), before * (1 - before)
        value += weight * np.mean(after - before)
        by_beta += weight * (steep - steep_before) @ columns / len(now)
        by_move += weight * steep.mean()
    return PER * value, PER * by_beta, PER * by_move
