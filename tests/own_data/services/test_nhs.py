"""The real case in docs/nhs_services.md: its reader, and its numbers worked out again where the data are there."""

from pathlib import Path

import numpy as np
import pytest

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.services import read_counts
from iatrogenesis.own_data.services.counted import counted
from iatrogenesis.own_data.services.forecasting import SEED
from iatrogenesis.own_data.services.rolling import KNOWN, rolled
from iatrogenesis.own_data.services.summaries import summary

ROOT = Path(__file__).resolve().parents[3]
COUNTS = ROOT.parent / "shared" / "data" / "nhs-talking-therapies" / "service_year.csv"
PAGE = ROOT / "docs" / "nhs_services.md"
HEADER = "org_code,reporting_period,finished_course_treatment,improvement,deterioration,no_reliable_change"

there = pytest.mark.skipif(not COUNTS.is_file(), reason="the NHS counts are not here; docs/nhs_services.md")


def table_of_the_page():
    """Rows of the rolling-origin table: method, courses, then numbers."""
    text = PAGE.read_text(encoding="utf-8")
    block = text[text.index("<!-- rolling origin") :].split("\n\n")[0].splitlines()[3:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in block]


def test_unknown_outcomes_are_left_out_and_suppressed_ones_kept(tmp_path):
    path = tmp_path / "service_year.csv"
    rows = ["A,2022-23,400,270,25,105", "B,2022-23,410,370,,40", "C,2022-23,325,,,", "D,2022-23,*,5,*,5"]
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    found = read_counts(path)
    assert found["unit_id"].tolist() == ["A", "B", "D"]
    assert found["n"].isna().tolist() == [False, False, True]
    assert found["deteriorated"].isna().tolist() == [False, True, True]


@pytest.mark.trial(kind="refused", what="NHS counts that cannot be")
def test_bad_files_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"no such file; docs/nhs_services\.md says where"):
        read_counts(tmp_path / "none.csv")
    path = tmp_path / "service_year.csv"
    path.write_text(f"{HEADER}\nA,2022-23,400,270,2.5,105\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"'deterioration' must be a whole number, or empty.*'2\.5'"):
        read_counts(path)


@there
def test_the_page_counts_what_is_there():
    data = counted(read_counts(COUNTS))
    page = PAGE.read_text(encoding="utf-8")
    hidden = int((data.seen & np.isnan(data.shown)).sum())
    assert data.rounding == 5
    assert f"{len(data.units)} services, {data.seen.sum():,} service-years" in page
    assert f"; {data.seen.all(axis=1).sum()} services have all seven years" in page
    assert f"({hidden} rows)" in page
    assert f"{(~data.seen[:, -1]).sum()} of\n  the {len(data.units)} have no data in 2023-24" in page


@there
@pytest.mark.slow
def test_the_page_has_the_rolling_origin_of_these_data():
    found = summary(rolled(counted(read_counts(COUNTS)), SEED))
    found = found[found["period"] == "all"]
    by_method = {(row.method, row.courses): row for row in found.itertuples()}
    page = {row[0]: row for row in table_of_the_page()}
    assert len(page) == 11
    for (method, courses), row in by_method.items():
        cells = page[method if courses == KNOWN else "courses of the year before"]
        numbers = [np.nan if cell == "–" else float(cell.split(" ")[0]) for cell in cells[1:]]
        worked_out = [100 * row.covered_50, 100 * row.covered_80, 100 * row.covered_95, row.log_score]
        # Sums in another order move draws, and a log score by about 0.01 where few rows have heavy tails.
        assert numbers[:3] == pytest.approx(worked_out[:3], abs=1.5)
        assert numbers[3] == pytest.approx(worked_out[3], abs=0.03, nan_ok=True)
        assert numbers[5] == pytest.approx(row.crps, abs=0.01)
    assert len(by_method) == 8
