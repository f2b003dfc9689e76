"""Who is flagged by which rule, each rule with the error rate that it holds.

Only therapists who may be named are flagged. A flag says that a rate is out of the ordinary, not why.
"""

import numpy as np
import pandas as pd

from iatrogenesis.core.definitions import FLAG_PROBABILITY, RATIO_IN_WORDS
from iatrogenesis.inference.answers.selection import expected_fdr, selected, significant
from iatrogenesis.own_data.analysis.exact_limits import FAR_TAIL, TAIL, Overdispersion
from iatrogenesis.own_data.analysis.therapists import Judged

COLUMNS = ("rule", "side", "therapist_id", "flagged", "error_rate", "expected_false", "stated")
HARMFUL = f"above {RATIO_IN_WORDS} the mean rate"
PROBABLE = f"probability of at least {FLAG_PROBABILITY:g} of being {HARMFUL}"
"""A rule by its name. Tables for people call nobody harmful: a high rate may have other causes."""


def flags(judged: Judged, fdr: float) -> pd.DataFrame:
    """Return one row per rule and named therapist.

    Parameters
    ----------
    judged
        Every therapist.
    fdr
        Level of the rules that hold a false discovery rate.

    Returns
    -------
    pandas.DataFrame
        rule, side (above, below), therapist_id, flagged; error_rate, expected_false (therapists flagged wrongly, at
        most or as the posterior expects) and stated: what the rule holds, in words.
    """
    every = judged.table
    more = Overdispersion(every["deteriorated"].to_numpy(), every["expected"].to_numpy(dtype=float))
    table = every[judged.named].reset_index(drop=True)
    parts = [*_by_limits(table, more), *_by_posterior(table, fdr)]
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)] if parts else pd.DataFrame(columns=list(COLUMNS))


def _by_limits(table: pd.DataFrame, more: Overdispersion):
    ratio, expected = table["ratio"].to_numpy(dtype=float), table["expected"].to_numpy(dtype=float)
    for name, tail in (("95", TAIL), ("99.8", FAR_TAIL)):
        for side, column in (("above", "p_high"), ("below", "p_low")):
            beyond = table[column].to_numpy() <= tail
            stated = f"at most {100 * tail:g} % of therapists who are like the others, at every number of clients"
            yield _rows(f"exact {name} % limit", side, table, beyond, tail, tail * len(table), stated)
            for kind in ("multiplicative", "additive"):
                low, high = more.limits(expected, tail, kind)
                wide = beyond & (ratio > high if side == "above" else ratio < low)
                stated = (
                    f"at most {100 * tail:g} % of therapists who differ no more than therapists usually do here, about"
                )
                rule = f"{name} % limit with {kind} overdispersion"
                yield _rows(rule, side, table, wide, tail, tail * len(table), stated)


def _by_posterior(table: pd.DataFrame, fdr: float):
    harmful = table["p_harmful"].to_numpy(dtype=float)
    sure = harmful >= FLAG_PROBABILITY
    stated = f"each one flagged is {HARMFUL} with a probability of at least {FLAG_PROBABILITY:g}"
    yield _rows(PROBABLE, "above", table, sure, 1 - FLAG_PROBABILITY, float((1 - harmful)[sure].sum()), stated)
    chosen = selected(harmful, fdr) if len(table) else sure
    stated = f"of those flagged no more than {100 * fdr:g} % are expected not to be {HARMFUL}"
    expected = expected_fdr(harmful, chosen) * int(chosen.sum())
    yield _rows("false discovery rate", "above", table, chosen, fdr, expected, stated)
    above = significant(1 - np.clip(table["p_high"].to_numpy(), 0, 1), fdr) if len(table) else sure
    stated = f"of those flagged no more than {100 * fdr:g} % are like the others, on average over such services"
    yield _rows("exact tests, Benjamini and Hochberg", "above", table, above, fdr, fdr * int(above.sum()), stated)


def _rows(
    rule: str, side: str, table: pd.DataFrame, flagged: np.ndarray, rate: float, false: float, stated: str
) -> pd.DataFrame:
    found = pd.DataFrame({"therapist_id": table["therapist_id"], "flagged": np.asarray(flagged, dtype=bool)})
    return found.assign(rule=rule, side=side, error_rate=rate, expected_false=false, stated=stated)
