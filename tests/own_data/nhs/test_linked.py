"""Files of the data set that do not belong together are refused by that name, and not by what follows from it."""

import pandas as pd
import pytest

from iatrogenesis.own_data.loading import load_settings
from iatrogenesis.own_data.nhs.example import FILES, SETTINGS, write
from iatrogenesis.own_data.preparing import prepared


@pytest.fixture
def checked(data, study, tmp_path):
    """Check the tables with the ids of one file written in another way."""

    def check_them(table, column, rows=slice(None)):
        write(data, tmp_path)
        path = tmp_path / FILES[table]
        other = pd.read_csv(path, dtype=str)
        other.loc[rows, column] = "0" + other.loc[rows, column]
        other.to_csv(path, index=False)
        (tmp_path / "own.yaml").write_text(SETTINGS)
        return prepared(load_settings(tmp_path / "own.yaml"), tmp_path, study.instruments)

    return check_them


@pytest.mark.parametrize(
    ("table", "column", "said"),
    [
        ("contacts", "ServiceRequestId", r"contacts .*ServiceRequestId\) belong to no referral of IDS101"),
        ("activities", "CareContactId", r"activities .*CareContactId\) belong to no contact of IDS201"),
        ("referral_scores", "ServiceRequestId", r"scores .*ServiceRequestId\) belong to no referral of IDS101"),
        ("activity_scores", "CareActId", r"scores .*CareActId\) belong to no activity of IDS202"),
    ],
)
@pytest.mark.trial(kind="refused", what="NHS tables whose ids match nothing in each other")
def test_files_that_do_not_belong_together_stop_everything_else(checked, table, column, said):
    found = checked(table, [column, "PathwayID"] if table == "contacts" else column)
    (message,) = found.fatal
    assert message.startswith("tables that belong together: ") and pd.Series([message]).str.contains(said).all()
    assert FILES[table] in message and "leading zeros" in message and "rows 2, 3, 4" in message
    number = int(message.split(": ")[1].split(" of ")[0].replace(",", ""))
    assert f"{number:,} of {number:,}" in message, "all of them, by number"
    assert set(found.checks["severity"]) == {"error", "not looked at"}


def test_some_rows_are_a_warning_with_their_number(checked):
    found = checked("contacts", ["ServiceRequestId", "PathwayID"], slice(0, 1))
    (row,) = found.checks[found.checks["check"] == "tables that belong together"].to_dict("records")
    assert not found.fatal and row["severity"] == "warning" and row["rows"] == 2
    assert row["found"].startswith("2 of ") and row["examples"] == "rows 2, 3"


def test_files_that_belong_together_pass(checked):
    found = checked("contacts", "CareContDate", slice(0, 0))
    assert found.checks.set_index("check")["severity"]["tables that belong together"] == "passed"
