"""What data must satisfy before a fit; a sampler would answer wrong data with plausible numbers."""

import numpy as np

from iatrogenesis.core.tables import SHOWN, DataError, refuse

# A column is called collinear when the other columns leave less than this share of its variance unexplained.
UNEXPLAINED = 1e-8


def check(data) -> None:
    """Raise `DataError` on the first fault of an `OutcomeData`."""
    _check_rows(data)
    _check_therapists(data)
    _check_counts(data)
    _check_services(data)
    if _check_covariate_shapes(data):
        _check_covariates(data)


def _check_rows(data) -> None:
    if not isinstance(data.dataset, str) or not data.dataset:
        raise DataError(f"dataset must be a name, found {data.dataset!r}.")
    rows = np.shape(data.deteriorated)
    if rows == (0,):
        raise DataError(f"{data.dataset}: there are no rows. Check the table and any filter applied before.")
    for name in ("deteriorated", "trials", "therapist"):
        values = getattr(data, name)
        if not isinstance(values, np.ndarray) or values.ndim != 1:
            raise DataError(f"{data.dataset}: {name} must be a one-dimensional array, found shape {np.shape(values)}.")
        if values.shape != rows:
            raise DataError(
                f"{data.dataset}: {name} has {values.size} rows but deteriorated has {rows[0]}; give one value per row."
            )
        if not np.issubdtype(values.dtype, np.integer):
            _refuse_fractions(data.dataset, name, values)
            raise DataError(
                f"{data.dataset}: {name} must be whole numbers, found type {values.dtype}. Convert with .astype(int)."
            )


def _refuse_fractions(dataset: str, name: str, values: np.ndarray) -> None:
    if np.issubdtype(values.dtype, np.floating):
        wrong = ~np.isfinite(values) | (values != np.floor(values))
        refuse(wrong, values, f"{dataset}: {name} must be whole numbers. Check the column this came from")


def _check_therapists(data) -> None:
    ids = data.therapist_ids
    if not ids or not all(isinstance(name, str) and name for name in ids):
        raise DataError(f"{data.dataset}: therapist_ids must be non-empty texts, found {list(ids)[:SHOWN]!r}.")
    seen: set[str] = set()
    if twice := [name for name in ids if name in seen or seen.add(name)]:
        raise DataError(f"{data.dataset}: duplicate {twice[0]!r} in therapist_ids. Merge its rows, or rename one.")
    outside = (data.therapist < 0) | (data.therapist >= len(ids))
    refuse(
        outside,
        data.therapist,
        f"{data.dataset}: therapist must be an index from 0 to {len(ids) - 1}. "
        "Build the data by from_clients or counts",
    )


def _check_counts(data) -> None:
    refuse(data.trials < 0, data.trials, f"{data.dataset}: trials must not be negative. Correct the count")
    wrong = (data.deteriorated < 0) | (data.deteriorated > data.trials)
    pairs = list(zip(data.deteriorated.tolist(), data.trials.tolist(), strict=True)) if wrong.any() else []
    refuse(wrong, pairs, f"{data.dataset}: deteriorated must lie between 0 and trials. Correct (deteriorated, trials)")
    empty = np.flatnonzero(data.clients == 0)
    if empty.size == len(data.therapist_ids):
        raise DataError(f"{data.dataset}: nobody finished a course. There is nothing to fit.")
    if empty.size and not data.allow_empty:
        names = ", ".join(data.therapist_ids[index] for index in empty[:SHOWN])
        more = f" and {empty.size - SHOWN} more" if empty.size > SHOWN else ""
        raise DataError(
            f"{data.dataset}: therapist_ids names therapists without clients: {names}{more}. "
            "Leave them out, or pass allow_empty=True to have their effects drawn from the population."
        )


def _check_services(data) -> None:
    if not data.service_ids:
        return
    if len(set(data.service_ids)) != len(data.service_ids):
        raise DataError(f"{data.dataset}: duplicate service in service_ids. Give each one once.")
    if np.shape(data.service) != (len(data.therapist_ids),) or not np.issubdtype(data.service.dtype, np.integer):
        raise DataError(f"{data.dataset}: service must hold one whole number per therapist, found {data.service!r}.")
    outside = (data.service < 0) | (data.service >= len(data.service_ids))
    refuse(outside, data.service, f"{data.dataset}: service must be an index into the {len(data.service_ids)} services")


def _check_covariate_shapes(data) -> bool:
    rows, k = data.deteriorated.size, len(data.covariate_names)
    if not isinstance(data.covariates, np.ndarray) or data.covariates.shape != (rows, k):
        raise DataError(
            f"{data.dataset}: covariates must have shape ({rows}, {k}), one column per covariate name, "
            f"found {np.shape(data.covariates)}."
        )
    if len(set(data.covariate_names)) != k:
        raise DataError(f"{data.dataset}: covariate_names has duplicates: {', '.join(data.covariate_names)}.")
    if not np.issubdtype(data.covariates.dtype, np.floating):
        raise DataError(f"{data.dataset}: covariates must be floating-point, found type {data.covariates.dtype}.")
    for name, lowest in (("centre", -np.inf), ("scale", 0.0)):
        values = np.asarray(getattr(data, name))
        if values.shape != (k,) or not np.all(np.isfinite(values) & (values > lowest)):
            raise DataError(f"{data.dataset}: {name} must hold {k} finite numbers above {lowest}, found {values!r}.")
    return k > 0


def _check_covariates(data) -> None:
    for column, name in enumerate(data.covariate_names):
        values = data.covariates[:, column]
        where = f"{data.dataset}: covariate {name!r}"
        refuse(~np.isfinite(values), values, f"{where} is missing or infinite. Fill it in, or leave these rows out")
        if np.ptp(values) <= 1e-12 * max(1.0, np.abs(values).max()):
            raise DataError(f"{where} is the same in every row, so it has no effect to estimate. Leave it out.")
    correlation = np.corrcoef(data.covariates, rowvar=False).reshape(len(data.covariate_names), -1)
    for column in range(1, len(data.covariate_names)):
        earlier = correlation[:column, :column]
        unexplained = 1 - correlation[column, :column] @ np.linalg.solve(earlier, correlation[:column, column])
        if unexplained < UNEXPLAINED:
            partner = data.covariate_names[int(np.argmax(np.abs(correlation[column, :column])))]
            raise DataError(
                f"{data.dataset}: covariate {data.covariate_names[column]!r} repeats what {partner!r} (or several "
                "others together) already say; their effects cannot be told apart. Leave one out."
            )
