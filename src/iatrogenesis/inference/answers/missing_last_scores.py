"""Would the answers change if those whose score at the end nobody has seen did worse than they were going to?

Analyses of finished courses take missing scores to be missing at random: who leaves is like who stays, among clients
with the same scores so far. No data can show that. So the unseen scores are imputed from each client's own course, at
the number of sessions after which others end, and then moved by delta reliable changes, for some delta (a pattern
mixture): at 0 they are missing at random; at 1 everybody unseen is a reliable change worse than their course said. What
is asked is where the conclusion tips: the deterioration rate of all who started, the spread between therapists, and
their order. Imputations are many, and pooled by Rubin's rules.

Who completes does so when well, and so the last score of those who completed lies below their own course. How far says
`completed_delta`, a measure for delta from the data: so far would the unseen have to be moved for their ends to be as
chosen as those of the others.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import stdtrit
from scipy.stats import rankdata

from iatrogenesis.core.definitions import Judgement
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.montecarlo import ratio
from iatrogenesis.inference.answers.imputed_ends import Imputed, completed_delta, impute
from iatrogenesis.inference.answers.standardise import stacked, therapists_rates
from iatrogenesis.inference.data.courses import MISSING, Courses
from iatrogenesis.inference.data.outcomes import counts
from iatrogenesis.inference.engines.collapsed.engine import sample
from iatrogenesis.inference.engines.collapsed.weights import Unreliable
from iatrogenesis.inference.models.priors import Priors

DELTAS = (-0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5)  # in reliable changes; above 0 the unseen do worse
FITTED = 6  # imputations to which the model of therapists is fitted
DRAWS = 1000  # of each of these fits
LEVEL = 0.95
WORST = 0.1  # share of therapists who are looked at first
COLUMNS = (
    "missing", "delta", "points", "clients", "unseen", "unseen_rate", "rate", "rate_se", "rate_low", "rate_high",
    "reported", "reported_low", "reported_high", "completed_delta", "therapist_sd", "therapist_sd_low",
    "therapist_sd_high", "rank_correlation", "worst_kept",
)  # fmt: skip


def pooled(worse: np.ndarray, therapist: np.ndarray) -> dict[str, float]:
    """Deterioration rate with standard error and interval, by Rubin's rules.

    Parameters
    ----------
    worse
        Bool, shape (imputations, n).
    therapist
        Whose clients are not independent, int, shape (n,).

    Returns
    -------
    dict
        rate, rate_se, rate_low, rate_high.
    """
    values, errors = np.array([_rate(one, therapist) for one in worse]).T
    m, within, between = len(values), np.mean(errors**2), values.var(ddof=1)
    total = within + (1 + 1 / m) * between
    freedom = (m - 1) * (total / max((1 + 1 / m) * between, 1e-300)) ** 2
    reach = float(stdtrit(min(freedom, 1e9), 0.5 + LEVEL / 2)) * np.sqrt(total)
    rate = float(values.mean())
    return {
        "rate": rate,
        "rate_se": float(np.sqrt(total)),
        "rate_low": max(rate - reach, 0.0),
        "rate_high": rate + reach,
    }


def _rate(worse: np.ndarray, therapist: np.ndarray) -> tuple[float, float]:
    """Rate with its standard error, clients of one therapist not being independent."""
    clients = np.bincount(therapist)
    return ratio(np.bincount(therapist, weights=worse)[clients > 0], clients[clients > 0])


def reported(courses: Courses, judgement: Judgement, rules: Instruments) -> dict[str, float]:
    """What a service reports: the rate of finished courses by the last score attended, with its 95 % interval."""
    seen = ~courses.unseen["no second score"]
    first, last = (
        {name: values[seen, k] for k, name in enumerate(courses.instruments)}
        for values in (courses.first, courses.last)
    )
    therapist = courses.therapist[seen]
    rate, se = _rate(judgement.worse_and_better(first, last, rules)[0], therapist)
    reach = float(stdtrit(len(np.unique(therapist)) - 1, 0.5 + LEVEL / 2)) * se
    return {"reported": rate, "reported_low": max(rate - reach, 0.0), "reported_high": rate + reach}


def table(
    courses: Courses,
    judgement: Judgement,
    rules: Instruments,
    priors: Priors,
    seed: int,
    deltas: Sequence[float] = DELTAS,
    imputed: Imputed | None = None,
) -> pd.DataFrame:
    """Return the answers at every delta, for both readings of who is unseen.

    Parameters
    ----------
    imputed
        Scores at the end; by default those of `impute`.

    Returns
    -------
    pandas.DataFrame
        One row per reading of `MISSING` and delta:

        - missing; delta, in reliable changes, and points, the same on the first instrument;
        - clients (who started), unseen (how many of them), unseen_rate (how many of those deteriorate, imputed);
        - rate, rate_se, rate_low, rate_high: of all who started, with 95 % interval;
        - reported, reported_low, reported_high: see `reported`; completed_delta: see there;
        - therapist_sd, therapist_sd_low, therapist_sd_high: posterior median and 95 % interval, model `intercept_only`;
        - rank_correlation: Spearman's, of therapists' posterior mean rates with those from the clients seen alone;
        - worst_kept: share of the tenth of therapists with the highest rates there who are so here, too.
    """
    imputed, rows = imputed or impute(courses, seed), []
    change = float(rules.by_name()[courses.instruments[0]].reliable_change)
    alike = reported(courses, judgement, rules) | {"completed_delta": completed_delta(courses, rules, seed)}
    every = np.flatnonzero(np.bincount(courses.therapist, minlength=len(courses.therapist_ids)))
    for missing in MISSING:
        unseen = courses.unseen[missing]
        if not unseen.any():
            continue
        alone, _ = _therapists(courses, imputed.worse(missing, 0.0, judgement, rules)[:1], ~unseen, priors, seed)
        for delta in deltas:
            worse = imputed.worse(missing, delta, judgement, rules)
            rates, spread = _therapists(courses, worse[:FITTED], np.ones(len(unseen), dtype=bool), priors, seed)
            low, middle, high = np.quantile(spread, [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2])
            rows.append(
                {
                    "missing": missing,
                    "delta": delta,
                    "points": delta * change,
                    "clients": len(unseen),
                    "unseen": int(unseen.sum()),
                    "unseen_rate": float(worse[:, unseen].mean()),
                    **pooled(worse, courses.therapist),
                    **alike,
                    "therapist_sd": float(middle),
                    "therapist_sd_low": float(low),
                    "therapist_sd_high": float(high),
                    "rank_correlation": float(np.corrcoef(rankdata(alone[every]), rankdata(rates[every]))[0, 1]),
                    "worst_kept": _kept(alone[every], rates[every]),
                }
            )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def tipping_point(found: pd.DataFrame) -> float:
    """Smallest delta from 0 on at which the rate of all who started leaves the reported interval; NaN if none does.

    Parameters
    ----------
    found
        Rows of `table` of one reading; between two deltas the rate is taken as a line.
    """
    at = found[found["delta"] >= 0].sort_values("delta")
    delta, above = at["delta"].to_numpy(), (at["rate"] - at["reported_high"]).to_numpy()
    first = int(np.argmax(above > 0))
    if not above[first] > 0:
        return float("nan")
    return float(np.interp(0.0, above[max(first - 1, 0) : first + 1], delta[max(first - 1, 0) : first + 1]))


def _therapists(courses: Courses, worse: np.ndarray, kept: np.ndarray, priors: Priors, seed: int):
    """Posterior mean rate of every therapist, shape (J,), and draws of the therapist SD, over imputations.

    Imputations that the engine refuses are left out; NaN where it refuses all.
    """
    ids, therapist = courses.therapist_ids, courses.therapist[kept]
    clients = np.bincount(therapist, minlength=len(ids))
    rates, spread = [np.full(len(ids), np.nan)], [np.full(1, np.nan)]
    for number, one in enumerate(worse):
        events = np.bincount(therapist, weights=one[kept], minlength=len(ids)).astype(np.int64)
        data = counts(f"{courses.dataset}, imputation {number}", ids, events, clients, allow_empty=True)
        try:
            tree = sample("intercept_only", data, priors, seed, draws=DRAWS)
        except Unreliable as error:
            print(f"{error}; left out", flush=True)
            continue
        rates.append(therapists_rates(tree, np.arange(len(ids))).mean(axis=0))
        spread.append(stacked(tree, "therapist_sd"))
    answered = slice(1, None) if len(rates) > 1 else slice(None)
    return np.mean(rates[answered], axis=0), np.concatenate(spread[answered])


def _kept(before: np.ndarray, after: np.ndarray) -> float:
    number = max(1, round(WORST * len(before)))
    worst = [set(np.argsort(-rates, kind="stable")[:number]) for rates in (before, after)]
    return len(worst[0] & worst[1]) / number
