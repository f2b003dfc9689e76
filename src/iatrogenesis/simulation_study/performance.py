"""How well a method estimates, over replicates: performance measures, each with its Monte Carlo standard error.

Formulas: Morris, White & Crowther (2019), "Using simulation studies to evaluate statistical methods", 10.1002/sim.8086,
Table 6; the standard error of RMSE by the delta method from that of the mean squared error. Replicates of one world are
not independent: with several worlds, errors of means and shares are those of clusters, and those of standard errors
are the jackknife's over worlds. There the empirical standard error is the SD of errors within worlds, pooled: a bias
that differs between worlds, or a truth that was itself simulated, is no sampling error.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.special import ndtri

from iatrogenesis.core.montecarlo import jackknife
from iatrogenesis.core.tables import DataError, flags, numbers, require_columns

COLUMNS = ("estimate", "se", "low", "high", "truth")
FAR = 10.0  # robust SDs from the median
NORMAL_QUARTILE = float(ndtri(0.75))


def performance(replicates: pd.DataFrame, name: str = "replicates", null: float = 0.0) -> pd.DataFrame:
    """Judge one method for one estimand in one design cell.

    Nothing is winsorised or left out; what lies far out is counted (`outlying`) and stays in.

    Parameters
    ----------
    replicates
        One row per replicate: estimate, se (model standard error or posterior SD), low and high (interval), truth; and,
        optionally, rejects (1 or 0: whether a test at 5 % rejects "no effect"), passed (whether the fit converged) and
        world (replicates of one world are not independent) and truth_mcse (error of a truth that was itself simulated;
        one number for each world).
        A missing estimate is a failure, and the other measures are over the rest; a missing se or interval is counted
        (`no_interval`). Fits that did not converge but gave an estimate stay in. Where the truth is missing throughout,
        what needs it is left out. The truth's error goes into those of bias, mse and rmse, by the delta method; not
        into that of coverage, whose slope nobody knows. In several worlds it is partly counted twice, as it also makes
        worlds differ.
    name
        Used in errors.
    null
        The value at which there is no effect.

    Returns
    -------
    pandas.DataFrame
        Columns measure, value, mcse, n. Measures: bias, empirical_se (SD of the errors; with several worlds within
        them), model_se, model_se_error (relative error of the model SE, as a fraction; with several worlds only where
        the truth is known, as it may differ between data sets), mse, rmse, coverage, width, outlying (share of
        estimates more than ten robust SDs from their median, the robust SD being the larger of those by median absolute
        deviation and by interquartile range; where more than three quarters are equal, by the deviations of the
        others), failed (share without an estimate), no_interval (share of estimates without one) and, where
        `rejects` is given, power or (where nothing is there) type_1_error, and, where `passed` is, not_passed (share of
        replicates whose fit did not pass, those without an estimate included; a method that refuses what it cannot fit,
        as the collapsed engine does, has no others).

    Raises
    ------
    DataError
        If a column is missing, holds text or infinities, the truth is missing in some rows, or fewer than two
        replicates gave estimates.
    """
    require_columns(replicates, COLUMNS, name)
    known = not replicates["truth"].isna().all()
    truth = numbers(replicates, "truth", name) if known else np.full(len(replicates), np.nan)
    answered = replicates["estimate"].notna().to_numpy()
    if answered.sum() < 2:
        raise DataError(f"{name}: {answered.sum()} replicates have an estimate; performance needs at least two.")
    sure = answered & replicates[["se", "low", "high"]].notna().all(axis=1).to_numpy()
    estimate = numbers(replicates[answered], "estimate", name)
    world = replicates["world"].to_numpy() if "world" in replicates.columns else np.zeros(len(replicates), dtype=int)
    unsure = replicates["truth_mcse"].to_numpy(dtype=float) if "truth_mcse" in replicates.columns else 0.0 * world
    rows = _accuracy(estimate - truth[answered], world[answered], unsure[answered]) if known else []
    if sure.sum() >= 2:
        error = numbers(replicates[sure], "estimate", name) - (truth[sure] if known else 0.0)
        se, low, high = (numbers(replicates[sure], column, name) for column in ("se", "low", "high"))
        rows += _standard_errors(error, se, world[sure], compared=known or not several(world))
        if known:
            rows.append(("coverage", *mean_and_error((low <= truth[sure]) & (truth[sure] <= high), world[sure])))
        rows.append(("width", *mean_and_error(high - low, world[sure])))
    rows += _tests(replicates[answered], truth[answered], world[answered], null)
    rows.append(("outlying", *mean_and_error(_outlying(estimate), world[answered])))
    rows.append(("failed", *mean_and_error(~answered, world)))
    rows.append(("no_interval", *mean_and_error(~sure[answered], world[answered])))
    if "passed" in replicates.columns:
        rows.append(("not_passed", *mean_and_error(~flags(replicates, "passed", name), world)))
    return pd.DataFrame(rows, columns=["measure", "value", "mcse", "n"])


def _tests(
    replicates: pd.DataFrame, truth: np.ndarray, world: np.ndarray, null: float
) -> list[tuple[str, float, float, int]]:
    if "rejects" not in replicates.columns:
        return []
    tested = replicates["rejects"].notna().to_numpy()
    if not tested.any():
        return []
    rejects = replicates["rejects"].to_numpy(dtype=float)[tested] == 1.0
    return [(measure_of_test(truth[tested], null), *mean_and_error(rejects, world[tested]))]


def measure_of_test(truth: np.ndarray, null: float = 0.0) -> str:
    """Whether the share of data sets in which a test rejects is power, or type I error: all truths are the null."""
    return "type_1_error" if np.all(truth == null) else "power"


def _outlying(estimate: np.ndarray) -> np.ndarray:
    distance = np.abs(estimate - np.median(estimate))
    # Estimates of a spread are often 0: where half are, deviations from the median say nothing of the scale.
    low, high = np.quantile(estimate, [0.25, 0.75])
    scale = max(np.median(distance) / NORMAL_QUARTILE, (high - low) / (2 * NORMAL_QUARTILE))
    if scale == 0 and np.any(distance):
        scale = np.median(distance[distance > 0]) / NORMAL_QUARTILE
    return distance > FAR * scale


def _accuracy(error: np.ndarray, world: np.ndarray, unsure: np.ndarray) -> list[tuple[str, float, float, int]]:
    # Where the truth differs between replicates (SBC), errors rather than estimates vary around the bias; where it is
    # one number the two are the same.
    n = error.size
    empirical = _within(error, world)
    empirical_mcse = empirical / np.sqrt(2 * (n - 1))
    if several(world):
        (empirical_mcse,) = _over_worlds(lambda kept: [_within(error[kept], world[kept])], world)
    bias, bias_mcse, _ = mean_and_error(error, world)
    mse, mse_mcse, _ = mean_and_error(error**2, world)
    bias_mcse = np.hypot(bias_mcse, _of_truth(np.full(n, 1 / n), world, unsure))
    mse_mcse = np.hypot(mse_mcse, _of_truth(2 * error / n, world, unsure))
    rmse = float(np.sqrt(mse))
    return [
        ("bias", bias, bias_mcse, n),
        ("empirical_se", empirical, empirical_mcse, n),
        ("mse", mse, mse_mcse, n),
        ("rmse", rmse, mse_mcse / (2 * rmse) if rmse > 0 else 0.0, n),
    ]


def _of_truth(slope: np.ndarray, world: np.ndarray, unsure: np.ndarray) -> float:
    """Error of a sum whose terms have these slopes in a truth of its own error in each world."""
    _, cluster = np.unique(world, return_inverse=True)
    return float(np.sqrt(np.sum(np.bincount(cluster, weights=slope * unsure) ** 2)))


def several(world: np.ndarray) -> bool:
    """Whether there is more than one world."""
    return np.unique(world).size > 1


def _within(error: np.ndarray, world: np.ndarray) -> float:
    """SD within worlds, pooled; missing where no world has two replicates."""
    _, cluster = np.unique(world, return_inverse=True)
    sizes = np.bincount(cluster)
    freedom = len(error) - len(sizes)
    if freedom < 1:
        return np.nan
    mean = np.bincount(cluster, weights=error) / sizes
    return float(np.sqrt(np.sum((error - mean[cluster]) ** 2) / freedom))


def _over_worlds(statistics: Callable[[np.ndarray], list[float]], world: np.ndarray) -> np.ndarray:
    """Jackknife errors of what depends on the replicates kept; missing if a world has all but one of them."""
    found, cluster = np.unique(world, return_inverse=True)
    everybody = np.ones(len(world), dtype=bool)
    if len(world) - np.bincount(cluster).max() < 2:
        return np.full(len(statistics(everybody)), np.nan)

    def without(left_out: int | None) -> np.ndarray:
        return np.array(statistics(everybody if left_out is None else cluster != left_out))

    return jackknife(without, len(found))[1]


def _standard_errors(
    error: np.ndarray, se: np.ndarray, world: np.ndarray, *, compared: bool
) -> list[tuple[str, float, float, int]]:
    n = error.size
    model = float(np.sqrt(np.mean(se**2)))
    model_mcse = float(np.sqrt(np.var(se**2, ddof=1) / (4 * n * model**2))) if model > 0 else 0.0
    empirical = _within(error, world)
    if several(world):
        (model_mcse,) = _over_worlds(lambda kept: [np.sqrt(np.mean(se[kept] ** 2))], world)
    if not compared:
        return [("model_se", model, model_mcse, n)]
    if not empirical > 0 or model == 0:
        return [("model_se", model, model_mcse, n), ("model_se_error", np.nan, np.nan, n)]
    ratio = model / empirical
    ratio_mcse = ratio * np.sqrt((model_mcse / model) ** 2 + 1 / (2 * (n - 1)))
    if several(world):
        (ratio_mcse,) = _over_worlds(
            lambda kept: [np.sqrt(np.mean(se[kept] ** 2)) / _within(error[kept], world[kept])], world
        )
    return [("model_se", model, model_mcse, n), ("model_se_error", ratio - 1, ratio_mcse, n)]


def mean_and_error(values: np.ndarray, world: np.ndarray) -> tuple[float, float, int]:
    """Mean, its Monte Carlo error, and of how many; in several worlds the error is that of a mean of clusters."""
    values = np.asarray(values, dtype=float)
    mean, n = float(values.mean()), values.size
    _, cluster = np.unique(world, return_inverse=True)
    worlds = int(cluster.max()) + 1
    if worlds > 1:
        sums = np.bincount(cluster, weights=values - mean)
        return mean, float(np.sqrt(np.sum(sums**2) * worlds / (worlds - 1)) / n), n
    share = bool(np.all((values == 0) | (values == 1)))
    variance = mean * (1 - mean) if share else values.var(ddof=1)  # of a share, Morris et al., Table 6
    return mean, float(np.sqrt(variance / n)), n
