"""Sensitivity to outcomes that nobody has seen, and to gaps in the case mix.

Courses without a known outcome are left out of every model. That is right only if they would have ended as the others
did. Here they deteriorate with odds that are 0.5 (who is well stays away), 1, 1.5, 2, 3 or 5 times those of a judged
course of the same case mix with the same therapist (a pattern-mixture model; Little 1993,
10.1080/01621459.1993.10594302), are drawn `IMPUTATIONS` times from the posterior, and everybody is analysed together.
The odds are the same with all therapists: where clients stay away for other reasons from one than from another, orders
may move by more. The rate is then one of all courses, also those too short to count as finished. Courses of therapists
without any judged one cannot be drawn; the assumption says how many.

`sensitivity_missing` has the rows of both: `kind` is "outcomes" or "case mix".
"""

import numpy as np
import pandas as pd
import xarray as xr
from scipy.special import expit

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers.standardise import stacked
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.covariates import source_columns
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.own_data.analysis.completing import with_indicators
from iatrogenesis.own_data.analysis.ready import Ready
from iatrogenesis.own_data.analysis.refits import Refit, compared, counted, refit

ODDS = (0.5, 1.0, 1.5, 2.0, 3.0, 5.0)
IMPUTATIONS = 5
COLUMNS = (
    *("kind", "assumption", "odds_ratio", "clients", "unknown", "unknown_rate", "rate", "therapist_sd"),
    *("therapist_sd_low", "therapist_sd_high", "rank_correlation", "flagged", "flagged_also"),
)


def table(ready: Ready, tree: xr.DataTree, score: np.ndarray, priors: Priors) -> pd.DataFrame:
    """Return one row per assumption about what is missing.

    Parameters
    ----------
    tree
        Posterior of the main model.
    score
        Each judged course's log odds by case mix, shape (rows,), or (0,).
    """
    fdr, seed = ready.settings.analysis.false_discovery_rate, ready.settings.analysis.seed
    data = counted(f"{ready.name}, judged", ready.therapist_ids, ready.therapist, ready.worse, score)
    usual = refit(data, priors, seed)
    base = {"clients": len(ready.judged), "unknown": 0, "rate": float(ready.worse.mean())}
    rows = [
        {"kind": "outcomes", "assumption": "judged courses only", **base, **usual.row(), **compared(usual, usual, fdr)}
    ]
    rows += list(_outcomes(ready, tree, score, priors, usual))
    rows += list(_case_mix(ready, priors, usual))
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS))


def _outcomes(ready: Ready, tree: xr.DataTree, score: np.ndarray, priors: Priors, usual: Refit):
    unseen = ready.every[~ready.every["finished"].to_numpy(dtype=bool)]
    drawable = unseen["therapist_id"].isin(ready.therapist_ids)
    lost = int((~drawable).sum())
    without = f"; {lost} with therapists who have no judged course are left out" if lost else ""
    unseen = unseen[drawable]
    if unseen.empty:
        return
    who = pd.Index(ready.therapist_ids).get_indexer(unseen["therapist_id"])
    own, total = _log_odds(ready, tree, unseen, who)
    therapist = np.concatenate([ready.therapist, who])
    scores = np.concatenate([score, own]) if score.size else score
    noise = Noise(derived_seed(ready.settings.analysis.seed, "unfinished courses"))
    chance = [noise.uniform("outcome", client=np.arange(len(who)), occasion=k) for k in range(IMPUTATIONS)]
    for ratio in ODDS:
        drawn = [chance[k] < expit(total[k] + np.log(ratio)) for k in range(IMPUTATIONS)]
        fits = []
        for k, worse in enumerate(drawn):
            name = f"{ready.name}, odds {ratio:g}, {k}"
            data = counted(name, ready.therapist_ids, therapist, np.concatenate([ready.worse, worse]), scores)
            fits.append(refit(data, priors, ready.settings.analysis.seed))
        both = pooled(fits)
        unknown = float(np.mean(drawn))
        clients = len(therapist)
        yield {
            "kind": "outcomes",
            "assumption": f"courses without a known outcome have {ratio:g} times the odds of like ones{without}",
            "odds_ratio": ratio,
            "clients": clients,
            "unknown": len(who),
            "unknown_rate": unknown,
            "rate": float((ready.worse.sum() + len(who) * unknown) / clients),
            **both.row(),
            **compared(both, usual, ready.settings.analysis.false_discovery_rate),
        }


def _log_odds(ready: Ready, tree: xr.DataTree, unseen: pd.DataFrame, who: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Case mix of unseen courses, shape (n,), and their log odds at some posterior draws, (IMPUTATIONS, n)."""
    known = pd.Index(tree["posterior"]["therapist"].values.astype(str)).get_indexer(list(ready.therapist_ids))
    intercept, effect = stacked(tree, "intercept"), stacked(tree, "therapist_effect")[:, known]
    chosen = np.linspace(0, len(intercept) - 1, IMPUTATIONS).astype(int)
    total = intercept[chosen, None] + effect[chosen][:, who]
    if "coefficients" not in tree["posterior"]:
        return np.zeros(len(who)), total
    x = _columns(ready, unseen)
    coefficients = stacked(tree, "coefficients")
    return x @ coefficients.mean(axis=0), total + coefficients[chosen] @ x.T


def _columns(ready: Ready, unseen: pd.DataFrame) -> np.ndarray:
    """Columns of the case mix of other clients by the centres and scales of the judged ones, shape (n, k)."""
    profile = ready.data().profile
    if profile is None:
        raise DataError(f"{ready.name}: the judged courses have no case mix.")
    return profile.of_others(unseen, ready.name)


def pooled(fits: list[Refit]) -> Refit:
    """Return the draws of several imputations together."""
    kept = [fit for fit in fits if not fit.failed] or fits[:1]
    return Refit(np.concatenate([fit.rates for fit in kept]), np.concatenate([fit.spread for fit in kept]))


def _case_mix(ready: Ready, priors: Priors, usual: Refit):
    """Complete cases, and indicators of what is missing, where anything is."""
    if not any(ready.missing.values()):
        return
    columns = [name for name in source_columns(ready.case_mix) if name in ready.missing]
    complete = ready.gaps[columns].notna().all(axis=1).to_numpy(dtype=bool)
    marked, marks = with_indicators(ready.gaps, columns)
    filled = ready.judged.assign(**{name: marked[name] for name in marks})
    for said, table, covariates in (
        ("complete cases only", ready.judged[complete], ready.case_mix),
        ("with indicators of what is missing", filled, (*ready.case_mix, *marks)),
    ):
        yield _covariates(ready, said, table.reset_index(drop=True), covariates, priors, usual)


def _covariates(ready: Ready, said: str, table: pd.DataFrame, covariates: tuple[str, ...], priors: Priors, usual):
    row = {
        "kind": "case mix",
        "assumption": said,
        "clients": len(table),
        "unknown": len(ready.judged) - len(table),
        "rate": float(table["deteriorated"].mean()) if len(table) else float("nan"),
    }
    try:
        data = from_clients(
            table, covariates, dataset=f"{ready.name}, {said}", therapist_ids=ready.therapist_ids, allow_empty=True
        )
        one = refit(data, priors, ready.settings.analysis.seed)
    except DataError as error:
        return row | {"assumption": f"{said}: not possible ({error})"}
    return row | one.row() | compared(one, usual, ready.settings.analysis.false_discovery_rate)
