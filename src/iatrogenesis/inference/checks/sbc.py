"""Simulation-based calibration: ranks of parameters drawn from the prior among posterior draws given their data.

If model and engine are right, the rank of the true value among the posterior's draws is uniform, for every quantity
(Talts et al. 2018, arXiv:1804.06788), also for ones that depend on the data, such as the log-likelihood, which see
faults that parameters do not (Modrak et al. 2023, 10.1214/23-BA1404). The model run forwards is written in plain NumPy
and apart from the density that is sampled, so a slip in either shows.

Ranks are judged by their distribution function with a simultaneous band (Saeilynoja, Buerkner & Vehtari 2022,
10.1007/s11222-022-10090-6): at each point the count is binomial, the test statistic is the smallest of the pointwise
tail probabilities, and its distribution under uniform ranks is simulated.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy.stats import binom

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.inference.data.outcomes import FitData
from iatrogenesis.inference.models import key
from iatrogenesis.inference.models.by_name import model as model_module
from iatrogenesis.inference.models.priors import Priors

RANKS = 100  # draws that the true value is ranked among
NULL = 20_000  # simulated sets of uniform ranks
SURE = 0.01  # chance that a right model and engine are called wrong, over all their quantities together
UNITS = ("therapist", "service")  # of whose effects the first one's is ranked

COLUMNS = ("model", "engine", "quantity", "simulations", "failed", "mean_rank", "mcse", "spread", "p", "calibrated")

Fit = Callable[[Sequence[FitData]], Iterator[xr.DataTree]]


def simulate(model: str, template: FitData, priors: Priors, seed: int, simulations: range) -> Iterator[tuple]:
    """Yield a true point and data drawn from it, for the people of a template."""
    module = model_module(model)
    for number in simulations:
        noise = Noise(derived_seed(seed, "sbc", key(model), number))
        point = module.prior_point(template, priors, noise)
        data = module.replicate(template, point, noise)
        yield point, _named(data, f"{key(model)} {number}")


def ranks(
    model: str, template: FitData, priors: Priors, seed: int, simulations: range, fit: Fit, engine: str
) -> pd.DataFrame:
    """Fit every simulation and rank the true values.

    Parameters
    ----------
    template
        Whose people, ratings and sizes are used; outcomes are drawn anew.
    fit
        Fits data sets, whose names are to be kept.
    engine
        That is on trial: a fit by another one, to which it was left, counts as without draws.

    Returns
    -------
    pandas.DataFrame
        Columns simulation, quantity, rank (0 to `RANKS`; missing where there were no draws), reason (why not).
    """
    drawn = list(simulate(model, template, priors, seed, simulations))
    points = {data.dataset: (number, point, data) for number, (point, data) in zip(simulations, drawn, strict=True)}
    rows = []
    for tree in fit([data for _, data in drawn]):
        number, point, data = points[tree.attrs["dataset"]]
        if "failed" in tree.attrs or tree.attrs["engine"] != engine:
            reason = tree.attrs.get("failed") or tree.attrs.get("fallback", "")
            rows.append({"simulation": number, "quantity": "all", "rank": np.nan, "reason": reason})
            continue
        noise = Noise(derived_seed(seed, "sbc ties", key(model), number))
        for place, (quantity, (true, values)) in enumerate(_quantities(model, data, point, tree).items()):
            below, equal = int((values < true).sum()), int((values == true).sum())
            tie = int(float(noise.uniform("tie", client=place)) * (equal + 1))
            rows.append({"simulation": number, "quantity": quantity, "rank": below + tie, "reason": ""})
    return pd.DataFrame(rows).sort_values(["simulation", "quantity"], ignore_index=True)


def _named(data: Any, name: str) -> FitData:
    if hasattr(data, "people"):
        return replace(data, people=replace(data.people, dataset=name))
    return replace(data, dataset=name)


def _quantities(model: str, data: FitData, point: dict, tree: xr.DataTree) -> dict[str, tuple[float, np.ndarray]]:
    """True value and draws of each quantity: every parameter, the first unit's effects, the log-likelihood."""
    module = model_module(model)
    draws = {name: values.values.reshape(-1, *values.shape[2:]) for name, values in tree["posterior"].data_vars.items()}
    total = len(next(iter(draws.values())))
    thinned = {name: values[:: max(total // RANKS, 1)][:RANKS] for name, values in draws.items()}
    found = {}
    for name, values in thinned.items():
        if values.ndim == 1:
            found[name] = (float(point[name]), values)
        elif module.PARAMETERS[name][0] in UNITS:
            # With latent traits the effect also holds what ratings leave open, which no single number is the truth of.
            if "trait_mean" not in point:
                found[f"{name}[first]"] = (float(point[name][0]), values[:, 0])
        else:
            labels = tree["posterior"][name][tree["posterior"][name].dims[-1]].values
            for place, label in enumerate(labels):
                found[f"{name}[{label}]"] = (float(point[name][place]), values[:, place])
    if hasattr(module, "log_likelihood"):
        each = [{name: values[draw] for name, values in thinned.items()} for draw in range(RANKS)]
        likelihoods = np.array([module.log_likelihood(data, one).sum() for one in each])
        found["log_likelihood"] = (float(module.log_likelihood(data, point).sum()), likelihoods)
    return found


def tail_probabilities(simulations: int) -> np.ndarray:
    """Two-sided pointwise probability by point and number of ranks up to it, shape (RANKS, simulations + 1)."""
    chance, counts = np.arange(1, RANKS + 1)[:, None] / (RANKS + 1), np.arange(simulations + 1)
    lower, upper = binom.cdf(counts, simulations, chance), binom.sf(counts - 1, simulations, chance)
    return np.minimum(2 * np.minimum(lower, upper), 1.0)


def statistics(found: np.ndarray) -> np.ndarray:
    """Smallest pointwise probability of sets of ranks, shape (sets, simulations) to (sets,)."""
    sets, simulations = found.shape
    cell = found.astype(np.int64) + (RANKS + 1) * np.arange(sets)[:, None]
    histogram = np.bincount(cell.ravel(), minlength=sets * (RANKS + 1)).reshape(sets, RANKS + 1)
    counts = histogram.cumsum(axis=1)[:, :-1]
    return tail_probabilities(simulations)[np.arange(RANKS), counts].min(axis=1)


@cache
def null_statistics(simulations: int, seed: int) -> np.ndarray:
    """The same of sets of uniform ranks, sorted, shape (`NULL`,)."""
    noise = Noise(derived_seed(seed, "sbc null", simulations))
    uniform = noise.uniform("rank", replicate=np.arange(NULL)[:, None], client=np.arange(simulations))
    return np.sort(statistics(np.floor(uniform * (RANKS + 1))))


def band(simulations: int, null: np.ndarray, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest counts at each point that uniform ranks keep to, all at once, with probability `level`."""
    tail = np.quantile(null, 1 - level) / 2
    chance = np.arange(1, RANKS + 1) / (RANKS + 1)
    return binom.ppf(tail, simulations, chance), binom.isf(tail, simulations, chance)


def curves(found: pd.DataFrame, judged: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Distribution function of the ranks of each quantity less the uniform one, with its simultaneous 95 % band.

    Parameters
    ----------
    found, judged
        From `ranks` and `judge`, of one model and engine.
    """
    parts = []
    for row in judged.itertuples():
        values = found.loc[found["quantity"] == row.quantity, "rank"].dropna().to_numpy()
        null = null_statistics(row.simulations, seed)
        low, high = band(row.simulations, null)
        share = np.arange(1, RANKS + 1) / (RANKS + 1)
        counts = (values[:, None] <= np.arange(RANKS)).sum(axis=0)
        parts.append(
            pd.DataFrame(
                {
                    "share": share,
                    "difference": counts / row.simulations - share,
                    "low": low / row.simulations - share,
                    "high": high / row.simulations - share,
                }
            ).assign(
                model=row.model,
                engine=row.engine,
                quantity=row.quantity,
                simulations=row.simulations,
                calibrated=row.calibrated,
            )
        )
    return pd.concat(parts, ignore_index=True)


def with_full(own: pd.DataFrame, full: pd.DataFrame, study: str) -> pd.DataFrame:
    """Return a study's table with the full study's rows of those pairs of model and engine that it leaves out.

    Parameters
    ----------
    own, full
        By `judge`, of each pair.
    study
        Name of the study; the column ``study`` says where each row is from.
    """
    there = set(zip(own["model"], own["engine"], strict=True))
    others = [pair not in there for pair in zip(full["model"], full["engine"], strict=True)]
    rows = [own.assign(study=study), full[others].assign(study="full")]
    return pd.concat([part for part in rows if len(part)] or rows[:1], ignore_index=True)


def judge(found: pd.DataFrame, model: str, engine: str, seed: int) -> pd.DataFrame:
    """One row per quantity: is its true value's rank uniform?

    Returns
    -------
    pandas.DataFrame
        model, engine, quantity, simulations, failed (without draws), mean_rank (as a share; .5 is unbiased) with
        mcse, spread (SD of the ranks over that of uniform ones; below 1 the posterior is too wide, above 1 too
        narrow), p (probability of so uneven ranks under a right engine), calibrated (whether p is not below `SURE` over
        the number of quantities).
    """
    failed = int(found["rank"].isna().sum())
    answered = found.dropna(subset=["rank"])
    quantities = answered["quantity"].nunique()
    rows = []
    for quantity, part in answered.groupby("quantity", sort=False):
        values = part["rank"].to_numpy()
        n = len(values)
        null = null_statistics(n, seed)
        statistic = statistics(values[None])[0]
        p = (np.searchsorted(null, statistic, side="right") + 1) / (NULL + 1)
        uniform_sd = np.sqrt(((RANKS + 1) ** 2 - 1) / 12) / RANKS
        rows.append(
            {
                "model": model,
                "engine": engine,
                "quantity": quantity,
                "simulations": n,
                "failed": failed,
                "mean_rank": float(values.mean() / RANKS),
                "mcse": float(uniform_sd / np.sqrt(n)),
                "spread": float(np.std(values / RANKS, ddof=1) / uniform_sd),
                "p": float(p),
                "calibrated": bool(p >= SURE / quantities),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))
