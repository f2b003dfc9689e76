"""From files to prepared tables: what is left out is counted, what is fatal is named, and no client's id goes on."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data import check_files
from iatrogenesis.own_data.preparing import Preparation, prepared
from iatrogenesis.own_data.settings import OwnData
from tests.own_data.checks.clean import clean_clients, clean_counts, clean_sessions
from tests.own_data.checks.faults import INSTRUMENTS

COLUMNS = {
    "client": "client_id", "therapist": "therapist_id", "service": "service_id", "started": "started", "ended": "ended",
    "n_sessions": "n_sessions", "first": {"phq9": "phq9_first", "gad7": "gad7_first"},
    "last": {"phq9": "phq9_last", "gad7": "gad7_last"}, "age": "age_years", "deprivation": "deprivation",
    "covariates": {"gender": "x_gender"}, "ratings": {"burnout": "burnout_rating"},
}  # fmt: skip
IDS = ("client_id", "therapist_id", "service_id")


def own(**changes: object) -> OwnData:
    sections = {"name": "mine", "data": {"clients": "clients.csv"}, "columns": COLUMNS} | changes
    return OwnData.model_validate(sections)


def written(folder: Path, table: pd.DataFrame | None = None) -> Path:
    (clean_clients() if table is None else table).to_csv(folder / "clients.csv", index=False)
    return folder


def run(folder: Path, settings: OwnData | None = None) -> Preparation:
    return prepared(settings or own(), folder, INSTRUMENTS)


def messy() -> pd.DataFrame:
    """Each fault in rows of its own (of the file)."""
    table = clean_clients().astype({"phq9_first": object, "phq9_last": object})
    table.loc[2, "therapist_id"] = None
    table.loc[3, "phq9_last"] = 270
    table.loc[4, "phq9_first"] = -9
    table.loc[5, "n_sessions"] = 1
    table.loc[6, ["phq9_last", "gad7_last"]] = None
    table.loc[7, "ended"] = pd.Timestamp("1999-05-05")
    return pd.concat([table, table.loc[[10]]])


def test_clean_data_are_prepared_as_they_are(tmp_path):
    found = run(written(tmp_path))
    ready = found.required()
    clients = ready.tables["clients"]
    assert found.fatal == () and len(clients) == 400
    assert clients["deteriorated"].sum() == 20
    assert ready.about.case_mix == ("phq9_first", "gad7_first", "deprivation", "age_band", "x_gender")
    assert ready.about.ratings == ("burnout",)
    assert ready.about.judged_by == ("phq9", "gad7")
    assert clients.groupby("therapist_id")["burnout_rating"].first().mean() == pytest.approx(0)
    ready.write(tmp_path)
    assert type(ready).read(tmp_path).about == ready.about


def test_every_row_is_in_the_table_or_in_the_flow(tmp_path):
    found = run(written(tmp_path, messy()))
    flow = found.flow.set_index(["step", "reason"])["rows"]
    assert flow.to_dict() == {
        ("records in the file", ""): 401,
        ("usable courses", "no therapist"): 1,
        ("usable courses", "the same course again"): 1,
        ("usable courses", "score outside the questionnaire's range"): 1,
        ("usable courses", "score is a code for missing"): 1,
        ("usable courses", ""): 397,
        ("courses judged", "fewer than 2 sessions"): 1,
        ("courses judged", "first or last score, or outcome, missing"): 1,
        ("courses judged", ""): 395,
    }
    clients = found.required().tables["clients"]
    assert len(clients) == 397
    assert clients["deteriorated"].notna().sum() == 395
    late = clients.set_index("client_id").loc["R000007"]
    assert pd.isna(late["ended"]) and pd.isna(late["period"]) and pd.notna(late["deteriorated"])


def test_no_id_of_a_client_is_in_any_file(tmp_path):
    table = messy()
    table["client_id"] = "SECRET" + table["client_id"]
    table.loc[[20, 21], "client_id"] = ["SECRETc0020", "SECRETC0020"]
    found = run(written(tmp_path, table))
    out = tmp_path / "out"
    check_files.write(found, own(), out, out)
    assert "SECRET" not in "".join(path.read_text(encoding="utf-8") for path in out.iterdir())
    assert not any("SECRET" in message for message in (*found.fatal, *found.notes))
    found = run(written(tmp_path, table.drop(index=[20, 21])))
    found.required().write(out)
    assert b"SECRET" not in b"".join(path.read_bytes() for path in out.iterdir())
    assert b"secret" not in pd.read_parquet(out / "clients.parquet").to_csv().encode().lower()


def test_a_column_of_ids_named_as_scores_shows_no_id(tmp_path):
    table = clean_clients()
    table["client_id"] = range(730000, 730400)
    wrong = own(columns=COLUMNS | {"first": {"phq9": "client_id", "gad7": "gad7_first"}})
    found = run(written(tmp_path, table), wrong)
    assert found.prepared is None
    assert "7300" not in found.checks.to_csv() + "".join(found.fatal)


def test_anonymised_data_hold_no_id_at_all(tmp_path):
    table = messy()
    for name in IDS:
        table[name] = "SECRET" + table[name].astype(object)
    settings = own(privacy={"anonymise": True, "key": "codes.json"})
    found = run(written(tmp_path, table), settings)
    out = tmp_path / "out"
    check_files.write(found, settings, out, out)
    found.required().write(out)
    assert b"SECRET" not in b"".join(path.read_bytes() for path in out.iterdir())
    assert "SECRET" not in found.required().tables["clients"].to_csv() + "".join(found.notes)
    codes = json.loads((tmp_path / "codes.json").read_text(encoding="utf-8"))["codes"]
    assert len(codes["therapist"]) == 10
    assert codes["client"]["SECRETc0010"] in set(found.required().tables["clients"]["client_id"])
    again = run(tmp_path, settings)
    pd.testing.assert_frame_equal(again.required().tables["clients"], found.required().tables["clients"])


def test_nothing_is_written_where_a_check_is_fatal(tmp_path):
    settings = own(privacy={"anonymise": True, "key": "codes.json"})
    found = run(written(tmp_path, clean_clients().head(120)), settings)
    assert found.prepared is None and not (tmp_path / "codes.json").exists()
    assert len(found.fatal) == 1 and "too few therapists" in found.fatal[0]
    with pytest.raises(DataError, match="3 therapists with judged courses"):
        found.required()


@pytest.mark.trial(kind="refused", what="own data with several errors at once")
def test_all_errors_are_named_at_once(tmp_path):
    table = clean_clients().astype({"phq9_first": object})
    table.loc[range(2, 60), "phq9_first"] = 270
    table.loc[[70, 71], "therapist_id"] = "t01"
    found = run(written(tmp_path, table))
    with pytest.raises(DataError) as error:
        found.required()
    text = str(error.value)
    assert re.search(r"scores outside the range \[clients.csv, 'phq9_first'\].*\(row 2, phq9_first: 270", text)
    assert re.search(r"ids that differ .*therapist 'T01' and 't01'", text)


@pytest.mark.trial(kind="refused", what="own data, refused with: {message}")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"data": {"clients": "nowhere.csv"}}, "nowhere.csv"),
        ({"columns": COLUMNS | {"therapist": "therapeut"}}, "no column 'therapeut'"),
        ({"outcome": {"instruments": ["oq45"]}}, "'oq45' has no first and last scores"),
    ],
)
def test_files_that_cannot_be_read_are_a_finding_too(tmp_path, change, message):
    found = run(written(tmp_path), own(**change))
    assert found.prepared is None and found.flow.empty
    assert list(found.checks["check"]) == ["files and columns"]
    assert message in found.fatal[0]
    check_files.write(found, own(), tmp_path / "out", tmp_path / "out")
    assert message.split("'")[-1] in (tmp_path / "out" / "checks.html").read_text(encoding="utf-8")


@pytest.mark.trial(kind="refused", what="a key in results, before anything is read")
def test_a_key_in_results_is_refused_before_anything_is_read(tmp_path):
    settings = own(data={"clients": "nowhere.csv"}, privacy={"anonymise": True, "key": "results/key.json"})
    with pytest.raises(DataError, match="lies in a folder results"):
        run(tmp_path, settings)


def test_counts_are_prepared(tmp_path):
    table = clean_counts().astype({"deteriorated": object})
    table.loc[4, "deteriorated"] = "*"
    table.to_csv(tmp_path / "counts.csv", index=False)
    columns = {"unit": "unit_id", "period": "period", "n": "n", "events": "deteriorated"}
    found = run(tmp_path, own(data={"counts": "counts.csv"}, columns=columns))
    ready = found.required()
    assert ready.about.kind == "counts" and ready.about.periods == ("2021-22", "2022-23", "2023-24")
    assert len(ready.tables["counts"]) == 23 and ready.tables["counts"]["n"].dtype == "int64"
    assert list(found.flow["rows"]) == [24, 1, 23]


def test_sessions_have_the_codes_of_their_courses(tmp_path):
    written(tmp_path)
    sessions = clean_sessions()
    sessions["phq9"] = sessions["phq9"].astype(object)
    sessions.loc[4, "phq9"] = 270
    sessions.to_csv(tmp_path / "sessions.csv", index=False)
    columns = COLUMNS | {"session": "session", "scores": {"phq9": "phq9"}}
    found = run(tmp_path, own(data={"clients": "clients.csv", "sessions": "sessions.csv"}, columns=columns))
    tables = found.required().tables
    joined = tables["sessions"]
    assert set(joined["client_id"]) == set(tables["clients"]["client_id"])
    assert len(joined) == len(sessions) and joined["phq9"].isna().sum() == 1


def test_an_outcome_that_is_given_is_used(tmp_path):
    table = clean_clients()
    table["worse"] = [i % 16 == 3 for i in range(len(table))]
    columns = {key: value for key, value in COLUMNS.items() if key not in ("first", "last")} | {"deteriorated": "worse"}
    ready = run(written(tmp_path, table), own(columns=columns)).required()
    assert ready.tables["clients"]["deteriorated"].sum() == 25
    assert ready.about.judged_by == () and ready.about.case_mix == ("deprivation", "age_band", "x_gender")


def test_covariates_of_no_use_are_not_among_the_case_mix(tmp_path):
    table = clean_clients().assign(deprivation=4, copy=clean_clients()["phq9_first"] * 2)
    columns = COLUMNS | {"covariates": {"copy": "copy", "gender": "x_gender"}}
    ready = run(written(tmp_path, table), own(columns=columns)).required()
    assert ready.about.case_mix == ("phq9_first", "gad7_first", "age_band", "x_gender")


def test_courses_of_one_client_have_codes_of_their_own(tmp_path):
    table = clean_clients()
    table["client_id"] = [f"c{i // 2}" for i in range(len(table))]
    found = run(written(tmp_path, table), own(privacy={"anonymise": True}))
    clients = found.required().tables["clients"]
    assert clients["client_id"].is_unique
    assert {"c0", "c0 / 2"} <= set(
        json.loads((tmp_path / "mine.key.json").read_text(encoding="utf-8"))["codes"]["client"]
    )
    assert list(found.flow["clients"]) == [200, 200, 200]
