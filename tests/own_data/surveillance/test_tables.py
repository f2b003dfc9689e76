"""Charts of a service: who has one, in which order, and what many of them do to false alarms."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.files import write_csv
from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.own_data.surveillance import sentences, tables
from iatrogenesis.own_data.surveillance.cusum import COLUMNS, PATHS
from iatrogenesis.own_data.surveillance.scores import path
from tests.own_data.made_up import own, service, with_clients


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    return service(12, 30)


@pytest.fixture(scope="module")
def found(prepared) -> dict[str, pd.DataFrame]:
    return tables(prepared, own())


def test_every_finished_course_is_in_two_charts(prepared, found):
    clients = prepared.tables["clients"]
    finished = clients[clients["finished"]]
    cusum, paths = found["cusum"], found["cusum_paths"]
    assert list(cusum) == list(COLUMNS) and list(paths) == list(PATHS)
    for _, part in cusum.groupby("level"):
        assert part["n"].sum() == len(finished) and part["events"].sum() == finished["deteriorated"].sum()
        assert part["expected"].sum() == pytest.approx(part["events"].sum())
    assert len(paths) == 2 * len(finished)
    assert set(cusum["unit"]) == {*finished["therapist_id"], "all"}


def test_the_path_is_that_of_courses_by_end_then_id(prepared, found):
    clients = prepared.tables["clients"]
    one = clients[clients["finished"] & (clients["therapist_id"] == "T0003")].sort_values(["ended", "client_id"])
    rate = clients.loc[clients["finished"], "deteriorated"].mean()
    own_path = found["cusum_paths"].query("unit == 'T0003'")
    expected = path(one["deteriorated"].to_numpy(dtype=float), np.full(len(one), rate), 2.0)
    np.testing.assert_allclose(own_path["value"], expected)
    assert own_path["date"].is_monotonic_increasing and list(own_path["number"]) == list(range(1, len(one) + 1))
    mixed = with_clients(prepared, clients.sample(frac=1, random_state=1))
    for name, table in tables(mixed, own()).items():
        pd.testing.assert_frame_equal(table, found[name])


def test_an_alarm_is_where_the_path_first_exceeds(prepared):
    """One therapist's last clients all deteriorate."""
    clients = prepared.tables["clients"].copy()
    last = clients[clients["finished"] & (clients["therapist_id"] == "T0005")].sort_values(["ended", "client_id"])
    clients.loc[last.index[-8:], "deteriorated"] = True
    found = tables(with_clients(prepared, clients), own())
    row = found["cusum"].set_index("unit").loc["T0005"]
    own_path = found["cusum_paths"].query("unit == 'T0005'")
    above = own_path[own_path["value"] > own_path["threshold"]]
    assert row["alarm"] and row["alarm_number"] == above["number"].iloc[0] > len(last) - 8
    assert row["alarm_date"] == above["date"].iloc[0] and row["max"] == own_path["value"].max()
    assert row["p_value"] <= 0.05 and row["p_bonferroni"] == pytest.approx(min(12 * row["p_value"], 1))
    therapists = found["cusum"].query("level == 'therapist'")
    assert therapists["alarms"].nunique() == 1 and therapists["alarms"].iloc[0] == therapists["alarm"].sum() >= 1
    assert 0.2 < therapists["false_alarms_expected"].iloc[0] <= 12 * 0.05
    quiet = found["cusum"].query("not alarm")
    assert (quiet["p_value"] > 0.05).all() and (quiet["alarm_date"] == "").all() and quiet["alarm_number"].isna().all()
    (of_therapists, _) = sentences(found["cusum"])
    assert "of 12 therapist charts raise an alarm; 0.6 would" in of_therapists


def test_expected_risks_are_those_given(prepared):
    """A therapist of whom everything was expected raises no alarm for it."""
    clients = prepared.tables["clients"]
    mine = (clients["therapist_id"] == "T0001").to_numpy()
    worse = clients.assign(deteriorated=clients["deteriorated"].mask(mine & clients["finished"].to_numpy(), True))
    changed = with_clients(prepared, worse)
    rate = np.where(mine, 0.97, 0.1)
    rate[~clients["finished"].to_numpy()] = np.nan
    assert tables(changed, own())["cusum"].set_index("unit").loc["T0001", "alarm"]
    assert not tables(changed, own(), rate)["cusum"].set_index("unit").loc["T0001", "alarm"]
    with pytest.raises(DataError, match="must lie between 0 and 1"):
        tables(changed, own(), np.where(mine, 1.0, 0.1))
    with pytest.raises(DataError, match=r"shape \(3,\)"):
        tables(changed, own(), [0.1, 0.2, 0.3])


def test_short_lists_share_a_chart_and_undated_courses_are_counted(prepared):
    clients = prepared.tables["clients"].copy()
    few = clients["therapist_id"].isin(["T0001", "T0002"])
    short = clients[~few | (clients[few].groupby("therapist_id").cumcount().reindex(clients.index) < 6)].copy()
    short.loc[short["therapist_id"] == "T0004", "ended"] = pd.NaT
    gone = short["finished"] & (short["therapist_id"] == "T0005")
    short.loc[gone & (gone.cumsum() <= 4), "ended"] = pd.NaT
    found = tables(with_clients(prepared, short), own())["cusum"]
    therapists = found.query("level == 'therapist'").set_index("unit")
    (shared,) = [name for name in therapists.index if not name.startswith("T")]
    assert shared == "fewer than 10 courses (3 therapists)"  # two of few courses, one without dates
    assert therapists.loc[shared, "undated"] == (short["finished"] & (short["therapist_id"] == "T0004")).sum()
    assert therapists.loc["T0005", "undated"] == 4
    assert therapists["n"].sum() + therapists["undated"].sum() == short["finished"].sum()


def test_services_have_charts_of_their_own(prepared):
    clients = prepared.tables["clients"]
    two = clients.assign(service_id=np.where(clients["therapist_id"] < "T0006", "North", "South"))
    found = tables(with_clients(prepared, two), own())["cusum"].query("level == 'service'")
    assert list(found["unit"]) == ["North", "South"] and (found["charts"] == 2).all()


def test_where_there_is_nothing_to_chart_it_says_why(prepared, tmp_path):
    clients = prepared.tables["clients"]
    cases = {
        "date on which each course ended": clients.drop(columns="ended"),
        "no finished course has both": clients.assign(finished=False),
        "nobody or everybody": clients.assign(deteriorated=pd.array([False] * len(clients), dtype="boolean")),
    }
    for reason, table in cases.items():
        found = tables(with_clients(prepared, table), own())
        assert all(len(one) == 1 and reason in one["reason"].iloc[0] for one in found.values())
        assert list(sentences(found["cusum"])) == []
    counts = Prepared(prepared.about, {"counts": pd.DataFrame()})
    assert "these are counts" in tables(counts, own())["cusum"]["reason"].iloc[0]
    hidden = tables(prepared, own(privacy={"small_numbers": "nhs"}))
    assert "single clients" in hidden["cusum_paths"]["reason"].item() and len(hidden["cusum"]) == 13
    small = hidden["cusum"]["events"] < 5
    assert small.any() and not small.all() and hidden["cusum"]["expected"].isna().all()
    for name in ("max", "p_value", "q_value"):
        assert hidden["cusum"][name].isna().equals(small)
    write_csv(hidden["cusum"], tmp_path / "cusum.csv")
    assert "<NA>" not in (tmp_path / "cusum.csv").read_text()
