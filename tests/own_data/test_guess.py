"""Columns are guessed by names and values, and the guess is written as settings that can be loaded and used."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.guess import guess, written
from iatrogenesis.own_data.loading import load_settings
from iatrogenesis.own_data.mapping import mapped
from tests.own_data.catalogued import catalogue

N = 120
RNG = np.random.default_rng(7)
IDS = [f"Q{i:04d}" for i in range(N)]
WHO = [f"Therapeutin {i % 9}" for i in range(N)]


def scores(high, low=0):
    return RNG.integers(low, high + 1, N)


def guessed(tmp_path, **columns):
    path = tmp_path / "Meine Daten 2024.csv"
    pd.DataFrame(columns).to_csv(path, index=False, sep=";")
    return guess([path])


def fields(found):
    return {place: entry["column"] for place, entry in found["fields"].items()}


def test_nhs_spelling(tmp_path):
    found = guessed(
        tmp_path,
        PathwayID=IDS,
        CareProfLocalId=WHO,
        PHQ9_FirstScore=scores(27),
        PHQ9_LastScore=scores(27),
        GAD_FirstScore=scores(21),
        GAD_LastScore=scores(21),
        TreatmentCareContact_Count=scores(20, 1),
        Gender=["1", "2"] * (N // 2),
        IndicesOfDeprivationDecile=scores(10, 1),
        ReliableDeterioration_Flag=["True", "False"] * (N // 2),
    )
    assert fields(found) == {
        "client": "PathwayID",
        "therapist": "CareProfLocalId",
        "first.phq9": "PHQ9_FirstScore",
        "last.phq9": "PHQ9_LastScore",
        "first.gad7": "GAD_FirstScore",
        "last.gad7": "GAD_LastScore",
        "n_sessions": "TreatmentCareContact_Count",
        "covariates.sex": "Gender",
        "deprivation": "IndicesOfDeprivationDecile",
    }
    assert ("clients", "ReliableDeterioration_Flag", "deterioration is worked out from the scores") in found["left_out"]
    assert found["name"] == "meine_daten_2024"


def test_german_spelling_and_numbered_times(tmp_path):
    found = guessed(
        tmp_path,
        Chiffre=IDS,
        Behandler=WHO,
        OQ45_T0=scores(150, 20),
        OQ45_T1=scores(150, 20),
        OQ45_T2=scores(150, 20),
        Geschlecht=["m", "w"] * (N // 2),
        Alter=scores(70, 18),
        Therapiebeginn=["01.03.2024"] * N,
        Sitzungen=scores(60, 1),
        Vorname=IDS,
    )
    assert fields(found) == {
        "client": "Chiffre",
        "therapist": "Behandler",
        "first.oq45": "OQ45_T0",
        "last.oq45": "OQ45_T2",
        "covariates.sex": "Geschlecht",
        "age": "Alter",
        "started": "Therapiebeginn",
        "n_sessions": "Sitzungen",
    }
    left = {column: why for _, column, why in found["left_out"]}
    assert "identify a person" in left["Vorname"] and "another time" in left["OQ45_T1"]


def test_items_changes_and_other_instruments_are_left_out(tmp_path):
    found = guessed(
        tmp_path,
        client=IDS,
        therapist=WHO,
        **{f"phq9_{i}": scores(3) for i in range(1, 10)},
        phq9_total_pre=scores(27),
        phq9_total_post=scores(27),
        phq9_change=scores(9),
        bdi_pre=scores(63),
        bdi_post=scores(63),
        dropout=["0", "1"] * (N // 2),
    )
    assert fields(found)["first.phq9"] == "phq9_total_pre" and fields(found)["last.phq9"] == "phq9_total_post"
    left = {column: why for _, column, why in found["left_out"]}
    assert "item of phq9" in left["phq9_3"] and "a change" in left["phq9_change"] and "opposite" in left["dropout"]
    assert found["unknown"]["bdi"]["columns"] == ["bdi_pre", "bdi_post"]


def test_values_forbid_what_names_suggest(tmp_path):
    found = guessed(tmp_path, id=IDS, therapist=WHO, phq9_pre=scores(400, 100), age=["young", "old"] * (N // 2))
    assert set(fields(found)) == {"client", "therapist"}
    assert any("do not lie within 0 to 27" in why for _, _, why in found["left_out"])


def test_values_tell_where_names_do_not(tmp_path):
    found = guessed(tmp_path, v1=WHO, v2=IDS, v3=scores(27))
    assert fields(found) == {"client": "v2", "therapist": "v1"}
    assert "differ in each row" in found["fields"]["client"]["why"]


def test_codes_for_missing_are_sure_only_if_no_other_column_holds_them(tmp_path):
    pre = np.where(np.arange(N) % 10 == 0, 99, scores(27))
    columns = {"id": IDS, "therapist": WHO, "phq9_pre": pre, "phq9_post": scores(27)}
    assert guessed(tmp_path, **columns, age=scores(60, 18))["missing"] == {"codes": ["99"], "sure": True}
    assert guessed(tmp_path, **columns, age=scores(99, 99))["missing"] == {"codes": ["99"], "sure": False}


def test_core_om_as_mean_of_items_has_a_tenth_of_the_rule(tmp_path):
    columns = {"core_pre": RNG.uniform(0, 4, N).round(2), "core_post": RNG.uniform(0, 4, N).round(2)}
    found = guessed(tmp_path, id=IDS, therapist=WHO, **columns)
    assert fields(found)["first.core_om_mean"] == "core_pre"
    written(found, tmp_path / "s.yaml")
    own = load_settings(tmp_path / "s.yaml").instruments["core_om_mean"]
    core = catalogue().by_name()["core_om"]
    assert own.reliable_change == float(core.reliable_change) / 10 and own.maximum == core.maximum / 10


def test_sessions_beside_clients(tmp_path):
    rows = pd.DataFrame({"Klient": IDS * 3, "Sitzung": [1] * N + [2] * N + [3] * N, "PHQ-9": list(scores(27)) * 3})
    rows.assign(Therapeut=WHO * 3).to_csv(tmp_path / "sitzungen.csv", index=False)
    pd.DataFrame({"Klient": IDS, "Alter": scores(80, 18)}).to_csv(tmp_path / "klienten.csv", index=False)
    found = guess([tmp_path / "sitzungen.csv", tmp_path / "klienten.csv"])
    assert fields(found) == {
        "client": "Klient",
        "therapist": "Therapeut",
        "session": "Sitzung",
        "scores.phq9": "PHQ-9",
        "age": "Alter",
    }
    written(found, tmp_path / "s.yaml")
    own = load_settings(tmp_path / "s.yaml")
    tables = mapped(own, tmp_path, catalogue())
    assert len(tables.clients) == N and tables.clients["n_sessions"].eq(3).all() and len(tables.sessions) == 3 * N


def test_counts(tmp_path):
    table = pd.DataFrame(
        {"service_id": ["A", "B", "C"], "year": [2020] * 3, "finished": [120, 80, 99], "deteriorated": [7, 3, 5]}
    )
    table.to_csv(tmp_path / "k.csv", index=False)
    found = guess([tmp_path / "k.csv"])
    assert fields(found) == {"unit": "service_id", "period": "year", "n": "finished", "events": "deteriorated"}


def test_tables_of_the_nhs(tmp_path):
    tables = {
        "ids101": ["ServiceRequestId", "PathwayID", "ServDischDate"],
        "ids201": ["CareContactId", "ServiceRequestId", "CareContDate", "AttendOrDNACode"],
        "ids202": ["CareActId", "CareContactId", "CarePersLocalId"],
        "ids607": ["CareActId", "CodedAssToolType", "PersScore"],
    }
    for name, columns in tables.items():
        pd.DataFrame([[f"x{i}" for i, _ in enumerate(columns)]], columns=columns).to_csv(
            tmp_path / f"{name}.csv", index=False
        )
    found = guess([tmp_path / f"{name}.csv" for name in tables])
    written(found, tmp_path / "s.yaml")
    nhs = load_settings(tmp_path / "s.yaml").data.nhs
    assert (
        nhs is not None and str(nhs.activities) == "ids202.csv" and [str(path) for path in nhs.scores] == ["ids607.csv"]
    )


def test_what_is_written_can_be_loaded_and_holds_no_value_of_a_cell(tmp_path):
    secret = [f"secret-{i}" for i in range(N)]
    found = guessed(
        tmp_path,
        **{
            "Client: ref #1": secret,
            "Ther'apist": WHO,
            "PHQ-9\npre": scores(27),
            "phq9 post": scores(27),
            "note": secret,
        },
    )
    path = tmp_path / "s.yaml"
    written(found, path)
    text = path.read_text()
    own = load_settings(path)
    assert own.columns.client == "Client: ref #1" and own.columns.first["phq9"] == "PHQ-9 pre"
    assert "secret" not in text and "Therapeutin" not in text
    assert "# Left out:" in text and "#   note: not recognised" in text
    assert len(mapped(own, tmp_path, catalogue()).clients) == N


def test_what_could_not_be_guessed_is_asked_for(tmp_path):
    found = guessed(tmp_path, score=scores(27), mood=["a", "b"] * (N // 2))
    written(found, tmp_path / "s.yaml")
    assert "#   client: ???" in (tmp_path / "s.yaml").read_text()
    assert load_settings(tmp_path / "s.yaml").columns.client is None


@pytest.mark.trial(kind="refused", what="two tables of a kind")
def test_two_tables_of_a_kind_are_refused(tmp_path):
    for name in ("a.csv", "b.csv"):
        pd.DataFrame({"client": IDS, "therapist": WHO}).to_csv(tmp_path / name, index=False)
    with pytest.raises(DataError, match="both look like a table of clients"):
        guess([tmp_path / "a.csv", tmp_path / "b.csv"])


def test_letters_with_accents_stay_letters_in_the_name(tmp_path):
    path = tmp_path / "Clínica Española.csv"
    path.write_text("client,therapist,phq9 pre,phq9 post\n1,A,3,4\n2,B,5,6\n")
    assert guess([path])["name"] == "clinica_espanola"


def test_spanish_columns(tmp_path):
    path = tmp_path / "clinica.csv"
    names = (
        "Nº Historia;Terapeuta;Fecha inicio;Fecha de alta;Nº sesiones;Edad;Sexo;PHQ-9 inicial;PHQ-9 después;Teléfono"
    )
    rows = [
        f"H{i:04d};T{i % 6};{day:02d}/01/2023;{day:02d}/06/2023;{i % 9 + 2};{20 + i % 50};V;{10 + i % 9};{i % 13};6"
        for i, day in enumerate([k % 28 + 1 for k in range(60)])
    ]
    path.write_text("\n".join([names, *rows]), encoding="utf-8")
    found = {place: entry["column"] for place, entry in guess([path])["fields"].items()}
    assert found["client"] == "Nº Historia" and found["therapist"] == "Terapeuta"
    assert (found["started"], found["ended"], found["n_sessions"]) == ("Fecha inicio", "Fecha de alta", "Nº sesiones")
    assert (found["age"], found["first.phq9"], found["last.phq9"]) == ("Edad", "PHQ-9 inicial", "PHQ-9 después")
    assert "Teléfono" not in found.values()
