"""Sensitivity to whose client it is, where a course had several therapists.

Most contacts, the last one, or both in proportion to their contacts (multiple membership): three tables of therapists,
side by side.
"""

import numpy as np
import pandas as pd

from iatrogenesis.core.streams import derived_seed
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers.standardise import stacked
from iatrogenesis.inference.data.membership import MembershipData
from iatrogenesis.inference.engines.collapsed.weights import Unreliable
from iatrogenesis.inference.engines.linked.engine import sample
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.own_data.analysis.ready import Ready
from iatrogenesis.own_data.analysis.refits import DRAWS, Refit, compared, counted, refit
from iatrogenesis.own_data.analysis.risks import lighter
from iatrogenesis.own_data.analysis.therapists import rates_of

COLUMNS = (
    *("attribution", "used", "clients", "elsewhere", "therapists", "therapist_sd", "therapist_sd_low"),
    *("therapist_sd_high", "rank_correlation", "flagged", "flagged_also"),
)
NAMES = {
    "most_contacts": ("most contacts", "most_therapist_id"),
    "last": ("last therapist", "last_therapist_id"),
}
MEMBERSHIP = "all therapists, by their share of the contacts"


def table(ready: Ready, score: np.ndarray, priors: Priors) -> pd.DataFrame:
    """Return one row per attribution that the columns know; one row only where every course had one therapist.

    Parameters
    ----------
    score
        Each judged course's log odds by case mix, shape (rows,), or (0,).
    """
    fdr, seed = ready.settings.analysis.false_discovery_rate, ready.settings.analysis.seed
    used = ready.settings.analysis.attribution
    given = ready.judged["therapist_id"].astype(str).to_numpy()
    others = {key: _column(ready, key) for key in NAMES}
    ids = tuple(sorted({*given, *(one for known in others.values() if known is not None for one in known)}))
    usual = _refit(ready, "as used", given, ids, score, priors)
    rows = [_row("as in therapist_id", True, given, given, usual, usual, fdr)]
    for key, who in others.items():
        if who is not None and (key != used or np.any(who != given)):
            one = _refit(ready, key, who, ids, score, priors)
            rows.append(_row(NAMES[key][0], key == used, who, given, one, usual, fdr))
    shared = _membership(ready, ids, score, priors, seed)
    if shared is not None:
        first = ready.judged["first_therapist_id"].fillna(ready.judged["therapist_id"]).astype(str).to_numpy()
        rows.append(_row(MEMBERSHIP, used == "membership", first, given, shared, usual, fdr))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(name: str, used: bool, who: np.ndarray, given: np.ndarray, one: Refit, usual: Refit, fdr: float) -> dict:
    return {
        "attribution": name,
        "used": used,
        "clients": len(who),
        "elsewhere": int(np.sum(who != given)),
        "therapists": len(set(who)),
        **one.row(),
        **compared(one, usual, fdr),
    }


def _column(ready: Ready, key: str) -> np.ndarray | None:
    name = NAMES[key][1]
    if name not in ready.judged:
        return None
    return ready.judged[name].fillna(ready.judged["therapist_id"]).astype(str).to_numpy()


def _refit(ready: Ready, name: str, who: np.ndarray, ids: tuple[str, ...], score: np.ndarray, priors: Priors) -> Refit:
    therapist = pd.Index(ids).get_indexer(who).astype(np.int64)
    data = counted(f"{ready.name}, {name}", ids, therapist, ready.worse, score)
    return refit(data, priors, ready.settings.analysis.seed)


def _membership(ready: Ready, ids: tuple[str, ...], score: np.ndarray, priors: Priors, seed: int) -> Refit | None:
    from iatrogenesis.inference.data.membership import from_referrals

    if not ready.about.two_therapists or "first_share" not in ready.judged or not ready.case_mix:
        return None
    every = tuple(sorted({*ids, *ready.judged["first_therapist_id"].dropna().astype(str)}))
    name = f"{ready.name}, membership"
    try:
        data: MembershipData = from_referrals(ready.judged, ready.case_mix, dataset=name, therapist_ids=every)
        tree = sample("membership", data, priors, derived_seed(seed, "attribution"), draws=DRAWS)
    except (DataError, Unreliable) as error:
        print(f"{error}; not shown", flush=True)
        return None
    return Refit(rates_of(lighter(tree), ids), stacked(tree, "therapist_sd"))
