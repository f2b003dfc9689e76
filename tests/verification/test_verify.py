"""Each claim gets the verdict that it deserves, and the exit code tells the worst of them."""

import hashlib
import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml

from iatrogenesis.core.claims import Claims
from iatrogenesis.verification.page import verification_page
from iatrogenesis.verification.reference import keep
from iatrogenesis.verification.rounding import FILE as ROUNDING
from iatrogenesis.verification.rounding import rounding
from iatrogenesis.verification.verdicts import (
    CHANGED,
    DRAWS,
    LOCK,
    NOT,
    REPRODUCED,
    ROUNDED,
    UNKNOWN,
    WITHIN,
    errors_allowed,
)
from iatrogenesis.verification.verify import NotFinished, verify
from tests.verification import jobs
from tests.verification.jobs import finished  # noqa: F401  a fixture

REFERENCE = Path("results/reference/t")
CLAIMS = {
    "net": {
        "sentence": "Net harm <b>of all</b> routes, per 1,000 clients",
        "number": "{routine_care}.net",
        "table": "tables/scenarios.csv",
        "row": {"scenario": "{routine_care}", "measure": "net"},
        "column": "value",
        "mcse": "mcse",
        "kind": "simulated",
    },
    "sd": {
        "sentence": "Standard deviation between therapists, log odds",
        "number": "{routine_care}.intercept_only.therapist_sd",
        "table": "tables/effects.csv",
        "row": {"dataset": "{routine_care}", "model": "intercept_only", "estimand": "therapist_sd"},
        "column": "estimate",
        "mcse": "mcse",
        "kind": "posterior",
    },
}


def study(config=jobs.CONFIG) -> SimpleNamespace:
    return SimpleNamespace(
        name="t",
        claims=Claims.model_validate(CLAIMS).of("routine_care"),
        config=SimpleNamespace(model_dump=lambda mode: config),
        catalogue={},
    )


@pytest.fixture
def accepted(finished) -> None:  # noqa: F811
    keep(study(), jobs.RESULTS, REFERENCE)


def found(config=jobs.CONFIG):
    return verify(study(config), jobs.RESULTS, REFERENCE, Path())


def verdicts(of) -> dict[str, str]:
    return {row["name"]: row["verdict"] for row in of.rows}


TABLES = [f"tables/{name}.csv" for name in ("effects", "evidence", "scenarios", "true_rates")]
FIGURES = ["figures/scenarios.svg", "figures/effects.svg"]
NAMES = ("net", "sd", "simulated/routine_care/clients.parquet", *FIGURES, *TABLES)
OF_DRAWS = {"sd": WITHIN, "figures/effects.svg": DRAWS, "tables/effects.csv": WITHIN}


def test_what_is_as_it_was_is_reproduced(accepted):
    result = found()
    assert verdicts(result) == dict.fromkeys(NAMES, REPRODUCED)
    assert (result.code, result.faults, result.changed) == (0, [], [])


def test_other_draws_are_within_their_error_or_not(accepted):
    jobs.run(fit="other draws of 0.72")
    jobs.manifest()
    result = found()
    assert verdicts(result) == dict.fromkeys(NAMES, REPRODUCED) | OF_DRAWS
    assert result.code == 0
    jobs.run(fit="draws of 0.9")
    jobs.manifest()
    result = found()
    assert verdicts(result)["sd"] == verdicts(result)["tables/effects.csv"] == NOT and result.code == 1
    assert "it was 0.7, 14 combined errors away; 2.6 are allowed" in result.table()["reason"].tolist()


@pytest.mark.trial(kind="altered", what="an estimate, with so large an error of its own that anything is within it")
def test_results_do_not_set_their_own_tolerance(accepted):
    effects = "dataset,model,estimand,estimate,mcse\nroutine_care,intercept_only,therapist_sd,{},{}\n"
    for value, own, verdict in ((0.75, 0.019, NOT), (0.72, 0.019, WITHIN), (0.72, 0.021, NOT), (0.7, 10, NOT)):
        jobs.run(effects=effects.format(value, own))
        jobs.manifest()
        assert verdicts(found())["sd"] == verdict, (value, own)
    assert "its Monte Carlo error is otherwise: 10, and was 0.01" in found().table()["reason"].tolist()


@pytest.mark.trial(kind="altered", what="a claim taken out of config/claims.yaml, or called of another kind there")
def test_claims_of_the_reference_are_not_lost_or_called_otherwise(accepted, monkeypatch):
    monkeypatch.setitem(CLAIMS, "net", CLAIMS["net"] | {"kind": "posterior"})
    result = found()
    assert verdicts(result)["net"] == NOT and result.code == 1
    assert "its kind is 'posterior' in config/claims.yaml and 'simulated' in the reference" in str(result.rows)
    monkeypatch.delitem(CLAIMS, "net")
    result = found()
    assert verdicts(result)["net"] == NOT and result.code == 1
    page = verification_page(result, study().claims, jobs.RESULTS, REFERENCE)
    assert "config/claims.yaml does not any more" in page


@pytest.mark.trial(kind="altered", what="the lock, after the run")
def test_another_lock_is_said(accepted):
    Path("requirements.lock").write_text("numpy==1\n")
    record = jobs.CONFIG, hashlib.sha256(b"numpy==1\n").hexdigest()
    text = {"config": record[0], "scenarios": {}, "requirements_lock_sha256": record[1]}
    jobs.run(run_record=yaml.safe_dump(text))
    jobs.manifest()
    assert found().code == 0
    Path("requirements.lock").write_text("numpy==2\n")
    result = found()
    assert verdicts(result)["requirements.lock"] == LOCK and result.code == 2
    assert "The lock is not that of these results" in verification_page(result, study().claims, jobs.RESULTS, REFERENCE)


def test_a_simulated_number_has_to_be_the_same_however_large_its_error(accepted):
    """All records and checksums are in order: only the reference tells."""
    jobs.run(compare="scenario,measure,value,mcse\nroutine_care,net,13.3,0.5\n")
    jobs.manifest()
    result = found()
    assert result.faults == []
    assert verdicts(result)["net"] == verdicts(result)["figures/scenarios.svg"] == NOT
    assert verdicts(result)["sd"] == REPRODUCED and result.code == 1


def test_the_last_digits_of_logarithms_may_differ(accepted):
    jobs.run(compare="scenario,measure,value,mcse\nroutine_care,net,13.250001,0.5\n")
    jobs.manifest()
    assert verdicts(found())["net"] == REPRODUCED


def test_on_a_machine_that_rounds_otherwise_claims_are_compared_and_bytes_are_not(accepted):
    kept = (REFERENCE / ROUNDING).read_text()
    assert kept == f"{rounding()}\n" and len(rounding()) == 16
    for value, verdict, code in ((13.250001, REPRODUCED, 0), (13.3, NOT, 1)):
        jobs.run(compare=f"scenario,measure,value,mcse\nroutine_care,net,{value},0.5\n")
        jobs.manifest()
        assert verdicts(found())["figures/scenarios.svg"] == NOT
        (REFERENCE / ROUNDING).write_text("0" * 16)
        result = found()
        assert verdicts(result)["net"] == verdict and result.code == code
        assert {verdicts(result)[name] for name in ("figures/scenarios.svg", "tables/scenarios.csv")} == {ROUNDED}
        (REFERENCE / ROUNDING).write_text(kept)


@pytest.mark.trial(kind="altered", what="one digit of a table: the claim that rests on it is not reproduced")
def test_a_claim_that_rests_on_an_altered_file_is_not_reproduced(accepted):
    Path(jobs.SCENARIOS).write_text("scenario,measure,value,mcse\nroutine_care,net,13.35,0.5\n")
    result = found()
    assert verdicts(result)["net"] == NOT and verdicts(result)["sd"] == REPRODUCED and result.code == 1
    assert result.table()["reason"].str.contains("tables/scenarios.csv: altered").any()


@pytest.mark.trial(kind="altered", what="a figure replaced by another: it is not reproduced, though its data are")
def test_a_figure_that_is_not_what_its_rule_drew_is_not_reproduced(accepted):
    Path(jobs.SCENARIOS_FIGURE).write_bytes(Path(jobs.EFFECTS_FIGURE).read_bytes() + b"\n")
    result = found()
    assert verdicts(result) == dict.fromkeys(NAMES, REPRODUCED) | {"figures/scenarios.svg": NOT} and result.code == 1


@pytest.mark.parametrize("path", [jobs.SCENARIOS, jobs.NUMBERS, jobs.CLIENTS, jobs.POSTERIOR])
def test_a_broken_or_missing_file_gets_a_verdict_and_no_traceback(accepted, path):
    for change in (lambda: Path(path).write_bytes(b"\x00\xff"), Path(path).unlink):
        change()
        result = found()
        assert NOT in verdicts(result).values() and result.code == 1


@pytest.mark.trial(kind="altered", what="the configuration, after the run")
def test_results_of_another_configuration_are_not_compared(accepted):
    result = found({"seed": 1, "design": {"replicates": 4}})
    assert result.changed == ["config.design.replicates"]
    assert set(verdicts(result).values()) == {CHANGED} and result.code == 2


@pytest.mark.trial(kind="altered", what="the seed at the head of run.yaml, its record and both lists")
def test_the_record_of_a_run_says_its_own_seed_and_study(accepted):
    for said in ({"seed": 1, "study": "t"}, {"seed": 2}, {"study": "u"}):
        jobs.run(run_record=yaml.safe_dump({"config": jobs.CONFIG, "scenarios": {}} | said))
        jobs.manifest()
        right = said == {"seed": 1, "study": "t"}
        assert (found().changed, found().code) == (([], 0) if right else ([*said], 2))


@pytest.mark.trial(kind="altered", what="published data after the run: what rests on them cannot be compared")
def test_results_of_other_data_are_not_compared(accepted):
    Path("config/evidence.csv").write_text("id,value\nD01,0.05\n")
    result = found()
    assert [(fault.path, fault.kind) for fault in result.faults] == [("tables/evidence.csv", CHANGED)]
    assert result.code == 2
    Path(jobs.REPORT).write_text("forged")
    assert found().code == 1


@pytest.mark.trial(kind="altered", what="parameters of a rule, and the results made again by them")
def test_results_of_other_parameters_are_not_compared(accepted):
    jobs.run("fit", "effects", "numbers", "figure_effects", "report", "run_record", seed=2)
    jobs.manifest()
    result = found()
    assert {name for name, verdict in verdicts(result).items() if verdict == CHANGED} == OF_DRAWS.keys()
    assert result.code == 2


def test_without_a_reference_only_files_are_held_to_each_other(finished):  # noqa: F811
    result = found()
    assert set(verdicts(result).values()) == {UNKNOWN} and result.code == 2


def test_a_number_that_the_report_has_otherwise_is_not_reproduced(accepted):
    jobs.run(
        "numbers",
        "report",
        "run_record",
        numbers='{"routine_care.net": {"value": 0}, "routine_care.intercept_only.therapist_sd": {"value": 0.7}}',
    )
    jobs.manifest()
    assert verdicts(found())["net"] == NOT
    assert "tables/numbers.json says 0" in found().table()["reason"].str.cat()


def test_a_number_or_figure_that_is_lost_is_not_reproduced(accepted):
    jobs.run(compare="scenario,measure,value,mcse\nroutine_care,other,13.25,0.5\n", numbers="{}")
    (jobs.RESULTS / "figures" / "scenarios.svg").unlink()
    (jobs.RESULTS / "records" / "figure_scenarios.json").unlink()
    result = found()
    assert verdicts(result)["net"] == verdicts(result)["figures/scenarios.svg"] == NOT


def test_unfinished_results_are_not_verified(finished):  # noqa: F811
    Path(jobs.at("SHA256SUMS")).unlink()
    with pytest.raises(NotFinished, match="make report STUDY=t"):
        found()


def test_nothing_is_kept_of_results_that_do_not_fit(finished):  # noqa: F811
    Path(jobs.REPORT).write_text("forged")
    with pytest.raises(SystemExit, match=r"report\.html: altered"):
        keep(study(), jobs.RESULTS, REFERENCE)
    assert not REFERENCE.exists()


def test_so_many_errors_are_allowed_that_all_claims_hold_together():
    assert errors_allowed(1) == pytest.approx(2.5758, abs=1e-4)
    noise = np.random.default_rng(7).normal(size=(200_000, 6))
    wrong = (np.abs(noise) > errors_allowed(6)).any(axis=1).mean()
    assert wrong == pytest.approx(0.01, abs=4 * (0.01 * 0.99 / 200_000) ** 0.5)


def test_the_page_is_one_file_that_may_fetch_and_run_nothing(accepted):
    Path(jobs.at("tables/<img src=x>.csv")).write_text("a")
    text = verification_page(found(), study().claims, jobs.RESULTS, REFERENCE)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[1]
    assert policy.startswith("default-src 'none'") and "script-src" not in policy
    assert not re.search(r"<script|\son\w+=|<img|<link|@import|https?://", text)
    assert "Net harm &lt;b&gt;of all&lt;/b&gt; routes" in text and "tables/&lt;img src=x&gt;.csv" in text
    assert "Something is not as it was." in text and "recompute/net.py" in text


@pytest.mark.trial(kind="altered", what="a file added whose name is a spreadsheet's formula")
def test_a_files_name_is_no_formula(accepted):
    Path(jobs.at("=1+1.csv")).write_text("a")
    assert found().table()["name"].iloc[0] == "./=1+1.csv"


def test_the_table_has_a_row_for_each_claim_table_figure_and_misfit(accepted):
    Path(jobs.at("added.txt")).write_text("a")
    table = found().table()
    assert Counter(table["what"]) == {"claim": 2, "simulated table": 1, "table": 4, "figure": 2, "file": 1}
    sd = table.set_index("name").loc["sd"]
    assert (sd["value"], sd["reference"], sd["mcse"]) == (0.7, 0.7, 0.01)
    assert isinstance(table, pd.DataFrame)
