"""Maximum likelihood for the random-intercept logistic model, the way lme4 and Stata do it.

    deteriorated_r ~ Binomial(trials_r, p_r),   logit p_r = x_r beta + sigma u[therapist_r],   u_j ~ Normal(0, 1)

Each u_j is integrated out by adaptive Gauss-Hermite quadrature around its own mode, so that ten clients and five
thousand are equally exact (Pinheiro & Bates 1995, 10.1080/10618600.1995.10474663). Gradient and information come from
the same nodes by the identities of Fisher and Louis (1982, 10.1111/j.2517-6161.1982.tb01203.x). The likelihood is the
same for sigma and -sigma: so sigma is searched on the whole line, and "no therapist variance" is an ordinary stationary
point at 0 rather than an edge.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.engines.laplace import Laplace
from iatrogenesis.inference.engines.quadrature import Integrand
from iatrogenesis.inference.models.spread import LATENT_VARIANCE

ZERO = 1e-4  # a therapist SD below this is reported as 0, on the boundary
CLOSE = 1e-8  # a search this near the maximum, in squared standard errors, has converged


@dataclass(frozen=True)
class MaximumLikelihood:
    """Estimates of one data set.

    Attributes
    ----------
    dataset
        Name of the data set.
    names
        "intercept", the covariates, "therapist_sd".
    estimate, standard_error
        float64, shape (k + 2,), log odds; the standard error of therapist_sd is NaN on the boundary.
    covariance
        float64, shape (k + 2, k + 2); inverse of the observed information.
    log_likelihood, log_likelihood_without_therapists
        At the estimate, and at therapist_sd 0; both without the binomial coefficients.
    boundary
        Whether the estimate of therapist_sd is 0.
    converged
        Whether the search ended at a maximum; where it did not, the numbers are shown and not to be trusted.
    """

    dataset: str
    names: tuple[str, ...]
    estimate: np.ndarray
    standard_error: np.ndarray
    covariance: np.ndarray
    log_likelihood: float
    log_likelihood_without_therapists: float
    boundary: bool
    converged: bool

    @property
    def vpc(self) -> tuple[float, float]:
        """Variance partition coefficient on the latent scale and its delta-method standard error."""
        variance = self.estimate[-1] ** 2
        slope = 2 * self.estimate[-1] * LATENT_VARIANCE / (variance + LATENT_VARIANCE) ** 2
        return variance / (variance + LATENT_VARIANCE), slope * self.standard_error[-1]

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row per estimand, named as in `iatrogenesis.inference.answers.estimands`, with Wald intervals.

        Columns: estimand, estimate, se, low, high. Intervals of therapist_sd and vpc are cut at 0.
        """
        rows = [("intercept", self.estimate[0], self.standard_error[0])]
        rows += [
            (f"log_odds_ratio[{name}]", self.estimate[position], self.standard_error[position])
            for position, name in enumerate(self.names[1:-1], start=1)
        ]
        rows += [("therapist_sd", self.estimate[-1], self.standard_error[-1]), ("vpc", *self.vpc)]
        table = pd.DataFrame(rows, columns=["estimand", "estimate", "se"])
        half = ndtri(0.5 + level / 2) * table["se"]
        table["low"], table["high"] = table["estimate"] - half, table["estimate"] + half
        cut = table["estimand"].isin(["therapist_sd", "vpc"])
        table.loc[cut, "low"] = table.loc[cut, "low"].clip(lower=0.0)
        return table


def fit(data: OutcomeData, nodes: int = 15) -> MaximumLikelihood:
    """Estimate coefficients and therapist SD.

    Parameters
    ----------
    data
        Counts or clients, of at least two therapists with clients; therapists without clients say nothing and are
        left out.
    nodes
        Quadrature nodes per therapist. With 15 the log-likelihood of a therapist is within 1e-9 of exact at a therapist
        SD of 0.6 and 3e-7 at 1; at 2 take 41. One is Laplace's approximation, lme4's nAGQ = 1.

    Raises
    ------
    DataError
        If a check fails, there is only one therapist, or nobody or everybody deteriorated (the estimate is infinite).
    """
    data.validate()
    _check_estimable(data)
    integrand = Laplace(data) if nodes == 1 else Integrand(data, nodes)
    pooled = _maximise(integrand.without_therapists, np.append(_pooled_start(data), np.zeros(data.covariates.shape[1])))
    found = _maximise(integrand.at, np.append(pooled.x, 0.5))
    boundary = bool(abs(found.x[-1]) < ZERO or found.fun >= pooled.fun)
    beta, sigma = (pooled.x, 0.0) if boundary else (found.x[:-1], abs(found.x[-1]))
    _, gradient, information = integrand.without_therapists(beta) if boundary else integrand.at(np.append(beta, sigma))
    covariance, converged = _inverse(information, gradient)
    if boundary:
        covariance = np.pad(covariance, (0, 1), constant_values=np.nan)
    return MaximumLikelihood(
        dataset=data.dataset,
        names=("intercept", *data.covariate_names, "therapist_sd"),
        estimate=np.append(beta, sigma),
        standard_error=np.sqrt(np.diag(covariance)),
        covariance=covariance,
        log_likelihood=float(-pooled.fun if boundary else -found.fun),
        log_likelihood_without_therapists=float(-pooled.fun),
        boundary=boundary,
        converged=converged,
    )


def _check_estimable(data: OutcomeData) -> None:
    if np.count_nonzero(data.clients) < 2:
        raise DataError(f"{data.dataset}: maximum likelihood needs two therapists with clients, found one.")
    events, clients = data.deteriorated.sum(), data.trials.sum()
    if events in (0, clients):
        raise DataError(
            f"{data.dataset}: {events} of {clients} deteriorated, so the maximum-likelihood intercept is infinite. "
            "Pool more data, or use a model with priors."
        )


def _pooled_start(data: OutcomeData) -> float:
    rate = data.deteriorated.sum() / data.trials.sum()
    return float(np.log(rate / (1 - rate)))


def _maximise(objective, start: np.ndarray):
    from scipy.optimize import minimize  # here, because reading a study, before every run, does without it

    return minimize(
        lambda x: -objective(x)[0],
        start,
        jac=lambda x: -objective(x)[1],
        hess=lambda x: objective(x)[2],
        method="trust-exact",
        # The gradient's rounding error grows with the data; so does the information it is compared with in _inverse.
        options={"gtol": 1e-7 * max(1.0, abs(objective(start)[0])), "maxiter": 200},
    )


def _inverse(information: np.ndarray, gradient: np.ndarray) -> tuple[np.ndarray, bool]:
    # Not positive definite means no maximum here (separation, say): shown as not converged, without standard errors.
    if not np.all(np.isfinite(information)) or np.linalg.eigvalsh(information)[0] <= 0:
        return np.full(information.shape, np.nan), False
    covariance = np.linalg.inv(information)
    # Squared distance to the maximum in standard errors, whatever the units.
    return covariance, bool(gradient @ covariance @ gradient < CLOSE)
