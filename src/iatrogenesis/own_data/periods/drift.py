"""The table `periods`: stable part and drift of the differences between therapists, and the rate of each period.

    deteriorated_jt ~ Binomial(n_jt, p_jt)
    logit p_jt      = intercept + period_t + case mix_jt + stable_j + drift_jt
    stable_j ~ Normal(0, stable_sd),   drift_jt ~ Normal(0, drift_sd)

Drift is independent from period to period: the correlation of a therapist's log odds in any two periods is stable_sd^2
/ (stable_sd^2 + drift_sd^2). With two periods there is nothing else to ask; with more, a part that fades slowly counts
as stable in part (counts of services have a model that tells them apart, `iatrogenesis.own_data.services`). Both
spreads have the same half-normal prior, so that neither is favoured, with a scale that leaves their sum what the prior
of the therapists' SD makes it. Case mix is an offset: the log odds of the mean expected risk of a cell's clients.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit, logit
from scipy.stats import beta, halfnorm

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.inference.answers.standardise import gauss
from iatrogenesis.inference.engines.collapsed import general
from iatrogenesis.inference.engines.collapsed.coordinates import Coordinates
from iatrogenesis.inference.engines.collapsed.weights import Unreliable
from iatrogenesis.inference.engines.collapsed.whitened import Parameters
from iatrogenesis.inference.models.priors import HalfNormal, Priors
from iatrogenesis.own_data.case_mix import case_mix, scores
from iatrogenesis.own_data.finished import finished, without_rows
from iatrogenesis.own_data.periods.integral import ByPeriod
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.own_data.settings import LEAST_THERAPISTS, OwnData

COLUMNS = (
    *("quantity", "period", "estimate", "low", "high", "prior", "prior_low", "prior_high", "learnt"),
    *("clients", "deteriorated", "raw_rate", "therapists", "adjusted", "note", "reason"),
)
"""Estimates are posterior medians with 95 % intervals; `learnt` is 1 - posterior variance / prior variance."""
DRAWS, FEWER_DRAWS, MANY = 2000, 1000, 1000
"""Draws, and those from more than so many cells, where each costs more and posteriors are near normal."""
TAILS = (0.5, 0.025, 0.975)
LITTLE = 0.2  # learnt, or narrower than the prior's interval by: below it the data hardly move the prior
FEWEST_TWICE = 3  # therapists with courses in two periods
NODES = 15
POINTS = 8  # of the quadrature of the case mix
ALIKE = (np.zeros(1), np.ones(1))


class Cells(NamedTuple):
    """Therapists' counts by period, and the case mix of all courses.

    Attributes
    ----------
    table
        therapist, period (int, positions), n, deteriorated, offset; sorted by therapist and period.
    periods
        In order of time.
    case_mix
        Log odds of clients, of mean 0, and the share of all whom each stands for, shape (points,); one 0 without.
    adjusted
        By what the case mix was adjusted for.
    """

    table: pd.DataFrame
    periods: tuple[str, ...]
    case_mix: tuple[np.ndarray, np.ndarray]
    adjusted: str


def table(prepared: Prepared, settings: OwnData, priors: Priors, risk: ArrayLike | None = None) -> pd.DataFrame:
    """Return what lasts and what drifts.

    Parameters
    ----------
    risk
        Expected risk of each row of the clients' table with an average therapist, shape (rows,), such as a case-mix
        model's; by default by what the table has of case mix. Counts have none.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`; `quantity` is stable_sd, drift_sd, correlation (of any two periods), rate (of each period,
        all clients with the service's therapists) and rate_change (last less first). Where there are fewer than two
        periods or too few therapists in two of them, one row with the reason alone.
    """
    seed = derived_seed(settings.analysis.seed, "periods", prepared.about.name)
    cells = _cells(prepared, priors, seed, risk)
    if reason := _why_not(cells):
        return without_rows(COLUMNS, reason)
    spread = HalfNormal(scale=priors.therapist_sd.scale / np.sqrt(2), reason="half of the variance for each part")
    own = _parameters(priors, spread, len(cells.periods))
    try:
        density, draws = Coordinates.of(own, _data(cells)), DRAWS if len(cells.table) <= MANY else FEWER_DRAWS
        drawn = general.draw(density, Noise(seed), draws, None, f"{prepared.about.name}, periods")
    except Unreliable as error:
        return without_rows(COLUMNS, f"no reliable fit: {error}")
    rows = pd.DataFrame([*_spreads(drawn.parameters, spread), *_rates(drawn.parameters, cells)])
    therapists = cells.table["therapist"].nunique()
    about = {"therapists": therapists, "adjusted": cells.adjusted, "reason": ""}
    found = rows.assign(**about).reindex(columns=list(COLUMNS))
    texts = {name: found[name].fillna("") for name in ("period", "note")}
    return found.assign(**texts).astype({"clients": "Int64", "deteriorated": "Int64"})


def _cells(prepared: Prepared, priors: Priors, seed: int, risk: ArrayLike | None) -> Cells:
    if "clients" in prepared.tables:
        return _of_clients(prepared, priors, seed, risk)
    counts = prepared.tables["counts"]
    counts = counts[counts["n"] > 0].rename(columns={"unit_id": "therapist_id"})
    return _grouped(counts.assign(offset=0.0), prepared, ALIKE, "")


def _of_clients(prepared: Prepared, priors: Priors, seed: int, risk: ArrayLike | None) -> Cells:
    clients = prepared.tables["clients"]
    given = clients if risk is None else clients.assign(expected=np.asarray(risk, dtype=float))
    courses = finished(given)
    courses = courses[courses["period"].notna()] if "period" in courses else courses.iloc[:0]
    if courses.empty:
        return Cells(pd.DataFrame(), (), ALIKE, "")
    adjusted = "case mix"
    if risk is not None:
        odds = logit(courses["expected"].to_numpy())
        score = odds - odds.mean()
    else:
        mix = case_mix(courses, prepared.about.case_mix, prepared.about.name)
        score, adjusted = scores(mix, priors, seed, prepared.about.name), ", ".join(mix.covariates)
    middle = logit(np.clip(courses["deteriorated"].mean(), 0.001, 0.999))
    courses = courses.assign(n=1, deteriorated=courses["deteriorated"].astype(int), risk=expit(middle + score))
    parts = courses.groupby(["therapist_id", "period"], as_index=False).agg(
        n=("n", "sum"), deteriorated=("deteriorated", "sum"), risk=("risk", "mean")
    )
    parts["offset"] = logit(parts["risk"]) - middle
    return _grouped(parts, prepared, _representative(score), adjusted)


def _grouped(parts: pd.DataFrame, prepared: Prepared, points: tuple[np.ndarray, np.ndarray], adjusted: str) -> Cells:
    seen = set(parts["period"])
    periods = tuple(one for one in (prepared.about.periods or sorted(seen)) if one in seen)
    found = parts.assign(
        therapist=pd.factorize(parts["therapist_id"], sort=True)[0],
        period=pd.Index(periods).get_indexer(parts["period"]),
    )
    return Cells(found.sort_values(["therapist", "period"], ignore_index=True), periods, points, adjusted)


def _representative(score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points that stand for all clients' scores, and their weights."""
    (points,), (weights,) = gauss(score[None], np.full(len(score), 1 / len(score)), POINTS)
    return points, weights


def _why_not(cells: Cells) -> str:
    if len(cells.periods) < 2:
        return f"{len(cells.periods)} period{'' if len(cells.periods) == 1 else 's'}: drift needs two at least"
    by_therapist = cells.table.groupby("therapist").size()
    if len(by_therapist) < LEAST_THERAPISTS:
        return f"{len(by_therapist)} therapists; at least {LEAST_THERAPISTS} are needed"
    if (twice := int((by_therapist > 1).sum())) < FEWEST_TWICE:
        return f"{twice} therapists have courses in two periods; at least {FEWEST_TWICE} are needed"
    if not 0 < cells.table["deteriorated"].sum() < cells.table["n"].sum():
        return "nobody or everybody deteriorated"
    return ""


def _data(cells: Cells) -> ByPeriod:
    parts = cells.table
    therapists = parts["therapist"].to_numpy()
    starts = np.searchsorted(therapists, np.arange(therapists.max() + 2)).astype(np.int64)
    numbers = (parts[name].to_numpy(dtype=float) for name in ("deteriorated", "n", "offset"))
    return ByPeriod(*numbers, design=contrasts(len(cells.periods))[parts["period"]], starts=starts)


def contrasts(number: int) -> np.ndarray:
    """Return orthonormal columns that add up to 0, shape (number, number - 1): no period is the reference."""
    helmert = np.array([[1.0 if t < k else -k if t == k else 0.0 for t in range(number)] for k in range(1, number)]).T
    return helmert / np.linalg.norm(helmert, axis=0)


def _parameters(priors: Priors, spread: HalfNormal, periods: int) -> Parameters:
    chosen = {"intercept": priors.intercept, "coefficients": priors.coefficient}
    chosen |= {"stable_sd": spread, "drift_sd": spread}
    return Parameters(chosen, {"intercept": None, "coefficients": periods - 1, "stable_sd": None, "drift_sd": None})


def _spreads(drawn: dict[str, np.ndarray], spread: HalfNormal) -> Iterator[dict[str, Any]]:
    stable, drift = drawn["stable_sd"], drawn["drift_sd"]
    prior = halfnorm(scale=spread.scale)
    # The share of one of two squared normals with the same variance follows the arcsine law.
    of_shares = beta(0.5, 0.5)
    parts = (("stable_sd", stable, prior), ("drift_sd", drift, prior))
    for name, draws, before in (*parts, ("correlation", stable**2 / (stable**2 + drift**2), of_shares)):
        learnt, found = 1 - float(draws.var()) / float(before.var()), _summary(draws)
        ends = dict(zip(("prior", "prior_low", "prior_high"), before.ppf(TAILS), strict=True))
        # The prior of a share lies near 0 and 1: a flat posterior has a third less variance, and yet holds every value.
        as_wide = found["high"] - found["low"] > (1 - LITTLE) * (ends["prior_high"] - ends["prior_low"])
        note = "the data hardly move the prior" if learnt < LITTLE or as_wide else ""
        yield {"quantity": name} | found | ends | {"learnt": learnt, "note": note}


def _rates(drawn: dict[str, np.ndarray], cells: Cells) -> Iterator[dict[str, Any]]:
    """All clients with the service's therapists, in each period."""
    points, weights = np.polynomial.hermite.hermgauss(NODES)
    reach = np.sqrt(2.0 * (drawn["stable_sd"] ** 2 + drawn["drift_sd"] ** 2))
    odds = drawn["intercept"][:, None] + drawn["coefficients"] @ contrasts(len(cells.periods)).T
    rates = np.zeros_like(odds)
    for point, weight in zip(points, weights / np.sqrt(np.pi), strict=True):
        at = odds + (reach * point)[:, None]
        rates += weight * sum(share * expit(at + score) for score, share in zip(*cells.case_mix, strict=True))
    sums = cells.table.groupby("period")[["n", "deteriorated"]].sum()
    for place, period in enumerate(cells.periods):
        number, events = (int(sums.loc[place, name]) for name in ("n", "deteriorated"))
        about: dict[str, Any] = {"quantity": "rate", "period": period, "clients": number, "deteriorated": events}
        yield about | {"raw_rate": events / number} | _summary(rates[:, place])
    between = f"{cells.periods[0]} to {cells.periods[-1]}"
    change: dict[str, Any] = {"quantity": "rate_change", "period": between}
    yield change | _summary(rates[:, -1] - rates[:, 0])


def _summary(draws: np.ndarray) -> dict[str, float]:
    return dict(zip(("estimate", "low", "high"), (float(end) for end in np.quantile(draws, TAILS)), strict=True))
