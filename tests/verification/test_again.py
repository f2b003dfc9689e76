"""What has to be made again is told to Snakemake, and nothing that no rule makes."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from iatrogenesis.verification.again import again, main
from iatrogenesis.verification.records import FOLDER
from tests.verification import jobs
from tests.verification.alterations import (
    code_edited,
    dangling,
    digit,
    folder_linked,
    list_has_no_record,
    list_rests_on_nothing,
)
from tests.verification.jobs import finished  # noqa: F401  a fixture


@pytest.mark.parametrize("change", [list_rests_on_nothing, list_has_no_record])
def test_without_a_good_record_of_the_list_it_is_made_again(finished, change):  # noqa: F811
    change()
    assert any("SHA256SUMS" in path for path in again(jobs.RESULTS))


def test_what_nobody_made_and_is_no_file_is_not_made_again(finished):  # noqa: F811
    dangling()
    folder_linked()
    assert again(jobs.RESULTS) == {}
    jobs.manifest()


def test_the_option_for_snakemake_names_files_and_says_why(finished, capsys):  # noqa: F811
    main(str(jobs.RESULTS))
    assert capsys.readouterr() == ("", "")
    digit()
    main(str(jobs.RESULTS))
    said = capsys.readouterr()
    assert said.out == "--forcerun results/t/tables/scenarios.csv\n"
    assert "To be made again: results/t/tables/scenarios.csv: altered" in said.err
    main("results/nowhere")
    assert capsys.readouterr() == ("", "")


@pytest.mark.trial(kind="refused", what="a record that names a file which a shell would take for a command")
def test_what_a_record_names_is_no_command(finished, capsys):  # noqa: F811
    place = jobs.RESULTS / FOLDER / "compare.json"
    record = json.loads(place.read_text())
    place.write_text(json.dumps(record | {"written": {"a; touch b": ""} | record["written"]}))
    main(str(jobs.RESULTS))
    assert "'results/t/a; touch b'" in capsys.readouterr().out


def test_of_very_many_whole_rules_are_named(finished, monkeypatch):  # noqa: F811
    code_edited()
    assert set(again(jobs.RESULTS)) == {*(rule.written for rule in jobs.RULES), jobs.at("SHA256SUMS")}
    monkeypatch.setattr("iatrogenesis.verification.again.MOST", 3)
    assert set(again(jobs.RESULTS)) == {*(rule.name for rule in jobs.RULES), "manifest"}


@pytest.mark.trial(kind="refused", what="very many records whose rules are options of Snakemake that run code")
def test_what_a_record_calls_a_rule_is_no_option(finished, capsys, monkeypatch):  # noqa: F811
    monkeypatch.setattr("iatrogenesis.verification.again.MOST", 3)
    for i, rule in enumerate(["--configfile=evil.yaml", "-sevil.smk", "--snakefile", "compare; touch b"]):
        record = {"rule": rule, "params": "", "written": {f"tables/gone_{i}.csv": ""}}
        (jobs.RESULTS / FOLDER / f"evil_{i}.json").write_text(json.dumps(record))
    (jobs.RESULTS / "SHA256SUMS").unlink()  # without lists, every record counts
    main(str(jobs.RESULTS))
    option, *named = capsys.readouterr().out.split()
    assert option == "--forcerun" and named == [f"results/t/tables/gone_{i}.csv" for i in range(4)]


@pytest.mark.trial(kind="altered", what="a folder of tables replaced by a link out of the results: no run writes there")
def test_a_run_does_not_write_through_a_linked_folder(finished, capsys):  # noqa: F811
    tables = jobs.RESULTS / "tables"
    tables.rename("elsewhere")
    tables.symlink_to(Path("elsewhere").resolve(), target_is_directory=True)
    with pytest.raises(SystemExit) as found:
        main(str(jobs.RESULTS))
    assert "results/t/tables: this is a link to" in str(found.value) and "remove it" in str(found.value)
    assert capsys.readouterr().out == ""
    assert found.value.code not in (0, None)  # make then runs nothing


SUMMARY = """import sys; assert sys.argv[1:] == ["--summary"]
print("output_file\\tdate\\trule\\tlog-file(s)\\tstatus\\tplan")
print("results/t/tables/scenarios.csv\\tnow\\tcompare\\t-\\tok\\tno update")"""


@pytest.mark.trial(kind="altered", what="a table of a rule that the workflow has no more: the others are made again")
def test_what_no_rule_makes_any_more_does_not_stop_the_run(finished, capsys, monkeypatch):  # noqa: F811
    digit()
    Path(jobs.TRUE).write_text("altered")  # and its rule is gone: Snakemake would end in MissingRuleException
    main(str(jobs.RESULTS), ".", sys.executable, "-c", SUMMARY)
    said = capsys.readouterr()
    assert said.out == "--forcerun results/t/tables/scenarios.csv\n"
    assert "No rule makes this any more; delete it, if it is in the way: results/t/tables/true_rates.csv" in said.err
    monkeypatch.setattr("iatrogenesis.verification.again.MOST", 1)
    main(str(jobs.RESULTS), ".", sys.executable, "-c", SUMMARY)
    assert capsys.readouterr().out == "--forcerun compare\n"
    main(str(jobs.RESULTS), ".", sys.executable, "-c", "raise SystemExit(1)")
    assert capsys.readouterr().out == "--forcerun compare true_rates\n"  # then Snakemake says itself what is wrong


@pytest.mark.trial(kind="altered", what="a folder in the place of a table, and a file in the place of a folder")
def test_what_is_in_the_way_is_named_before_anything_is_run(finished, capsys):  # noqa: F811
    Path(jobs.SCENARIOS).unlink()
    Path(jobs.SCENARIOS).mkdir()
    shutil.rmtree(jobs.at("posterior"))
    Path(jobs.at("posterior")).touch()
    with pytest.raises(SystemExit) as found:
        main(str(jobs.RESULTS))
    assert str(found.value).splitlines() == [
        "results/t/posterior: this is a file, where a folder belongs; remove it",
        "results/t/tables/scenarios.csv: this is a folder, where a file belongs; remove it",
    ]
    assert capsys.readouterr().out == ""
