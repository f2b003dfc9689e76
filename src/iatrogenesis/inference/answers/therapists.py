"""Each therapist's raw rate, posterior rate and rank, with intervals.

Raw rates of few clients are mostly chance; the model shrinks them towards the average, the more the fewer the clients.
The columns have both, so that a reader sees what a league table would hide.
"""

import arviz_stats as az
import numpy as np
import pandas as pd
import xarray as xr
from scipy.stats import rankdata

from iatrogenesis.core.definitions import harmful_rate
from iatrogenesis.core.proportions import clopper_pearson
from iatrogenesis.inference.answers.decisions import ACTIONS, decided
from iatrogenesis.inference.answers.grades import graded, pairs_of_draws
from iatrogenesis.inference.answers.rank_sets import credible
from iatrogenesis.inference.answers.selection import selected
from iatrogenesis.inference.answers.standardise import stacked, therapists_rates


def table(tree: xr.DataTree, level: float = 0.95) -> pd.DataFrame:
    """Summarise every therapist who has clients; those without are left out.

    Parameters
    ----------
    tree
        A posterior, from any engine.
    level
        Probability of all intervals; posterior ones are equal-tailed.

    Returns
    -------
    pandas.DataFrame
        One row per therapist, in the order of the data:

        - therapist_id, clients, deteriorated;
        - raw_rate, raw_low, raw_high: share who deteriorated, with the exact (Clopper-Pearson) interval;
        - rate, rate_low, rate_high, rate_mcse: posterior of the standardised rate, that of *all* the data's clients if
          they had been with this therapist (without covariates: of the average client);
        - rank, rank_low, rank_high: posterior median and interval of the rank, 1 being the lowest rate;
        - rank_low_all, rank_high_all: the same of all therapists at once (`iatrogenesis.inference.answers.rank_sets`);
        - grade: 1 has the lowest rates (`iatrogenesis.inference.answers.grades`);
        - p_harmful, p_harmful_mcse: posterior probability of being harmful (`iatrogenesis.core.definitions`) among the
          therapists in this table;
        - selected: whether the therapist is among as many as the expected false discovery rate allows to select
          (`iatrogenesis.inference.answers.selection`);
        - action: leave, talk and support or pause, by the least expected loss
          (`iatrogenesis.inference.answers.decisions`);
        - effect, effect_sd: posterior of the log odds relative to the average therapist;
        - reliability: 1 - effect_sd^2 / E(therapist_sd^2), the share of the uncertainty about a therapist that the data
          removed; 0 says that nothing was learnt.
    """
    effects = stacked(tree, "therapist_effect")
    clients, events = _tallies(tree, effects.shape[1])
    seen = np.flatnonzero(clients)
    effects, clients, events = effects[:, seen], clients[seen], events[seen]
    rates = therapists_rates(tree, seen)
    shape = tree["posterior"]["therapist_sd"].shape
    return pd.DataFrame(
        {
            "therapist_id": tree["posterior"]["therapist"].values[seen].astype(str),
            "clients": clients,
            "deteriorated": events,
            **_raw(events, clients, level),
            **_rates_and_ranks(rates, shape, level),
            **_told_apart(rates, level),
            **_harmful(rates, shape),
            **_effects(effects, stacked(tree, "therapist_sd")),
        }
    )


def _tallies(tree: xr.DataTree, therapists: int) -> tuple[np.ndarray, np.ndarray]:
    index = tree["constant_data"]["therapist_index"].values
    clients, events = np.zeros((2, therapists), dtype=np.int64)
    np.add.at(clients, index, tree["constant_data"]["trials"].values)
    np.add.at(events, index, tree["observed_data"]["deteriorated"].values)
    return clients, events


def _raw(events: np.ndarray, clients: np.ndarray, level: float) -> dict[str, np.ndarray]:
    low, high = clopper_pearson(events, clients, level)
    return {"raw_rate": events / clients, "raw_low": low, "raw_high": high}


def _rates_and_ranks(rates: np.ndarray, shape: tuple[int, int], level: float) -> dict[str, np.ndarray]:
    tails = ((1 - level) / 2, (1 + level) / 2)
    rate_low, rate_high = np.quantile(rates, tails, axis=0)
    rank_low, rank, rank_high = np.quantile(rankdata(rates, axis=1), (tails[0], 0.5, tails[1]), axis=0)
    return {
        "rate": rates.mean(axis=0),
        "rate_low": rate_low,
        "rate_high": rate_high,
        "rate_mcse": _mcse(rates, shape),
        "rank": rank,
        "rank_low": rank_low,
        "rank_high": rank_high,
    }


def _told_apart(rates: np.ndarray, level: float) -> dict[str, np.ndarray]:
    sets = credible(rates, level)
    grade = graded(pairs_of_draws(rates)).grade
    return {"rank_low_all": sets.low_all, "rank_high_all": sets.high_all, "grade": grade}


def _harmful(rates: np.ndarray, shape: tuple[int, int]) -> dict[str, np.ndarray]:
    exceeds = (rates > harmful_rate(rates.mean(axis=1, keepdims=True))).astype(float)
    probability = exceeds.mean(axis=0)
    return {
        "p_harmful": probability,
        "p_harmful_mcse": _mcse(exceeds, shape),
        "selected": selected(probability),
        "action": np.array(ACTIONS)[decided(rates)],
    }


def _effects(effects: np.ndarray, population_sd: np.ndarray) -> dict[str, np.ndarray]:
    population = np.mean(population_sd**2)
    return {
        "effect": effects.mean(axis=0),
        "effect_sd": effects.std(axis=0, ddof=1),
        "reliability": 1 - effects.var(axis=0, ddof=1) / population,
    }


def _mcse(values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    found = az.mcse(xr.DataArray(values.reshape(*shape, -1), dims=("chain", "draw", "item")), method="mean")
    # Draws that are all alike have no error, where the formula gives none.
    return np.where(np.ptp(values, axis=0) == 0, 0.0, found.values)
