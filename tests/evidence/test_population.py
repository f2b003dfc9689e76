"""Table 1 and the flow of clients: counted as pandas counts, adding up, and refused where a source is missing."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.montecarlo import ratio
from iatrogenesis.core.sources import bibliography_keys, records
from iatrogenesis.core.yaml_text import ConfigError
from iatrogenesis.evidence.client_flow import STEPS, flow_table
from iatrogenesis.evidence.counted import Counted
from iatrogenesis.evidence.population import COLUMNS, NONE, population_table, read_population
from iatrogenesis.world.tidy import clients_table
from tests.conftest import CONFIG

KEYS = bibliography_keys(CONFIG / "references.bib")


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return read_population(CONFIG / "population.csv", KEYS)


@pytest.fixture(scope="module")
def names(rows) -> set[str]:
    return {*STEPS, *rows.loc[rows["variable"] != "", "variable"]}


@pytest.fixture(scope="module")
def run(study, small):
    return study.setup.run(study.catalogue["routine_care"], small)


@pytest.fixture(scope="module")
def moments(study, run, names):
    counted = Counted(names)
    counted.add(run, study.setup.instruments, study.setup.judgement)
    return counted.moments()


@pytest.fixture(scope="module")
def evidence(study) -> pd.DataFrame:
    table = study.evidence.rename(columns={"value": "published", "lower": "published_low", "upper": "published_high"})
    return table.assign(simulated=table["published"] + 0.01, mcse=0.002)


@pytest.fixture(scope="module")
def table(study, rows, evidence, moments) -> pd.DataFrame:
    return population_table(rows, evidence, records(study.catalogue["routine_care"].world), moments)


def test_counts_are_those_of_the_clients_table(study, run, moments):
    clients = clients_table(run, study.setup.instruments, study.setup.judgement)
    finished = clients[clients["finished"]]
    for step, some in {
        "allotted": clients,
        "one_session": clients[clients["n_sessions"] == 1],
        "finished": finished,
        "dropped_out": clients[clients["end"] == "dropped_out"],
        "deteriorated": finished[finished["deteriorated"]],
        "improved": finished[finished["improved"]],
        "recovered": finished[finished["recovered"].fillna(False)],
        "returns": finished[finished["seeks_help_again"].fillna(False)],
        "deprivation=9+10": clients[clients["deprivation"] >= 9],
        "age_band=18-25": clients[clients["age_band"] == "18-25"],
        "trauma": clients[clients["trauma"]],
    }.items():
        assert moments[step].total == len(some), step
        assert moments[step].mean == pytest.approx(len(some) / len(clients)), step
    assert moments["recovered_of_cases"].mean == pytest.approx(finished["recovered"].mean())
    assert moments["therapist.caseload"].sd == pytest.approx(run.therapists.caseload.std())


def test_errors_are_those_of_a_ratio_over_services(run, moments):
    services = run.therapists.replicate.astype(int) * 2 + run.therapists.service
    places = np.bincount(services, weights=run.therapists.caseload)
    value, error = ratio(places, np.bincount(services).astype(float))
    found = moments["therapist.caseload"]
    assert found.mean == pytest.approx(value)
    assert found.mean_mcse == pytest.approx(error, rel=1e-9)  # as many therapists in each: the ratio is a mean


def test_blocks_change_nothing(study, small, names, moments):
    counted = Counted(names)
    for replicate in range(small.replicates):
        run = study.setup.run(study.catalogue["routine_care"], small, replicates=range(replicate, replicate + 1))
        counted.add(run, study.setup.instruments, study.setup.judgement)
    for name, found in counted.moments().items():
        assert vars(found) == pytest.approx(vars(moments[name]), nan_ok=True), name


def test_the_flow_adds_up(moments, table, small):
    flow = flow_table(moments, table, small.replicates).set_index("step")
    clients = flow["clients"]
    assert clients["one_session"] + clients["finished"] == clients["allotted"]
    assert clients["completed"] + clients["dropped_out_later"] == clients["finished"]
    assert clients["deteriorated"] + clients["unchanged"] + clients["improved"] == clients["finished"]
    assert clients["dropped_out"] == clients["one_session"] + clients["dropped_out_later"]
    assert clients["recovered"] <= clients["cases"] and clients["returns"] <= clients["unwell"]
    assert flow.loc["allotted", "per_1000"] == 1000 and clients["referred"] == 0
    assert flow.loc["finished", "clients_a_year"] == clients["finished"] / small.replicates
    assert flow.loc["recovered", "share_of_step"] == clients["recovered"] / clients["cases"]
    assert flow.loc["deteriorated", "published"] == 0.0584
    assert flow.loc["completed", "source"] == NONE


def test_referral_is_counted_where_it_is_done(study, small):
    counted = Counted(["referred"])
    run = study.setup.run(study.catalogue["all_preventions_optimistic"], small)
    counted.add(run, study.setup.instruments, study.setup.judgement)
    assert counted.moments()["referred"].total == run.state.referred.sum() > 0


def test_each_row_has_its_source_or_says_that_there_is_none(rows, table, study):
    by = table.set_index("id")
    assert list(table["id"]) == list(rows["id"])
    unpublished = by["published"].isna()
    assert (by.loc[unpublished, "source"] == NONE).all() and unpublished.any()
    assert by.loc[~unpublished, "source"].isin(KEYS).all() and by.loc[~unpublished, "where"].str.len().gt(0).all()
    deprivation = study.catalogue["routine_care"].world.client.deprivation_shares.value
    assert by.loc["most_deprived", "published"] == pytest.approx(deprivation["9"] + deprivation["10"])
    assert by.loc["deteriorated", "simulated"] == pytest.approx(0.0684)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"evidence": "D01"}, "give either a pattern"),
        ({"variable": ""}, "give either a pattern"),
        ({"moment": "median"}, "moment must be one of mean, sd"),
        ({"value": "0.5"}, "needs cite, where and certainty"),
        ({"cite": "saxon2017therapist"}, "needs cite, where and certainty"),
        ({"value": "half", "cite": "saxon2017therapist", "where": "a", "certainty": "read"}, "value must be a number"),
        ({"value": "0.5", "cite": "nobody1900", "where": "a", "certainty": "read"}, "no source 'nobody1900'"),
        ({"value": "0.5", "parameter": "client.trauma_share"}, "one published value a row"),
        ({"id": "trauma"}, "duplicate id 'trauma'"),
        ({"unit": ""}, "give section, characteristic and unit"),
    ],
)
def test_faulty_rows_are_refused(tmp_path, changed, words):
    row = {"id": "new", "section": "Clients", "characteristic": "x", "unit": "proportion", "variable": "trauma"}
    path = tmp_path / "population.csv"
    known = pd.read_csv(CONFIG / "population.csv", dtype=str, keep_default_na=False)
    added = dict.fromkeys(COLUMNS, "") | row | {"moment": "mean"} | changed
    pd.concat([known, pd.DataFrame([added])]).to_csv(path, index=False)
    with pytest.raises(ConfigError, match=words):
        read_population(path, KEYS)


@pytest.mark.parametrize(
    "row",
    [{"evidence": "T99", "variable": ""}, {"parameter": "client.hope"}, {"parameter": "client.trauma_share"}],
)
def test_what_is_not_there_is_refused(study, rows, evidence, moments, row):
    one = rows[rows["id"] == "trauma"].assign(**row)
    with pytest.raises(ConfigError, match="trauma"):
        population_table(one, evidence, records(study.catalogue["routine_care"].world), moments)
