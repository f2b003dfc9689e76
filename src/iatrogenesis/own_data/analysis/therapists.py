"""Every therapist: observed against expected, standardised rate, rank, and the chance of being harmful.

Therapists with fewer finished courses than `privacy.least_named` are one row together, without a name, a rate or a
rank: of so few courses nothing can be said, and who they are would be plain. They stay in every fit.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from scipy.special import expit
from scipy.stats import rankdata

from iatrogenesis.core.definitions import harmful_rate
from iatrogenesis.core.proportions import clopper_pearson
from iatrogenesis.inference.answers.rank_sets import credible
from iatrogenesis.inference.answers.standardise import NODES, stacked, therapists_rates
from iatrogenesis.own_data.analysis.exact_limits import TAIL, tails
from iatrogenesis.own_data.analysis.ready import Ready
from iatrogenesis.own_data.analysis.risks import expected_risk, lighter

LEVEL = 0.95
COLUMNS = (
    *("therapist_id", "clients", "deteriorated", "raw_rate", "raw_low", "raw_high", "expected", "ratio"),
    *("p_high", "p_low", "p_high_mid", "p_low_mid", "beyond_exact", "rate", "rate_low", "rate_high", "rank"),
    *("rank_low", "rank_high", "rank_low_simultaneous", "rank_high_simultaneous", "p_harmful", "reliability", "named"),
)


class Judged(NamedTuple):
    """What is known of each therapist, in the order of `Ready.therapist_ids`.

    Attributes
    ----------
    table
        Columns `COLUMNS`; ranks are among the named.
    rates
        Draws of the standardised rates, shape (draws, J).
    named
        Who has courses enough, bool, shape (J,).
    """

    table: pd.DataFrame
    rates: np.ndarray
    named: np.ndarray


def judge(ready: Ready, tree: xr.DataTree, case_mix: np.ndarray) -> Judged:
    """Work out every therapist's row.

    Parameters
    ----------
    tree
        Posterior of the main model.
    case_mix
        Each judged course's log odds by case mix, shape (rows,).
    """
    ids, therapist = ready.therapist_ids, ready.therapist
    clients = np.bincount(therapist, minlength=len(ids))
    events = np.bincount(therapist, weights=ready.worse, minlength=len(ids)).astype(np.int64)
    named = clients >= ready.settings.privacy.least_named
    rates = rates_of(tree, ids)
    low, high = clopper_pearson(events, clients, LEVEL)
    exact = tails(expected_risk(case_mix, ready.worse), therapist, events)
    rate_low, rate_high = np.quantile(rates, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    table = pd.DataFrame(
        {
            "therapist_id": ids,
            "clients": clients,
            "deteriorated": events,
            "raw_rate": events / clients,
            "raw_low": low,
            "raw_high": high,
            "expected": exact["expected"],
            "ratio": events / exact["expected"].where(exact["expected"] > 0),
            **{name: exact[name] for name in ("p_high", "p_low", "p_high_mid", "p_low_mid")},
            "beyond_exact": np.select([exact["p_high"] <= TAIL, exact["p_low"] <= TAIL], ["above", "below"], "within"),
            "rate": rates.mean(axis=0),
            "rate_low": rate_low,
            "rate_high": rate_high,
            **_ranks(rates, named),
            "p_harmful": np.mean(rates > harmful_rate(rates.mean(axis=1, keepdims=True)), axis=0),
            "reliability": reliability(tree, clients),
            "named": named,
        }
    )
    return Judged(table[list(COLUMNS)], rates, named)


def named(ready: Ready) -> frozenset[str]:
    """Return the ids of those who have courses enough to be named."""
    clients = np.bincount(ready.therapist, minlength=len(ready.therapist_ids))
    least = ready.settings.privacy.least_named
    return frozenset(str(one) for one, number in zip(ready.therapist_ids, clients, strict=True) if number >= least)


def rates_of(tree: xr.DataTree, ids: tuple[str, ...]) -> np.ndarray:
    """Return draws of the standardised rates of some therapists, shape (draws, J)."""
    known = pd.Index(tree["posterior"]["therapist"].values.astype(str))
    return therapists_rates(lighter(tree), known.get_indexer(list(ids)))


def reliability(tree: xr.DataTree, clients: np.ndarray) -> np.ndarray:
    """Return the reliability of each therapist's observed rate, from 0 to 1, shape (J,).

    The share of the variance of rates observed from so many clients that lies between therapists: with m and v mean and
    variance of therapists' rates, v / (v + (m (1 - m) - v) / n), averaged over the posterior. It is that of a rate of n
    clients, and so never negative.
    """
    points, weights = np.polynomial.hermite.hermgauss(NODES * 2 + 5)
    weights = weights / np.sqrt(np.pi)
    effect = np.sqrt(2.0) * stacked(tree, "therapist_sd")[:, None] * points
    rates = expit(stacked(tree, "intercept")[:, None] + effect)
    mean = rates @ weights
    between = np.maximum((rates - mean[:, None]) ** 2 @ weights, 0.0)
    within = np.maximum(mean * (1 - mean) - between, 0.0)
    return np.mean(between[:, None] / (between[:, None] + within[:, None] / np.maximum(clients, 1)), axis=0)


def for_people(judged: Judged, least: int) -> pd.DataFrame:
    """Return the table with those who are not named in one row, at the end."""
    table = judged.table[judged.named]
    few = judged.table[~judged.named]
    if few.empty:
        return table.reset_index(drop=True)
    clients, events = int(few["clients"].sum()), int(few["deteriorated"].sum())
    pooled = {
        "therapist_id": unnamed(len(few), least),
        "clients": clients,
        "deteriorated": events,
        "raw_rate": events / clients,
        "expected": few["expected"].sum(),
        "ratio": events / few["expected"].sum() if few["expected"].sum() > 0 else np.nan,
        "named": False,
    }
    row = pd.DataFrame([pooled]).reindex(columns=table.columns)
    return pd.concat([table, row], ignore_index=True) if len(table) else row


def unnamed(number: int, least: int) -> str:
    """Return what stands for the ids of therapists with few courses."""
    return f"fewer than {least} courses ({number} therapist{'s' if number > 1 else ''})"


def _ranks(rates: np.ndarray, named: np.ndarray) -> dict[str, np.ndarray]:
    names = ("rank", "rank_low", "rank_high", "rank_low_simultaneous", "rank_high_simultaneous")
    found = {name: np.full(len(named), np.nan) for name in names}
    if named.sum() > 0:
        sets = credible(rates[:, named], LEVEL)
        ranks = np.median(rankdata(rates[:, named], axis=1), axis=0)
        for name, values in zip(names, (ranks, sets.low, sets.high, sets.low_all, sets.high_all), strict=True):
            found[name][named] = values
    return found
