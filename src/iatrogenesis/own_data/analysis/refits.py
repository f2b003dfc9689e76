"""Small fits for sensitivity analyses: counts by therapist and stratum of the case mix.

The case mix enters as one column, the score of the main model (its coefficients as known) in `STRATA` parts of equal
size, with a coefficient of its own. Then a fit takes a tenth of a second, and what moves from one sensitivity analysis
to the next is what is asked about.
"""

from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.stats import spearmanr

from iatrogenesis.core.definitions import harmful_rate
from iatrogenesis.core.streams import derived_seed
from iatrogenesis.inference.answers.selection import selected
from iatrogenesis.inference.answers.standardise import stacked, therapists_rates
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.engines.collapsed.engine import sample
from iatrogenesis.inference.engines.collapsed.weights import Unreliable
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.own_data.analysis.risks import lighter

STRATA = 10
DRAWS = 1000
LEVEL = 0.95
SCORE = "case_mix_score"


@dataclass(frozen=True)
class Refit:
    """What a small fit says.

    Attributes
    ----------
    rates
        Draws of therapists' standardised rates, shape (draws, J); empty where the engine refused.
    spread
        Draws of the therapist SD, shape (draws,).
    """

    rates: np.ndarray
    spread: np.ndarray

    @property
    def failed(self) -> bool:
        """Whether there are no draws."""
        return self.spread.size == 0

    @property
    def mean_rates(self) -> np.ndarray:
        """Posterior means, shape (J,)."""
        return self.rates.mean(axis=0)

    def flagged(self, fdr: float) -> np.ndarray:
        """Who is selected at a false discovery rate, bool, shape (J,)."""
        harmful = np.mean(self.rates > harmful_rate(self.rates.mean(axis=1, keepdims=True)), axis=0)
        return selected(harmful, fdr)

    def row(self) -> dict[str, float]:
        """Return therapist_sd with its interval."""
        if self.failed:
            return dict.fromkeys(("therapist_sd", "therapist_sd_low", "therapist_sd_high"), float("nan"))
        low, high = np.quantile(self.spread, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return {
            "therapist_sd": float(self.spread.mean()),
            "therapist_sd_low": float(low),
            "therapist_sd_high": float(high),
        }


def counted(
    name: str, ids: tuple[str, ...], therapist: np.ndarray, worse: np.ndarray, score: np.ndarray
) -> OutcomeData:
    """Return counts by therapist and stratum of the score; without a score by therapist.

    Parameters
    ----------
    therapist, worse
        Of each client, shape (rows,).
    score
        Log odds by case mix, shape (rows,), or (0,) without case mix.
    """
    scored = score.size > 0 and np.ptp(score) > 0
    stratum = np.zeros(len(worse), dtype=np.int64)
    if scored:
        stratum = np.searchsorted(np.quantile(score, np.linspace(0, 1, STRATA + 1)[1:-1]), score)
    cells, row = np.unique(therapist * STRATA + stratum, return_inverse=True)
    trials = np.bincount(row)
    events = np.bincount(row, weights=worse).astype(np.int64)
    bare = {"deteriorated": events, "trials": trials, "therapist": cells // STRATA, "therapist_ids": ids}
    if not scored:
        return OutcomeData(name, **bare, allow_empty=True).validate()
    mean = np.bincount(row, weights=score) / trials
    centre, scale = np.average(mean, weights=trials), float(score.std())
    return OutcomeData(
        name,
        **bare,
        covariates=((mean - centre) / scale)[:, None],
        covariate_names=(SCORE,),
        centre=np.array([centre]),
        scale=np.array([scale]),
        allow_empty=True,
    ).validate()


def refit(data: OutcomeData, priors: Priors, seed: int, draws: int = DRAWS) -> Refit:
    """Fit counts; no draws where the engine refuses, which rows of tables show as missing."""
    try:
        tree = sampled(data, priors, seed, draws)
    except Unreliable as error:
        print(f"{error}; not shown", flush=True)
        return Refit(np.zeros((0, len(data.therapist_ids))), np.zeros(0))
    rates = therapists_rates(lighter(tree), np.arange(len(data.therapist_ids)))
    return Refit(rates, stacked(tree, "therapist_sd"))


def sampled(data: OutcomeData, priors: Priors, seed: int, draws: int = DRAWS) -> xr.DataTree:
    """Return the posterior of counts.

    Raises
    ------
    Unreliable
        If the engine refuses.
    """
    model = "casemix" if data.covariate_names else "intercept_only"
    return sample(model, data, priors, derived_seed(seed, "refit", data.dataset), draws=draws)


def compared(one: Refit, usual: Refit, fdr: float) -> dict[str, float]:
    """Return how the therapists' order and flags differ from the usual analysis.

    rank_correlation (Spearman's, of posterior mean rates), flagged (how many), flagged_also (how many of them the usual
    analysis flags, too).
    """
    if one.failed or usual.failed:
        return dict.fromkeys(("rank_correlation", "flagged", "flagged_also"), float("nan"))
    mine, theirs = one.flagged(fdr), usual.flagged(fdr)
    constant = np.ptp(one.mean_rates) == 0 or np.ptp(usual.mean_rates) == 0
    correlation = float("nan") if constant else float(spearmanr(one.mean_rates, usual.mean_rates).statistic)
    return {"rank_correlation": correlation, "flagged": int(mine.sum()), "flagged_also": int((mine & theirs).sum())}
