"""The service's own clients, ready to have outcomes drawn for them, and what its posterior says of therapists."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from iatrogenesis.core.resources import config_folder
from iatrogenesis.core.streams import derived_seed
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.engines.collapsed.engine import Unreliable, sample
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.own_data.case_mix import DRAWS, CaseMix, case_mix
from iatrogenesis.own_data.finished import finished
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.own_data.settings import LEAST_THERAPISTS, OwnData
from iatrogenesis.planning.plasmode import FARTHEST_SD, Plasmode, Truth, plasmode
from iatrogenesis.planning.usual import configured
from iatrogenesis.simulation_study.methods.answer import BURNOUT

RATINGS = ("competence_rating", BURNOUT, "fit_rating", "alliance_rating")
SPREADS = {"low": 0.05, "median": 0.5, "high": 0.95}
"""Quantiles of the therapists' SD: the ends of its 90 % interval, and its median."""


@dataclass(frozen=True)
class OwnClients:
    """What all parts of the study share.

    Attributes
    ----------
    made
        The finished courses, with the therapists' SD at its posterior median.
    spreads
        Therapists' SD by the names of `SPREADS`.
    rated
        Whether the ratings of burnout are the service's own.
    reliability
        Of these ratings, and where that comes from.
    least
        Finished courses of a therapist who may be flagged, at least.
    adjusted
        Columns of the case mix.
    notes
        What was filled in, left out or assumed, one sentence each.
    """

    made: Plasmode
    spreads: Mapping[str, float]
    rated: bool
    reliability: float
    least: int
    adjusted: str
    notes: tuple[str, ...]


def own_clients(
    prepared: Prepared, settings: OwnData, priors: Priors, posterior_sd: Mapping[str, float] | None
) -> OwnClients:
    """Make the service's clients ready.

    Raises
    ------
    DataError
        If they are too few, or all fared alike: the message is the reason that tables give.
    """
    courses = _courses(prepared)
    about, seed = prepared.about, derived_seed(settings.analysis.seed, "could have shown")
    mix = case_mix(courses, about.case_mix, about.name)
    coefficients, found = _posterior(mix, priors, seed, about.name)
    spreads = found if posterior_sd is None else {name: float(posterior_sd[name]) for name in SPREADS}
    table, rated, said = _rated(mix.table)
    reliability, source = _reliability(settings)
    notes = [*mix.notes, *said, f"Reliability of burnout ratings {reliability:g} ({source})."]
    if not mix.covariates:
        notes.insert(0, "No case mix: clients are taken to be alike.")
    truth = Truth(therapist_sd=spreads["median"], reliability=reliability, coefficients=coefficients)
    made = plasmode(table, truth, seed, dataset=about.name, covariates=mix.covariates)
    least = settings.privacy.least_named
    return OwnClients(made, spreads, rated, reliability, least, ", ".join(mix.covariates), tuple(notes))


def _courses(prepared: Prepared) -> pd.DataFrame:
    if "clients" not in prepared.tables:
        raise DataError("a plasmode study needs one row per course; these are counts")
    courses = finished(prepared.tables["clients"]).sort_values(["therapist_id", "client_id"], ignore_index=True)
    number = courses["therapist_id"].nunique()
    if number < LEAST_THERAPISTS:
        raise DataError(f"{number} therapists have a finished course; at least {LEAST_THERAPISTS} are needed")
    if not 0 < courses["deteriorated"].mean() < 1:
        raise DataError("nobody or everybody deteriorated")
    return courses


def _posterior(mix: CaseMix, priors: Priors, seed: int, name: str) -> tuple[dict[str, float], dict[str, float]]:
    """Coefficients of the case mix, and the therapists' SD, of the same model."""
    data = from_clients(mix.table, mix.covariates, dataset=name)
    try:
        tree = sample("casemix" if mix.covariates else "intercept_only", data, priors, seed, draws=DRAWS)
    except Unreliable as error:
        raise DataError(f"no reliable fit of the service's own outcomes: {error}") from error
    sd = tree["posterior"]["therapist_sd"].values
    spreads = {label: float(np.quantile(sd, at)) for label, at in SPREADS.items()}
    if not mix.covariates:
        return {}, spreads
    means = tree["posterior"]["coefficients"].values.reshape(-1, len(data.covariate_names)).mean(axis=0)
    return dict(zip(data.covariate_names, map(float, means), strict=True)), spreads


def _rated(courses: pd.DataFrame) -> tuple[pd.DataFrame, bool, list[str]]:
    """The courses with ratings of burnout without gaps, or without any; other ratings have no effect, and go."""
    table = courses.drop(columns=[name for name in RATINGS if name in courses and name != BURNOUT])
    made_up = "Ratings of burnout are made up: one normal number per therapist"
    if BURNOUT not in table:
        return table, False, [f"{made_up}, because there are none."]
    rating = table[BURNOUT].astype(float)
    of_therapist = rating.groupby(table["therapist_id"]).transform("mean")
    filled, without = rating.fillna(of_therapist), table.drop(columns=BURNOUT)
    if filled.isna().any():
        number = table.loc[filled.isna(), "therapist_id"].nunique()
        return without, False, [f"{made_up}, because {number} therapists have none."]
    if of_therapist.nunique() < 2 or rating.std() > FARTHEST_SD:
        return without, False, [f"{made_up}, because those given are alike, or not in SDs."]
    gaps = int(rating.isna().sum())
    said = [f"{gaps} courses without a rating of burnout have their therapist's mean."] if gaps else []
    return table.assign(**{BURNOUT: filled}), True, said


def _reliability(settings: OwnData) -> tuple[float, str]:
    given = settings.analysis.rating_reliability
    if "burnout" in given:
        return float(given["burnout"]), "given"
    usual = configured(config_folder()).numbers["reliability"]
    return usual.value, f"assumed: {usual.source}"
