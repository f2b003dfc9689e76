"""Truths of family B: of a cell's scenario and size in each plausible world, by many services of that size at once.

Size matters: therapists with short lists are seen for fewer weeks, in which burnout moves less. Clients come by chance,
whatever the cell says, so that cells with the same scenario and size have the same truths. What states, and what
ratings, are associated with is found by maximum likelihood; what burnout causes by counterfactual simulation of the
same clients.
"""

import numpy as np
import pandas as pd
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from iatrogenesis.core.montecarlo import ratio
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.engines.maximum_likelihood import MaximumLikelihood, fit
from iatrogenesis.inference.models import casemix
from iatrogenesis.inference.models.spread import UPPER_QUARTILE, mor, vpc
from iatrogenesis.inference.models.therapist import COVARIATES, TRUE_STATES
from iatrogenesis.simulation_study.cells import Cell, given
from iatrogenesis.simulation_study.data_generation import Surroundings, mechanistic
from iatrogenesis.simulation_study.estimands import TRAITS
from iatrogenesis.simulation_study.methods.regression import design, risk_change
from iatrogenesis.simulation_study.worlds import World, in_world
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.judged import Sample
from iatrogenesis.world.scenarios import Scenario, without
from iatrogenesis.world.setup import Setup
from iatrogenesis.world.tidy import clients_table

CLIENTS = 64_000  # of each world, in as many services of the cell's size as that takes
NODES = 9
PER = 1000.0
ROUTES = ("incompetence", "burnout", "misfit")
"""Routes by which competence, burnout and fit act; closed, everybody fares as at the mean."""
SLOPE = "on_slope[burnout]"

Row = tuple[str, float, float]


def size_of(cell: Cell) -> Design:
    """Return the size of a cell's services, and how many of them are simulated in each world."""
    replicates = max(2, round(CLIENTS / (cell.therapists * cell.clients)))
    return mechanistic(cell, by_chance=True).model_copy(update={"replicates": replicates})


def of_worlds(cell: Cell, surroundings: Surroundings) -> pd.DataFrame:
    """Return world, estimand, truth and truth_mcse of the scenario and the size of a cell."""
    name, size = given(cell.scenario), size_of(cell)
    scenario, own = surroundings.scenarios[name], surroundings.own.get(name, ())
    worlds: tuple[World, ...] = surroundings.worlds or ({},)
    setup = surroundings.setup.apart("truth")
    rows = []
    for number, world in enumerate(worlds):
        block = range(number * size.replicates, (number + 1) * size.replicates)
        found = _of_world(in_world(scenario, world, own), setup, size, block)
        rows += [(number, *row) for row in found]
        print(f"world {number + 1} of {len(worlds)}", flush=True)
    return pd.DataFrame(rows, columns=["world", "estimand", "truth", "truth_mcse"])


def _of_world(scenario: Scenario, setup: Setup, size: Design, block: range) -> list[Row]:
    run = setup.run(scenario, size, replicates=block)
    clients = clients_table(run, setup.instruments, setup.judgement)
    now = Sample.of(run, setup.instruments, setup.judgement)
    rested, average = (setup.sample(world, size, replicates=block) for world in (_rested(scenario), _average(scenario)))
    found = [*_associations(clients, nothing=all(one.kind != "burnout" for one in scenario.mechanisms))]
    value, error = _paired(rested, now)
    found.append(("risk_change[burnout]", PER * value, PER * error))
    both = now.finished & average.finished
    value, error = _paired(average, now)
    rate = now.deteriorated[both].mean()
    return [*found, ("net_fraction", -value / rate, error / rate)]


def _rested(scenario: Scenario) -> Scenario:
    """The same with everybody's burnout one SD lower."""
    process = scenario.world.burnout
    mean = process.mean.model_copy(update={"value": process.mean.value - 1.0})
    world = scenario.world.model_copy(update={"burnout": process.model_copy(update={"mean": mean})})
    return scenario.model_copy(update={"world": world})


def _average(scenario: Scenario) -> Scenario:
    """The same with competence, burnout and fit doing nothing."""
    for kind in ROUTES:
        scenario = without(scenario, kind)
    return scenario


def _paired(changed: Sample, now: Sample) -> tuple[float, float]:
    """Difference in risk of the same clients, and its error, clients of one service together."""
    both = now.finished & changed.finished
    difference = changed.deteriorated[both].astype(float) - now.deteriorated[both]
    _, cluster = np.unique(now.cluster[both], return_inverse=True)
    return ratio(np.bincount(cluster, weights=difference), np.bincount(cluster).astype(float))


def _associations(clients: pd.DataFrame, *, nothing: bool) -> list[Row]:
    """By maximum likelihood; ``nothing``: burnout does nothing and goes with nothing."""
    whole = clients.assign(replicate=0)  # therapists of all replicates carry ids of their own

    def data(covariates: tuple[str, ...]) -> OutcomeData:
        return from_clients(whole, covariates, dataset="a very large data set", allow_empty=True)

    rated_data = data(COVARIATES)
    like, states, rated = (fit(one, NODES) for one in (data(casemix.COVARIATES), data(TRUE_STATES), rated_data))
    logistic = GLM(rated_data.deteriorated, design(rated_data), family=families.Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": rated_data.therapist}
    )
    coefficients = zip(logistic.params[1:], logistic.bse[1:], strict=True)
    marginal = dict(zip(rated_data.covariate_names, coefficients, strict=True))
    sd, error = like.estimate[-1], like.standard_error[-1]
    share = vpc(sd)
    found: list[Row] = [
        ("therapist_sd", sd, error),
        ("vpc", share, (2 * share * (1 - share) / sd if sd else 0.0) * error),
        ("mor", mor(sd), mor(sd) * np.sqrt(2) * UPPER_QUARTILE * error),
        ("residual_sd", states.estimate[-1], states.standard_error[-1]),
        ("residual_sd_rated", rated.estimate[-1], rated.standard_error[-1]),
    ]
    change = risk_change(rated_data, rated.estimate[:-1], rated.covariance[:-1, :-1], rated.estimate[-1])
    found.append(("risk_change_rated[burnout]", change.estimate, change.se))
    for trait in TRAITS:
        found.append((f"log_odds_ratio[{trait}]", *_of(states, trait)))
        rating = f"{trait}_rating"
        found.append((f"log_odds_ratio_rated[{trait}]", *_of(rated, rating)))
        found.append((f"log_odds_ratio_marginal[{trait}]", *marginal[_within(rating)]))
    if nothing:
        found = [(row[0], 0.0, 0.0) if row[0].endswith("[burnout]") else row for row in found]
        found.append((SLOPE, 0.0, 0.0))
    return [(name, float(value), float(error)) for name, value, error in found]


def _of(found: MaximumLikelihood, column: str) -> tuple[float, float]:
    place = found.names.index(_within(column))
    return found.estimate[place], found.standard_error[place]


def _within(column: str) -> str:
    """Of fit, what differs between one therapist's clients."""
    return f"{column}_within" if column.startswith("fit") else column
