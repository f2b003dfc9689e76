"""How well a method estimates, over replicates: performance measures, each with its Monte Carlo standard error.

Formulas: Morris, White & Crowther (2019), "Using simulation studies to evaluate statistical methods", 10.1002/sim.8086,
Table 6; the standard error of RMSE by the delta method from that of the mean squared error.
"""

import numpy as np
import pandas as pd

from iatrogenesis.core.tables import DataError, flags, numbers, require_columns

COLUMNS = ("estimate", "se", "low", "high", "truth")
FAR = 10.0  # robust SDs from the median


def performance(replicates: pd.DataFrame, name: str = "replicates") -> pd.DataFrame:
    """Judge one method for one estimand in one design cell.

    Nothing is winsorised or left out; what lies far out is counted (`outlying`) and stays in.

    Parameters
    ----------
    replicates
        One row per replicate: estimate, se (model standard error or posterior SD), low and high (interval), truth; and,
        optionally, rejects (1 or 0: whether a test at 5 % rejects "no effect"), passed (whether the fit converged) and
        world (replicates of one world are not independent: errors of means and shares are those of clusters).
        A missing estimate is a failure, and the other measures are over the rest; a missing se or interval is counted
        (`no_interval`). Fits that did not converge but gave an estimate stay in. Where the truth is missing throughout,
        what needs it is left out.
    name
        Used in errors.

    Returns
    -------
    pandas.DataFrame
        Columns measure, value, mcse, n. Measures: bias, empirical_se, model_se, model_se_error (relative error of the
        model SE, as a fraction), mse, rmse, coverage, width, outlying (share of estimates more than ten robust SDs from
        their median), failed (share without an estimate), no_interval (share of estimates without one) and, where
        `rejects` is given, power or (where the truth is 0) type_1_error, and, where `passed` is, not_passed.

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
    rows = _accuracy(estimate - truth[answered], world[answered]) if known else []
    if sure.sum() >= 2:
        error = numbers(replicates[sure], "estimate", name) - (truth[sure] if known else 0.0)
        se, low, high = (numbers(replicates[sure], column, name) for column in ("se", "low", "high"))
        rows += _standard_errors(error, se)
        if known:
            rows.append(("coverage", *_mean((low <= truth[sure]) & (truth[sure] <= high), world[sure])))
        rows.append(("width", *_mean(high - low, world[sure])))
    rows += _tests(replicates[answered], truth[answered], world[answered])
    rows.append(("outlying", *_mean(_outlying(estimate), world[answered])))
    rows.append(("failed", *_mean(~answered, world)))
    rows.append(("no_interval", *_mean(~sure[answered], world[answered])))
    if "passed" in replicates.columns:
        rows.append(("not_passed", *_mean(~flags(replicates, "passed", name), world)))
    return pd.DataFrame(rows, columns=["measure", "value", "mcse", "n"])


def _tests(replicates: pd.DataFrame, truth: np.ndarray, world: np.ndarray) -> list[tuple[str, float, float, int]]:
    if "rejects" not in replicates.columns:
        return []
    tested = replicates["rejects"].notna().to_numpy()
    if not tested.any():
        return []
    rejects = replicates["rejects"].to_numpy(dtype=float)[tested] == 1.0
    nothing = bool(np.all(truth[tested] == 0.0))
    return [("type_1_error" if nothing else "power", *_mean(rejects, world[tested]))]


def _outlying(estimate: np.ndarray) -> np.ndarray:
    distance = np.abs(estimate - np.median(estimate))
    return distance > FAR * 1.4826 * np.median(distance)


def _accuracy(error: np.ndarray, world: np.ndarray) -> list[tuple[str, float, float, int]]:
    # Where the truth differs between replicates (SBC), errors rather than estimates vary around the bias; where it is
    # one number the two are the same.
    n = error.size
    empirical = float(np.std(error, ddof=1))
    mse, mse_mcse, _ = _mean(error**2, world)
    rmse = float(np.sqrt(mse))
    return [
        ("bias", *_mean(error, world)),
        ("empirical_se", empirical, empirical / np.sqrt(2 * (n - 1)), n),
        ("mse", mse, mse_mcse, n),
        ("rmse", rmse, mse_mcse / (2 * rmse) if rmse > 0 else 0.0, n),
    ]


def _standard_errors(error: np.ndarray, se: np.ndarray) -> list[tuple[str, float, float, int]]:
    n = error.size
    model = float(np.sqrt(np.mean(se**2)))
    model_mcse = float(np.sqrt(np.var(se**2, ddof=1) / (4 * n * model**2))) if model > 0 else 0.0
    empirical = float(np.std(error, ddof=1))
    if empirical == 0 or model == 0:
        return [("model_se", model, model_mcse, n), ("model_se_error", np.nan, np.nan, n)]
    ratio = model / empirical
    ratio_mcse = ratio * np.sqrt((model_mcse / model) ** 2 + 1 / (2 * (n - 1)))
    return [("model_se", model, model_mcse, n), ("model_se_error", ratio - 1, ratio_mcse, n)]


def _mean(values: np.ndarray, world: np.ndarray) -> tuple[float, float, int]:
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
