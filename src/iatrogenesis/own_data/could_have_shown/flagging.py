"""Error rates of the rules that flag therapists, on simulated outcomes of a service's own clients.

The rules are those of `iatrogenesis.own_data.analysis.flags`, of therapists whose rate is high. A therapist is truly
harmful whose standardised rate exceeds twice the mean of the service's therapists
(`iatrogenesis.core.definitions`). Three things are otherwise here: a therapist's count is held to be binomial with the
clients' mean risk, which flags a little less; the model adjusts for the case mix's score in a few strata instead of
every column; and that score has the coefficients by which the outcomes were drawn, which an analysis has to estimate.
Nothing goes into a risk that the case mix does not have: errors are those of a service whose therapists' clients differ
in nothing else.

Limits cost next to nothing, so that they are judged on `MORE` times as many data sets as the model.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import binom

from iatrogenesis.core.definitions import FLAG_PROBABILITY, harmful_rate
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers.selection import selected, significant
from iatrogenesis.inference.answers.standardise import gauss, therapists_rates
from iatrogenesis.inference.engines.collapsed.engine import Unreliable, sample
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.own_data.analysis.exact_limits import FAR_TAIL, TAIL, Overdispersion
from iatrogenesis.own_data.analysis.flags import PROBABLE
from iatrogenesis.planning.analysed import analysed
from iatrogenesis.planning.plasmode import Plasmode, intercept_for
from iatrogenesis.simulation_study.flag_rules import of_flags
from iatrogenesis.simulation_study.over_services import row

MORE = 10
DRAWS = 1000
NODES = 5  # that stand for the clients in a rate
KNOTS = 200
POINTS = 10  # of the quadrature of the case mix
RATES = np.geomspace(0.1, 10, 41)  # of the service's odds: where expected numbers are worked out
MEASURES = ("sensitivity", "fpr", "fdr", "flagged")
FDR = "false discovery rate"
TESTS = "exact tests, Benjamini and Hochberg"


class Lists(NamedTuple):
    """What does not change from one data set to the next.

    Attributes
    ----------
    clients
        Of the therapists with finished courses, int, shape (J,).
    seen
        Their positions among all.
    named
        Whether they may be flagged, bool, shape (J,).
    case_mix, share
        Log odds of clients, and the share of all whom each stands for, shape (points,).
    expected
        Each therapist's expected number by the service's log odds at `RATES`, shape (rates, J).
    """

    clients: np.ndarray
    seen: np.ndarray
    named: np.ndarray
    case_mix: np.ndarray
    share: np.ndarray
    expected: np.ndarray


def lists(made: Plasmode, least: int) -> Lists:
    """Work out the lists' constants."""
    data = made.data
    seen = np.flatnonzero(data.clients)
    rows = len(made.case_mix)
    (points,), (share,) = gauss(made.case_mix[None], np.full(rows, 1 / rows), POINTS)
    middle = logit(data.deteriorated.sum() / data.trials.sum() if made.truth.rate is None else made.truth.rate)
    expected = []
    for odds in RATES:
        intercept = intercept_for(float(expit(middle + np.log(odds))), made.case_mix, 0.0)
        expected.append(np.bincount(data.therapist, expit(intercept + made.case_mix), len(data.therapist_ids))[seen])
    clients = data.clients[seen]
    return Lists(clients, seen, clients >= least, points, share, np.array(expected))


def error_rates(
    made: Plasmode, priors: Priors, replicates: int, least: int, level: float, strata: int
) -> Iterator[dict[str, object]]:
    """Yield a row per rule: sensitivity, fpr, fdr, flagged, each with `_mcse`, and how many data sets gave an answer.

    Parameters
    ----------
    made
        The clients, with the truth that is to be judged by.
    replicates
        Data sets that the model is fitted to.
    least
        Finished courses of therapists who may be flagged.
    level
        Of the rules that hold a false discovery rate.
    strata
        Of the case mix's score.
    """
    about = lists(made, least)
    rules: dict[str, list[pd.DataFrame]] = {}
    for replicate in range(MORE * replicates):
        events = _events(made, about, replicate)
        if not 0 < events.sum() < about.clients.sum():
            continue  # nobody is judged where nobody or everybody deteriorated
        harmful = _harmful(made, about, replicate)
        found = _by_limits(about, events, level)
        if replicate < replicates:
            found |= _by_model(made, about, replicate, priors, level, strata)
        for rule, chosen in found.items():
            table = {"replicate": replicate, "harmful": harmful[about.named], "chosen": chosen}
            rules.setdefault(rule, []).append(pd.DataFrame(table))
    for rule, tables in rules.items():
        yield {"rule": rule, "harmful": float(np.mean([table["harmful"].sum() for table in tables]))} | _judged(tables)


def _events(made: Plasmode, about: Lists, replicate: int) -> np.ndarray:
    worse = np.bincount(made.data.therapist, made.outcomes(replicate), len(made.data.therapist_ids))
    return worse[about.seen].astype(np.int64)


def _harmful(made: Plasmode, about: Lists, replicate: int) -> np.ndarray:
    odds = made.intercept + made.therapists(replicate)[about.seen]
    knots = np.linspace(odds.min() - 1e-6, odds.max() + 1e-6, KNOTS)
    rates = np.interp(odds, knots, expit(knots[:, None] + about.case_mix) @ about.share)
    return rates > harmful_rate(rates.mean()) * (1 + 1e-9)


def _by_limits(about: Lists, events: np.ndarray, level: float) -> dict[str, np.ndarray]:
    """Who is above each limit, of those who may be flagged."""
    rate = events.sum() / about.clients.sum()
    total = about.expected.sum(axis=1) / about.clients.sum()
    expected = np.array([np.interp(rate, total, column) for column in about.expected.T])
    p_high = binom.sf(events - 1, about.clients, np.minimum(expected / about.clients, 1.0))[about.named]
    more, ratio = Overdispersion(events, expected), (events / expected)[about.named]
    found = {}
    for name, tail in (("95", TAIL), ("99.8", FAR_TAIL)):
        beyond = p_high <= tail
        found[f"exact {name} % limit"] = beyond
        for kind in ("multiplicative", "additive"):
            _, high = more.limits(expected[about.named], tail, kind)
            found[f"{name} % limit with {kind} overdispersion"] = beyond & (ratio > high)
    found[TESTS] = significant(1 - np.clip(p_high, 0, 1), level) if p_high.size else np.zeros(0, dtype=bool)
    return found


def _by_model(
    made: Plasmode, about: Lists, replicate: int, priors: Priors, level: float, strata: int
) -> dict[str, np.ndarray]:
    """Who is flagged by the posterior; nothing where there is none."""
    try:
        data = analysed(made, replicate, rating=False, many=0, strata=strata)
        model = "casemix" if data.covariate_names else "intercept_only"
        tree = sample(model, replace(data, allow_empty=True), priors, made.seed, draws=DRAWS)
    except (DataError, Unreliable):
        return {}
    rates = therapists_rates(tree, about.seen, NODES)
    exceeds = (rates > harmful_rate(rates.mean(axis=1, keepdims=True))).mean(axis=0)[about.named]
    return {PROBABLE: exceeds >= FLAG_PROBABILITY, FDR: selected(exceeds, level)}


def _judged(tables: list[pd.DataFrame]) -> dict[str, object]:
    both = pd.concat(tables, ignore_index=True)
    found: dict[str, object] = {"data_sets": len(tables), "therapists": len(tables[0])}
    for one in of_flags("rule", both, both["chosen"].to_numpy()):
        _, measure, value, error, _ = row(one)
        if measure in MEASURES:
            found |= {measure: value, f"{measure}_mcse": error}
    return found
