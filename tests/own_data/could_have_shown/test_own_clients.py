"""The service's clients made ready: what they are adjusted for, whose ratings they have, and why there may be none."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.could_have_shown.own_clients import own_clients
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.planning.plasmode import available
from tests.own_data.made_up import own, service, with_clients


@pytest.fixture(scope="module")
def priors(study):
    return study.config.fit.priors


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    return service(12, 30)


def test_courses_rate_and_case_mix_are_the_services_own(prepared, priors):
    found = own_clients(prepared, own(), priors, None)
    clients = prepared.tables["clients"]
    finished = clients[clients["finished"]]
    assert len(found.made.case_mix) == len(finished) and found.adjusted == "phq9_first, gad7_first, age"
    assert found.made.data.deteriorated.mean() == pytest.approx(finished["deteriorated"].mean())
    simulated = np.mean([found.made.outcomes(k).mean() for k in range(200)])
    assert simulated == pytest.approx(finished["deteriorated"].mean(), abs=0.01)
    low, middle, high = found.spreads["low"], found.spreads["median"], found.spreads["high"]
    assert 0 < low < middle == found.made.truth.therapist_sd < high < 2
    assert found.made.case_mix.std() > 0.1 and abs(found.made.case_mix.mean()) < 1e-9


def test_given_spreads_are_taken(prepared, priors):
    given = {"low": 0.1, "median": 0.3, "high": 0.9}
    found = own_clients(prepared, own(), priors, given)
    assert dict(found.spreads) == given and found.made.truth.therapist_sd == 0.3


def test_covariates_of_the_services_own_are_taken(prepared, priors):
    clients = prepared.tables["clients"]
    rng = np.random.default_rng(2)
    table = clients.assign(
        x_employed=rng.integers(0, 2, len(clients)).astype(float),
        x_ward=rng.choice(["North", "South", "West"], len(clients)).astype(object),
        coreom_first=rng.normal(15, 5, len(clients)),
        x_alike=1.0,
    )
    table.loc[table.index[::7], "coreom_first"] = np.nan
    table.loc[table.index[::2], "x_employed"] = np.nan
    columns = ("coreom_first", "x_employed", "x_ward", "x_alike", "age_band")
    found = own_clients(with_clients(prepared, table, case_mix=columns), own(), priors, None)
    assert found.adjusted == "coreom_first, x_ward, age"
    assert {"coreom_first", "x_ward"} <= set(found.made.clients)
    assert any(name.startswith("x_ward[") for name in found.made.data.covariate_names)
    notes = " ".join(found.notes)
    assert "x_employed left out: missing in 5" in notes and "x_alike left out: alike" in notes
    assert "coreom_first: " in notes and "missing values filled in" in notes
    assert available(table) == ("phq9_first", "gad7_first", "age", "x_employed", "x_ward", "coreom_first", "x_alike")


def test_without_case_mix_clients_are_alike(prepared, priors):
    found = own_clients(with_clients(prepared, prepared.tables["clients"], case_mix=()), own(), priors, None)
    assert not found.made.case_mix.any() and found.adjusted == "" and "No case mix" in found.notes[0]


def test_ratings_are_the_services_own_where_every_therapist_has_one(prepared, priors):
    clients = prepared.tables["clients"]
    rng = np.random.default_rng(3)
    by_therapist = dict(zip(sorted(clients["therapist_id"].unique()), rng.normal(size=12), strict=True))
    rated = clients.assign(burnout_rating=clients["therapist_id"].map(by_therapist), competence_rating=np.nan)
    gaps = rated.copy()
    gaps.loc[gaps.groupby("therapist_id").head(2).index, "burnout_rating"] = np.nan
    for table, filled in ((rated, False), (gaps, True)):
        found = own_clients(with_clients(prepared, table), own(), priors, None)
        ids = np.array(found.made.data.therapist_ids)[found.made.data.therapist]
        np.testing.assert_allclose(found.made.rating, [by_therapist[one] for one in ids])
        assert found.rated and ("their therapist's mean" in " ".join(found.notes)) == filled
    lost = rated.assign(burnout_rating=rated["burnout_rating"].where(rated["therapist_id"] != "T0003"))
    points = rated.assign(burnout_rating=20 + 9 * rated["burnout_rating"])
    cases = {"there are none": clients, "1 therapists have none": lost, "alike, or not in SDs": points}
    for reason, table in cases.items():
        found = own_clients(with_clients(prepared, table), own(), priors, None)
        assert not found.rated and f"made up: one normal number per therapist, because {reason}" in " ".join(
            found.notes
        ).replace("those given are ", "")
        per_therapist = pd.Series(found.made.rating).groupby(found.made.data.therapist)
        assert (per_therapist.nunique() == 1).all() and per_therapist.first().std() == pytest.approx(1.0)


def test_reliability_is_given_or_assumed_and_that_is_said(prepared, priors):
    given = own(analysis={"rating_reliability": {"burnout": 0.6}})
    found = own_clients(prepared, given, priors, None)
    assert found.made.truth.reliability == 0.6 and "0.6 (given)" in found.notes[-1]
    assert "(assumed: " in own_clients(prepared, own(), priors, None).notes[-1]


def test_too_few_or_all_alike_is_said(prepared, priors):
    clients = prepared.tables["clients"]
    cases = {
        "4 therapists have a finished course": clients[clients["therapist_id"] < "T0004"],
        "nobody or everybody": clients.assign(deteriorated=pd.array([False] * len(clients), dtype="boolean")),
    }
    for reason, table in cases.items():
        with pytest.raises(DataError, match=reason):
            own_clients(with_clients(prepared, table), own(), priors, None)


def test_courses_without_a_known_outcome_are_left_out(prepared, priors):
    clients = prepared.tables["clients"].copy()
    known = clients.index[clients["finished"]]
    clients.loc[known[:20], "deteriorated"] = pd.NA
    found = own_clients(with_clients(prepared, clients), own(), priors, None)
    assert len(found.made.case_mix) == len(known) - 20
