"""Formulas, paths, small numbers, and codes instead of ids."""

import csv
import json
import stat
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.privacy import anonymised, code_for_path, key_path, safe_cells, suppressed, write_table
from iatrogenesis.own_data.settings import Privacy
from iatrogenesis.own_data.table_files import write_tables
from tests.own_data.checks.clean import settings

NHS, PLAIN = Privacy(small_numbers="nhs"), Privacy()
FORMULAS = ["=1+1", "+44 20", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u200b=cmd", "＝1"]


@pytest.mark.trial(kind="refused", what="the cell {text} as a spreadsheet's formula")
@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_can_become_a_formula(text, tmp_path):
    table = pd.DataFrame({"name": [text], text: [-1.5], "n": [-3]})
    write_table(table, tmp_path / "table.csv", PLAIN)
    with (tmp_path / "table.csv").open(encoding="utf-8", newline="") as file:
        header, row = csv.reader(file)
    assert row[1:] == ["-1.5", "-3"]
    assert row[0] == header[1] and row[0].startswith("'") and row[0].replace("'", "") == text


@pytest.mark.trial(kind="refused", what="the cell {text} as a formula where semicolons separate")
@pytest.mark.parametrize("text", ["T1;=1+1", "T1; @SUM(A1)", "T1\t=1", "T1\n=1", "T1\r\n+1", "T1;=1;=2", '"T1;=1'])
def test_no_part_of_a_text_can_become_a_formula_where_semicolons_separate(text, tmp_path):
    """Excel opens a CSV file by the list separator of its country."""
    write_table(pd.DataFrame({"name": ["A", text], "n": [1, 3]}), tmp_path / "table.csv", PLAIN)
    written = (tmp_path / "table.csv").read_text(encoding="utf-8")
    parts = [part.strip(' "') for line in written.splitlines() for part in line.replace("\t", ";").split(";")]
    assert not any(part.startswith(("=", "+", "-", "@")) for part in parts), written
    with (tmp_path / "table.csv").open(encoding="utf-8", newline="") as file:
        assert next(row[0] for row in csv.reader(file) if row[0].strip('"').startswith("T1")).replace("'", "") == text


def test_text_that_is_no_formula_stays_as_it_is():
    texts = ["T1; T2", "a-b;c", "2020;2021", "PHQ-9", "x = 1", "it's", None, 5]
    assert list(safe_cells(pd.DataFrame({"x": pd.Series(texts, dtype=object)}))["x"]) == texts


def test_categories_are_made_safe_and_numbers_stay_numbers():
    table = pd.DataFrame({"kind": pd.Categorical(["=a", "b"]), "x": [-1.0, np.nan], "flag": [True, None]})
    safe = safe_cells(table)
    assert list(safe["kind"]) == ["'=a", "b"]
    assert safe["x"].dtype == "float64"
    assert list(table["kind"]) == ["=a", "b"]


@pytest.mark.trial(kind="refused", what="an id {text} as the name of a file")
@pytest.mark.parametrize(
    "text", ["../../etc/passwd", "a/b", "<b>", "T\x00", "T\n1", "\u202eT", "x" * 4000, "", "CON", "é"]
)
def test_ids_cannot_leave_their_folder(text, tmp_path):
    code = code_for_path(text)
    assert Path(code).name == code
    assert len(code) < 50
    assert set(code) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
    (tmp_path / f"{code}.svg").touch()
    assert code != code_for_path(text + " ")


def test_small_numbers_are_left_out_and_others_rounded():
    table = pd.DataFrame({"unit": list("abcd"), "n": [4, 52, 3, 98]})
    assert list(suppressed(table, ["n"], "nhs")["n"]) == ["*", 50, "*", 100]
    assert suppressed(table, ["n"], "none") is table


def test_a_single_count_cannot_be_worked_out_from_a_total():
    table = pd.DataFrame({"year": [1, 1, 1, 2, 2], "n": [4, 52, 31, 60, 70]})
    assert list(suppressed(table, ["n"], "nhs")["n"]) == ["*", 50, "*", 60, 70]
    within = suppressed(table.assign(n=[40, 52, 31, 3, 70]), ["n"], "nhs", within=["year"])["n"]
    assert list(within) == [40, 50, 30, "*", "*"]


def test_neither_part_of_a_whole_gives_the_other_away():
    table = pd.DataFrame({"n": [20, 100, 100], "deteriorated": [17, 40, 30]})
    found = suppressed(table, ["n", "deteriorated"], "nhs")
    assert list(found["deteriorated"]) == ["*", 40, "*"]


def test_rates_go_with_their_counts_and_lose_their_digits():
    table = pd.DataFrame({"n": [60, 90, 80], "deteriorated": [3, 7, 11], "rate": [0.05, 0.0777, 0.1375]})
    found = suppressed(table, ["n", "deteriorated"], "nhs", rates={"rate": "deteriorated"})
    assert list(found["deteriorated"]) == ["*", "*", 10]
    assert np.isnan(found["rate"].iloc[0]) and np.isnan(found["rate"].iloc[1])
    assert found["rate"].iloc[2] == 0.14


@given(st.lists(st.integers(0, 40), min_size=2, max_size=8))
@hypothesis_settings(max_examples=50, deadline=None)
def test_no_count_below_five_is_ever_written_or_alone(counts):
    found = list(suppressed(pd.DataFrame({"n": counts}), ["n"], "nhs")["n"])
    assert all(value == "*" or value >= 5 for value in found)
    assert all(shown == "*" for shown, true in zip(found, counts, strict=True) if true < 5)
    assert found.count("*") != 1


def test_tables_of_results_are_suppressed_by_the_names_of_their_columns(tmp_path):
    table = pd.DataFrame(
        {
            "therapist_id": ["T1", "T2", "T3"],
            "clients": [3, 41, 52],
            "deteriorated": [1, 12, 9],
            "raw_rate": [1 / 3, 12 / 41, 9 / 52],
            "p_high_mid": [0.2, 0.3, 0.4],  # with the number that is expected they give the count away
            "p_low_mid": [0.8, 0.7, 0.6],
        }
    )
    write_table(table, tmp_path / "therapists.csv", NHS)
    found = pd.read_csv(tmp_path / "therapists.csv", dtype=str)
    assert list(found["clients"]) == ["*", "*", "50"]
    assert list(found["deteriorated"]) == ["*", "*", "*"]
    assert found[["raw_rate", "p_high_mid", "p_low_mid"]].isna().all(axis=None)
    write_table(table, tmp_path / "therapists.csv", PLAIN)
    assert list(pd.read_csv(tmp_path / "therapists.csv")["clients"]) == [3, 41, 52]


def test_raw_rates_of_other_definitions_go_with_their_counts(tmp_path):
    table = pd.DataFrame({"clients": [200, 200, 200], "deteriorated": [12, 3, 1], "rate": [0.06, 0.015, 0.005]})
    write_table(table, tmp_path / "sensitivity_definition.csv", NHS)
    assert list(pd.read_csv(tmp_path / "sensitivity_definition.csv")["rate"].isna()) == [False, True, True]
    write_table(table, tmp_path / "therapists.csv", NHS)  # there it is the model's, which grows with the count
    assert list(pd.read_csv(tmp_path / "therapists.csv")["rate"].isna()) == [False, True, True]


def test_nothing_is_left_of_a_therapist_from_which_a_small_count_follows(tmp_path):
    """Two services that differ in small counts alone: what is shown of those therapists is the same."""
    shown = ("therapist_id", "clients", "deteriorated", "expected", "reliability", "named")
    found = []
    for small in (0, 4):
        clients, worse = np.array([60, 60, 60, 60]), np.array([small, 3, 14, 17 - small])
        rate = (worse + 6) / (clients + 100)  # as a model has it: each count has its own
        table = pd.DataFrame({"therapist_id": list("abcd"), "clients": clients, "deteriorated": worse})
        table = table.assign(rate=rate, rate_low=rate / 2, rate_high=2 * rate, rank=[1.0, 2.0, 3.0, 4.0])
        table = table.assign(
            p_harmful=rate, beyond_exact=["below"] * 4, expected=6.4321, reliability=0.4321, named=True
        )
        flags = pd.DataFrame({"therapist_id": list("abcd"), "flagged": [small == 0, False, True, True], "rule": "r"})
        targets = [str(tmp_path / f"{name}.csv") for name in ("therapists", "flags")]
        write_tables({"therapists": table, "flags": flags}, targets, NHS)
        people, said = (pd.read_csv(target, dtype=str) for target in targets)
        few = people[people["deteriorated"] == "*"].set_index("therapist_id")
        assert list(few.index) == ["a", "b"] and few.drop(columns=[n for n in shown if n in few]).isna().all(axis=None)
        assert list(said["flagged"]) == ["*", "*", "True", "True"]
        assert people.set_index("therapist_id").loc["c", "rate"] == "0.12"
        found.append(few)
    pd.testing.assert_frame_equal(*found)
    assert set(found[0]["expected"].astype(float)) == {6.0} and set(found[0]["reliability"].astype(float)) == {0.4}


def test_sizes_that_were_supposed_count_nobody(tmp_path):
    limits = pd.DataFrame({"clients": [1, 2, 3], "high": [0.5, 0.4, 0.3]})
    write_table(limits, tmp_path / "funnel.csv", NHS)
    assert list(pd.read_csv(tmp_path / "funnel.csv")["clients"]) == [1, 2, 3]
    write_table(limits, tmp_path / "periods.csv", NHS)
    assert list(pd.read_csv(tmp_path / "periods.csv")["clients"]) == ["*"] * 3


def test_a_flow_is_suppressed_step_by_step(tmp_path):
    flow = pd.DataFrame(
        {"step": ["r", "u", "u", "u"], "reason": ["", "no therapist", "same course", ""], "rows": [400, 2, 8, 390],
         "clients": [400, 2, 8, 390], "therapists": [10, 0, 0, 10]}
    )  # fmt: skip
    write_table(flow, tmp_path / "flow.csv", NHS)
    found = pd.read_csv(tmp_path / "flow.csv", dtype=str)
    assert list(found["rows"]) == ["400", "*", "*", "390"]


def tables() -> dict[str, pd.DataFrame]:
    clients = pd.DataFrame(
        {
            "client_id": ["Ann", "Bob", "Cy"],
            "therapist_id": ["Dr X", "Dr Y", "Dr X"],
            "last_therapist_id": ["Dr X", "Dr Z", None],
            "service_id": ["north"] * 3,
        }
    )
    return {"clients": clients, "sessions": pd.DataFrame({"client_id": ["Ann", "Ann", "Cy"], "phq9": [3.0, 4.0, 5.0]})}


def test_codes_replace_every_id_and_agree_between_tables(tmp_path):
    key = tmp_path / "key.json"
    made = anonymised(tables(), key)
    text = "".join(table.to_csv() for table in made.values())
    for one in ("Ann", "Bob", "Cy", "Dr X", "Dr Y", "Dr Z", "north"):
        assert one not in text
        assert one in key.read_text(encoding="utf-8")
    clients, sessions = made["clients"], made["sessions"]
    assert clients["therapist_id"].iloc[0] == clients["therapist_id"].iloc[2] == clients["last_therapist_id"].iloc[0]
    assert clients["client_id"].iloc[0] == sessions["client_id"].iloc[0]
    assert clients["last_therapist_id"].isna().iloc[2]


def test_only_the_owner_reads_the_key_and_codes_are_the_same_in_later_runs(tmp_path):
    key = tmp_path / "key.json"
    first = anonymised(tables(), key)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    more = tables()
    more["clients"].loc[3] = ["Dee", "Dr W", None, "south"]
    second = anonymised(more, key)["clients"]
    pd.testing.assert_frame_equal(second.head(3), first["clients"], check_dtype=False)
    assert second["therapist_id"].iloc[3] not in set(first["clients"]["therapist_id"])


def test_codes_are_in_random_order(tmp_path):
    many = pd.DataFrame({"therapist_id": [f"T{i:03d}" for i in range(60)]})
    orders = [list(anonymised({"clients": many}, tmp_path / f"{i}.json")["clients"]["therapist_id"]) for i in range(2)]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != sorted(orders[0])


@pytest.mark.trial(kind="refused", what="the key of pseudonyms in {key}")
@pytest.mark.parametrize("key", ["results/key.json", "../results/mine/key.json", "other/../results/key.json"])
def test_the_key_may_not_lie_in_results(key, tmp_path):
    own = settings(privacy={"anonymise": True, "key": key})
    with pytest.raises(DataError, match=r"privacy.key: .* lies in a folder results/"):
        key_path(own, tmp_path / "mine")


@pytest.mark.trial(kind="refused", what="the key of pseudonyms in results by a link")
def test_the_key_may_not_come_into_results_by_a_link(tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "elsewhere").symlink_to(tmp_path / "results")
    with pytest.raises(DataError, match="results"):
        key_path(settings(privacy={"anonymise": True, "key": "elsewhere/key.json"}), tmp_path)


def test_without_a_name_the_key_lies_beside_the_settings(tmp_path):
    assert key_path(settings(privacy={"anonymise": True}), tmp_path) == tmp_path.resolve() / "clean.key.json"


@pytest.mark.parametrize("content", ["client,phq9\n1,2\n", "{}", json.dumps({"format": "other", "codes": {}}), "[1]"])
def test_no_other_file_is_overwritten_by_a_key(content, tmp_path):
    key = tmp_path / "clients.csv"
    key.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match="is no key file"):
        anonymised(tables(), key)
    assert key.read_text(encoding="utf-8") == content


@pytest.mark.trial(kind="refused", what="the key of pseudonyms in a folder that is not there")
def test_a_key_without_a_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="there is no folder"):
        anonymised(tables(), tmp_path / "nowhere" / "key.json")
