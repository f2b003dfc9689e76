"""Each check passes on sound results and fails when just its table is spoiled."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.report import checks
from iatrogenesis.world.tidy import clients_table


@pytest.fixture(scope="module")
def clients(study, small) -> pd.DataFrame:
    run, twin = (study.setup.run(study.catalogue[name], small) for name in ("routine_care", "reference"))
    return clients_table(run, study.instruments, study.config.judgement, twin)


@pytest.fixture
def tables(clients) -> dict:
    finished = clients[clients["finished"]].groupby("therapist_id")["deteriorated"].agg(["sum", "size"]).astype(int)
    therapists = pd.DataFrame(
        {
            "dataset": "routine_care",
            "therapist_id": finished.index,
            "clients": finished["size"].to_numpy(),
            "deteriorated": finished["sum"].to_numpy(),
        }
    )
    therapists["raw_rate"] = therapists["deteriorated"] / therapists["clients"]
    therapists = therapists.assign(rate_low=0.01, rate=0.05, rate_high=0.1, p_harmful=0.2)
    values = {"deteriorated_per_client": 60.0, "iatrogenic": 13.0, "spared": 10.0}
    values |= {
        "net_against_reference": 3.0,
        "net_against_routine_care": 0.0,
        "caused_at_least": 3.0,
        "caused_at_most": 60.0,
    }
    scenarios = pd.DataFrame({"scenario": "routine_care", "measure": list(values), "value": list(values.values())})
    scenarios["high"] = scenarios["value"] + 2
    attribution = pd.DataFrame({"attribution": ["total", "shapley", "shapley"], "value": [3.0, 2.0, 1.0], "low": 0.5})
    conclusions = pd.DataFrame({"low_90": [1.0], "low_50": [2.0], "median": [3.0], "high_50": [4.0], "high_90": [5.0]})
    effects = pd.DataFrame(
        {
            "dataset": ["routine_care", "routine_care"],
            "model": ["intercept_only", "intercept_only"],
            "estimand": ["therapist_sd", "vpc"],
        }
    ).assign(low=0.0, estimate=0.5, high=1.0, mcse=0.01, truth=0.6, covered=True)
    diagnostics = pd.DataFrame(
        {"dataset": ["routine_care"], "model": ["intercept_only"], "passed": [True], "rhat": [1.0]}
    )
    return {
        "therapists": therapists,
        "scenarios": scenarios,
        "attribution": attribution.assign(outcome="deteriorated"),
        "conclusions": conclusions,
        "effects": effects,
        "diagnostics": diagnostics,
    }


def broken(rows: list[dict]) -> list[str]:
    return [row["check"] for row in rows if not row["passed"]]


def client_faults(study, clients) -> list[str]:
    return broken(checks.client_checks(clients, study.instruments, study.config.judgement))


def table_faults(tables, **changed) -> list[str]:
    part = {name: tables[name] for name in ("effects", "diagnostics")} | changed
    return broken(checks.table_checks(**part, fits=1))


def harm_faults(tables, **changed) -> list[str]:
    part = {name: tables[name] for name in ("scenarios", "attribution", "conclusions")} | changed
    return broken(checks.harm_checks(**part, routine_care="routine_care"))


def therapist_faults(tables, table, **changed) -> list[str]:
    return broken(checks.therapist_checks(tables["therapists"].assign(**changed), table, "routine_care"))


def test_sound_results_pass(study, clients, tables):
    assert client_faults(study, clients) == []
    assert table_faults(tables) == []
    assert harm_faults(tables) == []
    assert therapist_faults(tables, clients) == []
    assert broken(checks.output_checks({"a": {"value": 1.0, "low": 0.5}}, {"a.svg": 5000})) == []


@pytest.mark.trial(kind="altered", what="a client's last score in clients.parquet")
def test_a_changed_score_is_caught(study, clients):
    spoiled = clients.copy()
    at = spoiled.index[spoiled["finished"] & spoiled["deteriorated"].fillna(False)][0]
    spoiled.loc[at, "phq9_last"] = 0
    spoiled.loc[at, "gad7_last"] = 0
    assert "deteriorated follows from the scores" in client_faults(study, spoiled)


@pytest.mark.trial(kind="altered", what="{column} flipped for a client")
@pytest.mark.parametrize("column", ["deteriorated", "improved"])
def test_a_flipped_flag_is_caught(study, clients, column):
    spoiled = clients.copy()
    at = spoiled.index[spoiled["finished"]][0]
    spoiled.loc[at, column] = not spoiled.loc[at, column]
    assert f"{column} follows from the scores" in client_faults(study, spoiled)


@pytest.mark.trial(kind="altered", what="{column} flipped for a client's twin")
@pytest.mark.parametrize("column", ["iatrogenic", "spared"])
def test_a_flipped_twin_is_caught(study, clients, column):
    spoiled = clients.copy()
    at = spoiled.index[spoiled["finished"]][0]
    spoiled.loc[at, column] = not spoiled.loc[at, column]
    assert client_faults(study, spoiled) == [f"{column} follows from the twins"]


@pytest.mark.trial(kind="altered", what="a client doubled, judged without an end, or finished in one session")
def test_other_faults_of_clients_are_caught(study, clients):
    doubled = pd.concat([clients, clients.iloc[[0]]], ignore_index=True)
    assert client_faults(study, doubled) == ["client ids are unique"]
    judged = clients.copy()
    judged.loc[judged.index[~judged["finished"]][0], "deteriorated"] = True
    assert "change is judged exactly where a course was finished" in client_faults(study, judged)
    short = clients.copy()
    short.loc[short.index[short["finished"]][0], "n_sessions"] = 1
    assert client_faults(study, short) == ["finished are those with two sessions or more"]


@pytest.mark.trial(kind="altered", what="rates, counts and probabilities of therapists.csv")
def test_faults_of_therapists_are_caught(tables, clients):
    therapists = tables["therapists"]
    assert therapist_faults(tables, clients, raw_rate=0.9) == ["raw rates are deteriorated over clients"]
    more = therapist_faults(tables, clients, clients=therapists["clients"] + 1)
    assert "therapists' counts are those of their clients" in more
    assert therapist_faults(tables, clients, rate=0.5) == ["therapists' rates lie inside their intervals"]
    assert therapist_faults(tables, clients, p_harmful=1.5) == ["probabilities lie between 0 and 1"]


@pytest.mark.trial(kind="altered", what="values of scenarios.csv, attribution.csv and conclusions.csv")
def test_faults_of_tables_of_harm_are_caught(tables):
    scenarios, attribution, conclusions = tables["scenarios"], tables["attribution"], tables["conclusions"]

    def changed(measure, value):
        return scenarios.assign(value=scenarios["value"].mask(scenarios["measure"] == measure, value))

    net = changed("net_against_reference", 4.0)
    assert harm_faults(tables, scenarios=net) == ["caused less prevented is the net"]
    assert "no more are caused than deteriorate" in harm_faults(tables, scenarios=changed("iatrogenic", 70.0))
    for bound, value in (("caused_at_least", 14.0), ("caused_at_most", 12.0)):
        assert harm_faults(tables, scenarios=changed(bound, value)) == ["caused lies within its bounds"]
    itself = changed("net_against_routine_care", 1.0)
    assert harm_faults(tables, scenarios=itself) == ["routine care does not differ from itself"]
    shares = attribution.assign(value=[4.0, 2.0, 1.0])
    assert harm_faults(tables, attribution=shares) == ["shares of routes sum to their total"]
    assert harm_faults(tables, attribution=attribution.assign(low=63.0)) == ["routes cause no more than deteriorates"]
    crossed = conclusions.assign(low_50=3.5)
    assert harm_faults(tables, conclusions=crossed) == ["ranges over plausible worlds are nested"]


@pytest.mark.trial(kind="altered", what="diagnostics.csv and therapist_effects.csv emptied or out of bounds")
def test_faults_of_tables_are_caught(tables):
    effects = tables["effects"]
    assert table_faults(tables, diagnostics=tables["diagnostics"].iloc[:0]) == ["every fit is diagnosed"]
    assert table_faults(tables, effects=effects.iloc[:0]) == ["every fit has its estimates"]
    assert table_faults(tables, effects=effects.assign(estimate=5.0)) == ["estimates lie inside their intervals"]
    missing = effects.assign(mcse=[0.01, float("nan")])
    assert table_faults(tables, effects=missing) == ["every estimate has a Monte Carlo error"]


@pytest.mark.trial(kind="altered", what="a number that is not finite, a figure that is empty")
def test_bad_numbers_and_empty_figures_are_caught():
    odd = checks.output_checks({"a": {"value": 1.0, "mcse": float("nan")}}, {"a.svg": 5000})
    assert broken(odd) == ["every number is finite"]
    assert broken(checks.output_checks({}, {"a.svg": 0})) == ["every figure is there and not empty"]


def test_results_that_disappoint_are_findings_and_not_faults(tables):
    evidence = pd.DataFrame({"verdict": ["reproduced", "not reproduced"]})
    effects = pd.concat([tables["effects"].iloc[[0]]] * 20).assign(covered=False)
    diagnostics = tables["diagnostics"].assign(passed=False)
    engines = pd.DataFrame({"agree": [True, False]})
    rows = checks.findings(evidence, effects, diagnostics, engines)
    assert len(broken(rows)) == len(rows) == 4
    assert {row["kind"] for row in rows} == {"finding"}
    sound = checks.findings(evidence.iloc[:1], tables["effects"], tables["diagnostics"], engines.iloc[:1])
    assert broken(sound) == []


def test_methods_that_differ_from_the_full_study_are_a_finding():
    rng = np.random.default_rng(20261127)
    z = pd.DataFrame({"z": rng.standard_normal(1000)})
    assert broken(checks.method_findings(z)) == []
    for odd in (z.assign(z=2.5 * z["z"]), pd.concat([z, pd.DataFrame({"z": [-5.1]})])):
        (row,) = checks.method_findings(odd)
        assert not row["passed"] and row["kind"] == "finding"
    assert checks.method_findings(z.iloc[:0]) == []  # this run's own are shown, and nothing is beside them


def test_a_broken_invariant_is_named_and_a_finding_is_not():
    rows = [
        checks.row("rates lie between 0 and 1", 1.2, "0 to 1", passed=False),
        checks.row("each client has a therapist", 40, 40),
        checks.row("patterns reproduced", "50 of 56", "56 of 56", "finding"),
    ]
    with pytest.raises(checks.CheckError) as refused:
        checks.require(pd.DataFrame(rows), "results/tiny/tables/checks.csv")
    said = str(refused.value)
    assert said.startswith("1 of 3 checks failed")
    assert "rates lie between 0 and 1: found 1.2, expected 0 to 1" in said
    assert "results/tiny/tables/checks.csv" in said and "patterns" not in said
    checks.require(pd.DataFrame(rows[1:]), "checks.csv")
