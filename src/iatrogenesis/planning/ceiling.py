"""The detection ceiling: the smallest effect that a service's own data could have shown with 80 % power.

Outcomes of the table's clients are simulated at a few strengths (`iatrogenesis.planning.plasmode`), each with chance
events of its own, and tested as an analyst would:

========  ======================================================================================================
`burnout` random-intercept logistic regression on case mix and the rating; Student's t with J - 2 degrees of freedom
          on the maximum-likelihood estimate, or, by Bayes, whether the 95 % interval leaves out 0
`spread`  the likelihood ratio of the same regression without the rating, against none between therapists; its null
          distribution is half a point mass at 0 (Self & Liang 1987, 10.1080/01621459.1987.10478472)
========  ======================================================================================================

The share of rejections is regressed on the strength by a probit, and solved for the power that is asked for. A first
pass over the whole range says where to look; both passes are in the regression. Where even the largest plausible
strength is found too seldom, the answer is that, and not a number.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from iatrogenesis.core.proportions import clopper_pearson
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.engines.collapsed.engine import Unreliable, sample
from iatrogenesis.inference.engines.maximum_likelihood import fit
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.inference.models.spread import vpc
from iatrogenesis.planning.analysed import MANY, analysed
from iatrogenesis.planning.plasmode import Plasmode, most_burnout
from iatrogenesis.simulation_study.methods.answer import LEVEL
from iatrogenesis.simulation_study.power_curve import critical

POWER = 0.8
FIRST = (0.0, 0.25, 0.5, 0.75, 1.0)  # of the largest plausible strength, in the first pass
NEAR = (0.75, 0.9, 1.05, 1.2)  # of where the first pass puts the ceiling
PILOT, HALVINGS = 1_000_000, 6  # the first replicate of pilots, and how often they may halve the largest strength
NODES = 9
DRAWS = 1000
HALF_CHI_SQUARE = 2.705543454095404  # the likelihood ratio at which half a chi-square on 1 has 5 % above it
LARGEST_SD = 1.5  # of therapists' log odds: a VPC of .41, beyond all that is published of deterioration

Rejects = Callable[[float, int], bool]
"""Whether the test rejects at a strength, in one replicate."""


@dataclass(frozen=True)
class Ceiling:
    """What could have been shown.

    Attributes
    ----------
    quantity
        "burnout" (log odds ratio per SD of true burnout) or "spread" (therapists' SD, log odds).
    value, low, high
        Smallest strength with this power, and its 95 % Monte Carlo interval; missing if it is not reachable, `high`
        infinite where Monte Carlo error leaves open whether it is.
    largest
        The largest plausible strength.
    power, power_low, power_high
        Power at the largest, with its exact 95 % interval.
    reachable
        "yes", "no", or "open" where Monte Carlo error does not decide.
    tried
        strength, replicates, rejected (share), low, high: the share at strength 0 is the test's type I error.
    """

    quantity: str
    value: float
    low: float
    high: float
    largest: float
    power: float
    power_low: float
    power_high: float
    reachable: str
    tried: pd.DataFrame
    target: float = POWER

    @property
    def in_words(self) -> str:
        """The answer as a sentence."""
        what = "odds ratio per SD of burnout" if self.quantity == "burnout" else "variance share between therapists"
        shown = np.exp if self.quantity == "burnout" else vpc
        if self.reachable == "no":
            return (
                f"Not reachable: at the largest plausible {what}, {shown(self.largest):.2f}, power is "
                f"{self.power:.0%} ({self.power_low:.0%} to {self.power_high:.0%}), less than {self.target:.0%}."
            )
        high = f"{shown(self.high):.2f}" if np.isfinite(self.high) else "beyond the largest plausible one"
        text = (
            f"Smallest {what} with {self.target:.0%} power: {shown(self.value):.2f} ({shown(self.low):.2f} to {high})."
        )
        doubt = (
            f" Whether it can be reached at all, Monte Carlo error leaves open (largest: {shown(self.largest):.2f})."
        )
        return text + (doubt if self.reachable == "open" else "")


def burnout_ceiling(
    made: Plasmode, replicates: int = 100, *, largest: float | None = None, target: float = POWER,
    priors: Priors | None = None, many: int = MANY, pilot: int = 0,
) -> Ceiling:  # fmt: skip
    """Return the smallest log odds ratio per SD of true burnout that could have been shown.

    Parameters
    ----------
    made
        The table's clients; of its truth burnout is replaced, and the spread between therapists stays in all.
    replicates
        Data sets at each of about nine strengths; 100 give the odds ratio to about 5 % of its logarithm.
    largest
        Largest plausible log odds ratio; by default that at which burnout explains all that differs between therapists.
    priors
        With them the test is the Bayesian interval's, and takes about ten times as long.
    many
        Finished courses above which clients are counted, see `iatrogenesis.planning.analysed`.
    pilot
        Data sets, of their own, at each half of the largest strength: it is halved as long as all of them show the
        effect, because a power curve that is 1 nearly everywhere says little of where it is not. 0 for no such search.
    """
    most = most_burnout(made) if largest is None else largest
    freedom = int(np.count_nonzero(made.data.clients)) - 2

    def rejects(strength: float, replicate: int) -> bool:
        worlds.setdefault(strength, made.under(made.truth.model_copy(update={"burnout": strength})))
        data = analysed(worlds[strength], replicate, rating=True, many=many)
        return _by_bayes(data, priors, made.seed) if priors else _by_t(data, freedom)

    worlds: dict[float, Plasmode] = {}
    return _ceiling("burnout", rejects, _halved(rejects, most, pilot), replicates, target)


def spread_ceiling(
    made: Plasmode, replicates: int = 100, *, largest: float = LARGEST_SD, target: float = POWER, many: int = MANY,
    pilot: int = 0,
) -> Ceiling:  # fmt: skip
    """Return the smallest SD of therapists' log odds that could have been told from none; parameters as above."""

    def rejects(strength: float, replicate: int) -> bool:
        truth = made.truth.model_copy(update={"therapist_sd": strength, "burnout": 0.0})
        worlds.setdefault(strength, made.under(truth))
        found = fit(analysed(worlds[strength], replicate, rating=False, many=many), NODES)
        return 2 * (found.log_likelihood - found.log_likelihood_without_therapists) > HALF_CHI_SQUARE

    worlds: dict[float, Plasmode] = {}
    return _ceiling("spread", rejects, _halved(rejects, largest, pilot), replicates, target)


def _by_t(data: OutcomeData, freedom: int) -> bool:
    found = fit(data, NODES)
    return bool(abs(found.estimate[-2]) > critical(freedom) * found.standard_error[-2])


def _by_bayes(data: OutcomeData, priors: Priors, seed: int) -> bool:
    try:
        tree = sample("casemix", data, priors, seed, draws=DRAWS)
    except Unreliable:
        return False
    draws = tree["posterior"]["coefficients"].values[..., -1]
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return bool(not low <= 0 <= high)


def _halved(rejects: Rejects, largest: float, pilot: int) -> float:
    """The largest strength of which half is not found in every one of a few data sets."""
    for step in range(HALVINGS if pilot else 0):
        first = PILOT + step * pilot
        if not all(_found(rejects, largest / 2, replicate) for replicate in range(first, first + pilot)):
            break
        largest /= 2
    return largest


def _found(rejects: Rejects, strength: float, replicate: int) -> bool:
    """Whether the test rejects; where nobody deteriorated nothing is found."""
    try:
        return rejects(strength, replicate)
    except (DataError, np.linalg.LinAlgError):
        return False


def _ceiling(quantity: str, rejects: Rejects, largest: float, replicates: int, target: float) -> Ceiling:
    if replicates < 20:
        raise ValueError(f"{replicates} replicates are too few for a power curve; take 20 at least, better 100")
    rows: list[dict[str, float]] = []

    def run(strength: float, number: int) -> None:
        first = sum(int(row["replicates"]) for row in rows)  # each strength has replicates of its own
        found = sum(_found(rejects, strength, replicate) for replicate in range(first, first + number))
        low, high = (float(end) for end in clopper_pearson(found, number))
        rows.append({"strength": strength, "replicates": number, "rejected": found / number, "low": low, "high": high})

    for share in FIRST:
        run(share * largest, replicates if share in (0.0, 1.0) else max(replicates // 4, 5))
    guess, _ = _solved(rows, target)
    near = guess if 0.1 * largest < guess < largest else largest
    for share in NEAR:
        if share * near <= largest:
            run(share * near, replicates)
    value, error = _solved(rows, target)
    tried = pd.DataFrame(rows).sort_values("strength", kind="stable").reset_index(drop=True)
    at_largest = tried[tried["strength"] == largest].iloc[0]
    low, high = (max(value - 2 * error, 0.0), value + 2 * error) if np.isfinite(error) else (0.0, np.inf)
    high = high if high <= largest else np.inf
    reachable = "no" if low > largest or at_largest["high"] < target else "yes" if np.isfinite(high) else "open"
    if reachable == "no":
        value, low, high = np.nan, np.nan, np.nan
    return Ceiling(
        quantity=quantity,
        value=value,
        low=low,
        high=high,
        largest=largest,
        power=float(at_largest["rejected"]),
        power_low=float(at_largest["low"]),
        power_high=float(at_largest["high"]),
        reachable=reachable,
        tried=tried,
        target=target,
    )


def _solved(rows: list[dict[str, float]], target: float) -> tuple[float, float]:
    """Strength at which a probit regression has this power, and its standard error; infinite where it does not rise.

    Half a rejection and half a failure more at each strength keep the slope finite where all or none are found.
    """
    table = pd.DataFrame(rows)
    table = table[table["strength"] > 0]
    number = table["replicates"].to_numpy() + 1.0
    found = (table["rejected"] * table["replicates"]).to_numpy() + 0.5
    design = np.column_stack([np.ones(len(table)), table["strength"]])
    fitted = GLM(
        np.column_stack([found, number - found]), design, family=families.Binomial(families.links.Probit())
    ).fit()
    (start, rise), covariance = fitted.params, fitted.cov_params()
    if rise <= 0:
        return np.inf, np.inf
    value = (ndtri(target) - start) / rise
    slope = np.array([-1.0 / rise, -value / rise])
    return float(value), float(np.sqrt(slope @ covariance @ slope))
