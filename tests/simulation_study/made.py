"""Small data sets of the statistical world, and what a method says about one."""

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.models import casemix
from iatrogenesis.simulation_study.logit_normal import RATED, Coefficients, LogitNormal, simulate
from iatrogenesis.simulation_study.methods.answer import TRAITS, DataSet
from iatrogenesis.simulation_study.methods.by_name import method
from iatrogenesis.simulation_study.methods.likelihood import fitted


def made(therapist_sd=0.6, therapists=20, clients=30, replicate=0, rate=-2.2, reliability=0.8) -> DataSet:
    model = LogitNormal(
        clients_per_therapist=(clients // 2, clients, 2 * clients - clients // 2) * (therapists // 3 + 1),
        intercept=rate,
        therapist_sd=therapist_sd,
        coefficients=Coefficients(phq9_first=0.3, deprivation=0.2, burnout=0.3, competence=-0.2, fit=-0.2),
        reliability=dict.fromkeys(RATED, reliability),
    )
    clients_table = simulate(model, Noise(21), replicate).clients
    return DataSet(f"made-{replicate}", replicate, clients_table, dict.fromkeys(TRAITS, reliability))


def answer(name: str, data_set: DataSet, settings=None):
    return next(iter(method(name).answers([data_set], settings)))


def estimate(found, name):
    return next(one for one in found.estimates if one.estimand == name)


def without_spread() -> DataSet:
    """A data set in which no spread is found."""
    tried = (made(0.0, 9, 20, replicate) for replicate in range(20))
    return next(found for found in tried if fitted(found, casemix.COVARIATES).found.boundary)
