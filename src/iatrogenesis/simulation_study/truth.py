"""What is true in a cell, worked out before any method sees its data.

Family A: by its equations, averaged over the clients of all replicates where an average is asked for. Family B: by
counterfactual simulation: the same therapists with long lists of clients, and those clients again in another world. Of
odds ratios and of the spread between therapists family B has no truth in its rules; there it is what maximum likelihood
finds in a set of some hundred thousand clients who came by chance and whose therapists' states are known.

=========================  =============================================================================================
`therapist_sd`,            SD of the therapists' log odds among like clients, competence and burnout included; as
`vpc`, `mor`               VPC and median odds ratio
`residual_sd`              the same without what competence, burnout and fit explain
`log_odds_ratio[trait]`    of the true states, per SD
`risk_change[burnout]`     deteriorations per 1,000 clients more (negative: fewer) if all burnout were 1 SD lower
`iatrogenic_fraction`      share of deteriorations that the same clients, with the same chance events, would not have
                           had with average competence, burnout and fit
`on_slope[burnout]`        0 where burnout does nothing; elsewhere no number is claimed
`rate`                     of each therapist: deterioration rate if all clients of the data (B: clients who come by
                           chance, in the long run) were with this one
=========================  =============================================================================================
"""

import numpy as np
import pandas as pd
from scipy.special import expit

from iatrogenesis.core.montecarlo import ratio
from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.engines.maximum_likelihood import fit
from iatrogenesis.inference.models import casemix
from iatrogenesis.inference.models.spread import UPPER_QUARTILE, mor, vpc
from iatrogenesis.inference.models.therapist import TRUE_STATES
from iatrogenesis.simulation_study.cells import Cell, given
from iatrogenesis.simulation_study.data_generation import Surroundings, blocks, mechanistic, statistical
from iatrogenesis.simulation_study.logit_normal import explained, simulate
from iatrogenesis.simulation_study.methods.answer import RISK, TRAITS
from iatrogenesis.simulation_study.methods.rates import standardised
from iatrogenesis.simulation_study.methods.regression import PER
from iatrogenesis.world.judged import Sample
from iatrogenesis.world.scenarios import Scenario, reference_of
from iatrogenesis.world.tidy import clients_table

TWIN_CLIENTS = 200  # of each therapist, for changes and fractions
FITTED = 50  # replicates whose twins are fitted together
COLUMNS = ("cell", "estimand", "truth", "truth_mcse")


def truth(cell: Cell, surroundings: Surroundings, replicates: int, clients: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what is true of a cell and of its therapists.

    Parameters
    ----------
    clients
        Family B: length of each therapist's list in the long run.

    Returns
    -------
    tuple of pandas.DataFrame
        Columns `COLUMNS`; and replicate, therapist (position among the ids), rate.
    """
    found, rates = (_statistical if cell.family == "A" else _mechanistic)(cell, surroundings, replicates, clients)
    rows = [{"cell": cell.cell, "estimand": name, "truth": value, "truth_mcse": error} for name, value, error in found]
    return pd.DataFrame(rows, columns=list(COLUMNS)), rates


def _statistical(cell: Cell, surroundings: Surroundings, replicates: int, clients: int):
    model, noise = statistical(cell, surroundings), Noise(surroundings.setup.seed)
    slopes = model.coefficients
    by_client = slopes.model_copy(update={"competence": 0.0, "burnout": 0.0})
    sums, tables = [], []
    for replicate in range(replicates):
        made = simulate(model, noise, replicate)
        states = sum(getattr(slopes, name) * made.clients[name].to_numpy() for name in TRAITS)
        risk = expit(made.log_odds)
        rested = expit(made.log_odds - slopes.burnout)
        spared = np.maximum(risk - expit(made.log_odds - states), 0.0)
        sums.append((len(risk), risk.sum(), (rested - risk).sum(), spared.sum()))
        own = made.therapists
        log_odds = slopes.competence * own["competence"] + slopes.burnout * own["burnout"] + own["effect"]
        rates = standardised(log_odds.to_numpy(), model.intercept + explained(made.clients, by_client))
        tables.append(_rates(replicate, rates))
    n, risk, change, spared = np.array(sums).T
    sd = float(np.sqrt(model.therapist_sd**2 + slopes.competence**2 + slopes.burnout**2))
    value, error = ratio(change, n)
    found = [*_forms(sd, 0.0), ("residual_sd", model.therapist_sd, 0.0)]
    found += [(f"log_odds_ratio[{name}]", getattr(slopes, name), 0.0) for name in TRAITS]
    found += [(RISK, PER * value, PER * error), ("iatrogenic_fraction", *ratio(spared, risk))]
    return found, pd.concat(tables, ignore_index=True)


def _forms(sd: float, error: float) -> list[tuple[str, float, float]]:
    share = vpc(sd)
    slopes = (2 * share * (1 - share) / sd if sd else 0.0, mor(sd) * np.sqrt(2) * UPPER_QUARTILE)
    return [("therapist_sd", sd, error), ("vpc", share, slopes[0] * error), ("mor", mor(sd), slopes[1] * error)]


def _rates(replicate: int, rates: np.ndarray) -> pd.DataFrame:
    place = np.arange(len(rates), dtype=np.int32)
    return pd.DataFrame({"replicate": np.int32(replicate), "therapist": place, "rate": rates})


def _mechanistic(cell: Cell, surroundings: Surroundings, replicates: int, clients: int):
    scenario, setup = surroundings.scenarios[given(cell.scenario)], surroundings.setup
    sums, tables, people = [], [], []
    for block in blocks(range(replicates)):
        long = setup.sample(scenario, mechanistic(cell, clients), replicates=block)
        tables += _long_run(long, block, cell.therapists)
        design = mechanistic(cell, TWIN_CLIENTS)
        run = setup.run(scenario, design, replicates=block)
        now = Sample.of(run, setup.instruments, setup.judgement)
        rested, reference = (setup.sample(world, design, replicates=block) for world in _other_worlds(scenario))
        sums += [_sums(now, rested, reference, replicate) for replicate in block]
        if block.start < FITTED:
            people.append(clients_table(run, setup.instruments, setup.judgement))
    n, worse, change, spared = np.array(sums, dtype=float).T
    value, error = ratio(change, n)
    found = [*_fitted(pd.concat(people, ignore_index=True), scenario)]
    found += [(RISK, PER * value, PER * error), ("iatrogenic_fraction", *ratio(spared, worse))]
    return found, pd.concat(tables, ignore_index=True)


def _other_worlds(scenario: Scenario) -> tuple[Scenario, Scenario]:
    """The same with everybody's burnout one SD lower, and the reference world."""
    process = scenario.world.burnout
    mean = process.mean.model_copy(update={"value": process.mean.value - 1.0})
    world = scenario.world.model_copy(update={"burnout": process.model_copy(update={"mean": mean})})
    return scenario.model_copy(update={"world": world}), reference_of(scenario)


def _sums(now: Sample, rested: Sample, reference: Sample, replicate: int) -> tuple[float, ...]:
    own = now.replicate == replicate
    both = own & now.finished & rested.finished
    change = rested.deteriorated[both].astype(float) - now.deteriorated[both]
    judged = own & now.finished & reference.finished
    worse = now.deteriorated[judged]
    return both.sum(), worse.sum(), change.sum(), (worse & ~reference.deteriorated[judged]).sum()


def _long_run(sample: Sample, block: range, therapists: int) -> list[pd.DataFrame]:
    finished = np.bincount(sample.unit, weights=sample.finished, minlength=len(block) * therapists)
    worse = np.bincount(sample.unit, weights=sample.deteriorated & sample.finished, minlength=len(finished))
    rates = (worse / finished).reshape(len(block), therapists)
    return [_rates(replicate, own) for replicate, own in zip(block, rates, strict=True)]


def _fitted(clients: pd.DataFrame, scenario: Scenario) -> list[tuple[str, float, float]]:
    clients = clients.assign(replicate=0)  # therapists of all replicates carry ids of their own
    like, states = (
        fit(from_clients(clients, covariates, dataset="twins", allow_empty=True))
        for covariates in (casemix.COVARIATES, TRUE_STATES)
    )
    table = states.table().set_index("estimand")
    found = _forms(like.estimate[-1], like.standard_error[-1])
    found.append(("residual_sd", table.loc["therapist_sd", "estimate"], table.loc["therapist_sd", "se"]))
    harmless = all(mechanism.kind != "burnout" for mechanism in scenario.mechanisms)
    for name in TRAITS:
        column = "fit_within" if name == "fit" else name
        values = table.loc[f"log_odds_ratio[{column}]", ["estimate", "se"]]
        estimate, error = (0.0, 0.0) if harmless and name == "burnout" else values
        found.append((f"log_odds_ratio[{name}]", estimate, error))
    if harmless:
        found.append(("on_slope[burnout]", 0.0, 0.0))
    return found
