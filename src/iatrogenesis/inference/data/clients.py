"""From a table of clients, simulated or a service's own, to the data of a fit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from iatrogenesis.core.tables import DataError, flags, refuse, require_columns
from iatrogenesis.inference.data.covariates import Profile, source_columns
from iatrogenesis.inference.data.outcomes import OutcomeData, counts

Tables = Mapping[str, pd.DataFrame]
NEEDED = ("client_id", "therapist_id", "finished", "deteriorated")


def from_clients(
    clients: pd.DataFrame,
    covariates: Sequence[str] = (),
    *,
    dataset: str,
    therapist_ids: Sequence[str] | None = None,
    allow_empty: bool = False,
) -> OutcomeData:
    """Return the finished courses as data of a fit.

    Without covariates the rows are counts per therapist, which is the same likelihood in far fewer rows; with
    covariates each row is one client, in the table's order.

    Parameters
    ----------
    clients
        One row per client of one replicate: `client_id`, `therapist_id`, `finished`, `deteriorated` (missing where not
        finished) and the columns of the covariates.
    covariates
        Names explained in `iatrogenesis.inference.data.covariates`, such as ``("age", "burnout_rating")``.
    dataset
        Name of the data set; errors and results carry it.
    therapist_ids
        The therapists and their order; by default all in the table (finished or not), sorted.
    allow_empty
        Keep therapists none of whose clients finished, instead of refusing.

    Raises
    ------
    DataError
        Naming data set, column and row: a missing column, an empty table, text in a number column, missing values,
        duplicate client ids, several replicates, a therapist without finished clients, a constant or collinear
        covariate.
    """
    covariates = tuple(covariates)
    require_columns(clients, (*NEEDED, *source_columns(covariates)), dataset)
    clients = clients.reset_index(drop=True)
    _check_identity(clients, dataset)
    ids = tuple(therapist_ids) if therapist_ids is not None else tuple(sorted(clients["therapist_id"].unique()))
    therapist = _index(clients, ids, dataset)
    finished = _finished(clients, dataset)
    therapist = therapist[finished.index]
    deteriorated = flags(finished, "deteriorated", dataset).astype(np.int64)
    if not covariates:
        events = np.bincount(therapist, weights=deteriorated, minlength=len(ids)).astype(np.int64)
        return counts(dataset, ids, events, np.bincount(therapist, minlength=len(ids)), allow_empty=allow_empty)
    profile = Profile.of(finished, therapist, covariates, dataset)
    return OutcomeData(
        dataset=dataset,
        deteriorated=deteriorated,
        trials=np.ones_like(deteriorated),
        therapist=therapist,
        therapist_ids=ids,
        covariates=profile.having(),
        covariate_names=profile.names,
        centre=profile.centre,
        scale=profile.scale,
        profile=profile,
        allow_empty=allow_empty,
    ).validate()


def prepare_outcomes(covariates: Sequence[str], true_states: Sequence[str] | None = None) -> Callable[..., OutcomeData]:
    """Return a model's function that makes its data from tables.

    The function takes tables (with `clients`), the data set's name, and whether the states that only a simulation
    knows stand for their ratings, which is asked of models that have `true_states`.
    """

    def prepare(tables: Tables, dataset: str, *, truth: bool = False) -> OutcomeData:
        chosen = true_states if truth and true_states is not None else covariates
        return from_clients(tables["clients"], chosen, dataset=dataset)

    return prepare


def by_service(data: OutcomeData, clients: pd.DataFrame) -> OutcomeData:
    """Return the same data with each therapist's service.

    Raises
    ------
    DataError
        If the table has no services, or a therapist works in two.
    """
    require_columns(clients, ("therapist_id", "service_id"), data.dataset)
    pairs = clients[["therapist_id", "service_id"]].drop_duplicates()
    refuse(
        pairs["service_id"].isna(),
        pairs["therapist_id"],
        f"{data.dataset}: column 'service_id' is missing a value. Give every therapist a service",
    )
    twice = pairs["therapist_id"].duplicated()
    refuse(
        twice,
        pairs["therapist_id"],
        f"{data.dataset}: a therapist works in two services. Give one therapist in two services two ids",
    )
    services = pairs.set_index("therapist_id")["service_id"].loc[list(data.therapist_ids)]
    ids = tuple(sorted(services.unique()))
    index = pd.Index(ids).get_indexer(services).astype(np.int64)
    return replace(data, service=index, service_ids=ids).validate()


def _check_identity(clients: pd.DataFrame, dataset: str) -> None:
    for name in ("client_id", "therapist_id"):
        absent = clients[name].isna()
        refuse(absent, clients[name], f"{dataset}: column {name!r} is missing a value. Give every row an id")
        number = ~clients[name].map(lambda value: isinstance(value, str))
        refuse(
            number,
            clients[name],
            f"{dataset}: column {name!r} must hold texts such as 'T007'. Convert with .astype(str)",
        )
    if "replicate" in clients.columns and clients["replicate"].nunique() > 1:
        raise DataError(
            f"{dataset}: column 'replicate' holds {clients['replicate'].nunique()} replicates. Fit one at a time: "
            "clients[clients.replicate == 0]."
        )
    twice = clients["client_id"].duplicated()
    refuse(
        twice,
        clients["client_id"],
        f"{dataset}: column 'client_id' holds the same client more than once. Keep one "
        "course per client, or give each course its own id",
    )


def _finished(clients: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """Rows of the finished courses, by their number in the whole table; each must have its outcome."""
    finished = clients[flags(clients, "finished", dataset)]
    if finished.empty:
        raise DataError(f"{dataset}: column 'finished' is false in every row, so there is no outcome to fit.")
    missing = clients["finished"].astype(bool) & clients["deteriorated"].isna()
    refuse(
        missing,
        clients["deteriorated"],
        f"{dataset}: column 'deteriorated' is missing for a finished course. Set finished to false, or fill it in",
    )
    return finished


def _index(clients: pd.DataFrame, ids: tuple[str, ...], dataset: str) -> np.ndarray:
    if len(set(ids)) != len(ids):
        raise DataError(f"{dataset}: duplicate therapist in therapist_ids. Give each one once.")
    index = pd.Index(ids).get_indexer(clients["therapist_id"]).astype(np.int64)
    refuse(
        index < 0,
        clients["therapist_id"],
        f"{dataset}: column 'therapist_id' names a therapist who is not in the "
        "given therapist_ids. Add them there, or leave their clients out",
    )
    return index
