"""Truths of the statistical family: from its equations, averaged over clients where an average is asked for."""

import numpy as np
import pandas as pd
from scipy.special import expit

from iatrogenesis.core.montecarlo import ratio
from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.models.spread import mor, vpc
from iatrogenesis.simulation_study.cells import Cell
from iatrogenesis.simulation_study.data_generation import Surroundings, statistical
from iatrogenesis.simulation_study.estimands import TRAITS
from iatrogenesis.simulation_study.logit_normal import LogitNormal, LogitNormalData, simulate
from iatrogenesis.simulation_study.methods.rates import standardised
from iatrogenesis.simulation_study.truth_of_ratings import expected, odds_ratios

PER = 1000.0
CONFOUNDED = ("severity", "deprivation", "unmeasured")

Row = tuple[str, float, float]
"""Estimand, truth and its Monte Carlo standard error."""


def statistical_truth(
    cell: Cell, surroundings: Surroundings, replicates: int
) -> tuple[list[Row], pd.DataFrame, pd.DataFrame]:
    """Return what is true of a cell, what is true of each data set (replicate, estimand, truth), and therapists' rates.

    Raises
    ------
    DataError
        If allocation by risk does not give therapists who do more harm clients of greater risk.
    """
    model, noise = statistical(cell, surroundings), Noise(surroundings.setup.seed)
    by_risk = [name for name in CONFOUNDED if getattr(cell, name)]
    sums, tables, likeness = [], [], []
    for replicate in range(replicates):
        made = simulate(model, noise, replicate)
        risk = expit(made.log_odds)
        rated, step = expected(model, made), model.coefficients.burnout
        changes = [step, step * np.sqrt(model.reliability["burnout"])]
        fewer = [np.sum(expit(made.log_odds - change) - risk) for change in changes]
        spared = [np.sum(risk - expit(made.log_odds - part)) for part in (made.states, rated.sum(axis=1))]
        sums.append((len(risk), risk.sum(), *fewer, *spared))
        tables.append(_rates(replicate, made, risk))
        if by_risk:
            likeness.append(_likeness(made))
    if by_risk and np.mean(likeness) <= 0:
        raise DataError(
            f"{cell.cell}: allocation by {by_risk[0]} gives harmful therapists clients of less risk (correlation "
            f"{np.mean(likeness):.2f}); it must be the other way round."
        )
    n, risk, change, change_rated, spared, spared_rated = np.array(sums).T
    # True of each data set: methods answer for the clients of the therapists who are there, and not for those of all.
    known = {
        "risk_change[burnout]": PER * change / n,
        "risk_change_rated[burnout]": PER * change_rated / n,
        "net_fraction_rated": spared_rated / risk,
    }
    of_each = [
        pd.DataFrame({"replicate": range(replicates), "estimand": name, "truth": own}) for name, own in known.items()
    ]
    found = [*_spread(model), *((f"log_odds_ratio[{trait}]", _slope(model, trait), 0.0) for trait in TRAITS)]
    found += [("net_fraction", *ratio(spared, risk))]
    of_all = found + odds_ratios(model, Noise(surroundings.setup.apart("ratings").seed))
    return of_all, pd.concat(of_each, ignore_index=True), pd.concat(tables, ignore_index=True)


def _slope(model: LogitNormal, trait: str) -> float:
    return getattr(model.coefficients, trait)


def _spread(model: LogitNormal) -> list[Row]:
    alike = model.therapist_sd**2 + model.service_sd**2
    rated = alike + sum(_slope(model, name) ** 2 * (1 - model.reliability[name]) for name in ("competence", "burnout"))
    sd = float(np.sqrt(alike + _slope(model, "competence") ** 2 + _slope(model, "burnout") ** 2))
    found = {"therapist_sd": sd, "vpc": vpc(sd), "mor": mor(sd)}
    found |= {"residual_sd": np.sqrt(alike), "residual_sd_rated": np.sqrt(rated)}
    return [(name, float(value), 0.0) for name, value in found.items()]


def _rates(replicate: int, made: LogitNormalData, risk: np.ndarray) -> pd.DataFrame:
    """Each therapist's rate with all clients of the data, and with the own ones."""
    place = np.arange(len(made.therapists), dtype=np.int32)
    whose = np.repeat(place, made.therapists["clients"])
    return pd.DataFrame(
        {
            "replicate": np.int32(replicate),
            "therapist": place,
            "rate": standardised(made.therapists["own"].to_numpy(), made.case_mix),
            "own_rate": np.bincount(whose, risk) / np.bincount(whose),
        }
    )


def _likeness(made: LogitNormalData) -> float:
    """Correlation of clients' own risk with what their therapist adds to it."""
    own = np.repeat(made.therapists["own"].to_numpy(), made.therapists["clients"])
    return float(np.corrcoef(own, made.case_mix)[0, 1])
