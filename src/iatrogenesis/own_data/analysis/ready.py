"""What every part of the analysis starts from: the judged courses, their case mix without gaps, and its columns."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.covariates import AGE, FEWEST, SPLIT
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.own_data.analysis.completing import MOST_MISSING, completed
from iatrogenesis.own_data.prepared import About, Prepared
from iatrogenesis.own_data.settings import OwnData

SINGLE = ("competence", "burnout")


@dataclass(frozen=True)
class Ready:
    """The clients as models take them.

    Attributes
    ----------
    about
        Of the prepared tables.
    settings
        Of the analysis.
    every
        All clients, with the gaps of the case mix filled in.
    judged
        Those with a known outcome, in the order of the rows of every model.
    case_mix
        Covariates, as `iatrogenesis.inference.data.covariates` names them.
    left_out
        By column why it is not among them.
    missing
        By column how many judged courses lack it.
    gaps
        The judged courses before gaps were filled.
    sessions
        Every session's scores, where there are any.
    """

    about: About
    settings: OwnData
    every: pd.DataFrame
    judged: pd.DataFrame
    case_mix: tuple[str, ...]
    left_out: dict[str, str]
    missing: dict[str, int]
    gaps: pd.DataFrame
    sessions: pd.DataFrame | None = None

    @property
    def name(self) -> str:
        """Name of the data set."""
        return self.about.name

    @cached_property
    def therapist_ids(self) -> tuple[str, ...]:
        """Therapists with a judged course, in the order of every model's index."""
        return tuple(sorted(self.judged["therapist_id"].unique()))

    @cached_property
    def therapist(self) -> np.ndarray:
        """Index of each judged course's therapist, int, shape (rows,)."""
        return pd.Index(self.therapist_ids).get_indexer(self.judged["therapist_id"]).astype(np.int64)

    @cached_property
    def worse(self) -> np.ndarray:
        """Whether each judged course deteriorated, bool, shape (rows,)."""
        return self.judged["deteriorated"].to_numpy(dtype=bool)

    @property
    def ratings(self) -> tuple[str, ...]:
        """Columns of the ratings that every judged course has."""
        names = [f"{trait}_rating" for trait in self.about.ratings]
        return tuple(name for name in names if name in self.judged and self.judged[name].notna().all())

    def data(self, covariates: tuple[str, ...] | None = None) -> OutcomeData:
        """Return the data of a fit; by default with all case mix."""
        return from_clients(self.judged, self.case_mix if covariates is None else covariates, dataset=self.name)


def ready(prepared: Prepared, settings: OwnData) -> Ready:
    """Choose the judged courses, and the columns of the case mix that can be used.

    Raises
    ------
    DataError
        If there are no clients, or no course with a known outcome.
    """
    if "clients" not in prepared.tables:
        raise DataError(f"{prepared.about.name}: there is no table of clients; counts have an analysis of their own.")
    table, about = prepared.tables["clients"].reset_index(drop=True), prepared.about
    known = (table["finished"].astype(bool) & table["deteriorated"].notna()).to_numpy(dtype=bool)
    if not known.any():
        raise DataError(f"{about.name}: no finished course has a known outcome. There is nothing to analyse.")
    columns, left_out = _usable(table[known], about)
    filled = completed(table, columns).clients.assign(finished=known)
    missing = {name: int(table.loc[known, name].isna().sum()) for name in columns}
    judged = filled[known].reset_index(drop=True)
    chosen: tuple[str, ...] = ()
    for column in columns:
        name = "age" if column == AGE else column
        try:
            if from_clients(judged, (*chosen, name), dataset=about.name).covariate_names:
                chosen = (*chosen, name)
        except DataError as error:
            left_out[column] = str(error).removeprefix(f"{about.name}: ")
    gaps = table[known].reset_index(drop=True)
    return Ready(about, settings, filled, judged, chosen, left_out, missing, gaps, prepared.tables.get("sessions"))


def _usable(judged: pd.DataFrame, about: About) -> tuple[list[str], dict[str, str]]:
    """Columns of the case mix with enough values and more than one of them; and why the others are left out."""
    found, left_out = [], {}
    for name in about.case_mix:
        if name not in judged:
            left_out[name] = "the table does not have it"
        elif (share := judged[name].isna().mean()) > MOST_MISSING:
            left_out[name] = f"{100 * share:.0f} % of the values are missing"
        elif judged[name].nunique() < 2:
            left_out[name] = "it is the same for everybody"
        elif judged[name].value_counts().iloc[1:].sum() < FEWEST and judged[name].dtype == object:
            left_out[name] = f"fewer than {FEWEST} clients differ from the others"
        else:
            found.append(name)
    return found, left_out


def rating_columns(ratings: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """Return which columns of a regression are of ratings."""
    columns = [f"{name}{part}" for name in ratings for part in (("_within", "_between") if name in SPLIT else ("",))]
    return tuple(name for name in names if name in columns)
