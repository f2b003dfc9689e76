"""Maximum likelihood fits that several methods share, each made once per data set."""

from dataclasses import dataclass

import numpy as np

from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.engines.laplace import Laplace
from iatrogenesis.inference.engines.maximum_likelihood import MaximumLikelihood, fit
from iatrogenesis.inference.engines.profile import SpreadProfile, profile
from iatrogenesis.inference.engines.quadrature import Integrand
from iatrogenesis.simulation_study.methods.answer import DataSet
from iatrogenesis.simulation_study.methods.regression import estimable, of_therapists, prepared

NODES = 9  # the therapist SD is at most about 1 here, and a service's therapists are few: 1e-6 in the estimate
MORE_NODES = 25  # where the estimate is so large that nine do not reach
LAPLACE = 1


@dataclass(frozen=True)
class Fitted:
    """A fit, its data, and the profile likelihood of its therapist SD.

    Attributes
    ----------
    data
        Without columns that cannot be estimated.
    found
        The estimates; `nodes` is what they took.
    spread
        Of the therapist SD.
    """

    data: OutcomeData
    nodes: int
    found: MaximumLikelihood
    spread: SpreadProfile

    @property
    def beta(self) -> np.ndarray:
        """Intercept and coefficients, shape (1 + k,)."""
        return self.found.estimate[:-1]

    @property
    def covariance(self) -> np.ndarray:
        """Of intercept and coefficients, shape (1 + k, 1 + k)."""
        return self.found.covariance[:-1, :-1]

    @property
    def freedom(self) -> np.ndarray:
        """Degrees of freedom of each coefficient, shape (1 + k,): between and within therapists.

        What is the same for all clients of a therapist is estimated from so many therapists, less the number of such
        columns; the rest from the clients within them.
        """
        own = of_therapists(self.data)
        therapists = np.count_nonzero(self.data.clients)
        within = len(self.data.trials) - therapists - np.count_nonzero(~own)
        return np.where(own, therapists - np.count_nonzero(own), within)


def fitted(data_set: DataSet, covariates: tuple[str, ...], nodes: int = NODES) -> Fitted:
    """Return the random-intercept logistic regression on these covariates.

    Raises
    ------
    DataError
        See `iatrogenesis.inference.engines.maximum_likelihood.fit`.
    """
    kept = vars(data_set).setdefault("_fitted", {})
    if (covariates, nodes) not in kept:
        kept[covariates, nodes] = _fitted(estimable(prepared(data_set, covariates)), nodes)
    return kept[covariates, nodes]


def _fitted(data: OutcomeData, nodes: int) -> Fitted:
    found = fit(data, nodes)
    if not found.converged and nodes != LAPLACE:
        nodes = MORE_NODES
        found = fit(data, nodes)
    integrand = Laplace(data) if nodes == LAPLACE else Integrand(data, nodes)
    return Fitted(data, nodes, found, profile(integrand.at, found))
