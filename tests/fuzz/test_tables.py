"""Whatever stands in a service's table, it is checked to the end: prepared, or refused with what is wrong."""

import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.checks_page import page
from tests.own_data.test_preparing import clean_clients, own, run, written

COLUMNS = tuple(clean_clients().columns)
STRANGE = ["", " ", "NA", "=1+1", "1,5", "<script>", "\u202e", "\x00", "99999999999999999999"]
CELLS = (
    st.none() | st.integers(-(10**12), 10**12) | st.floats() | st.text(max_size=12) | st.booleans()
    | st.dates(datetime.date(1, 1, 1)) | st.sampled_from(STRANGE)
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.trial(kind="refused", what="tables of clients with random cells, rows and columns")
@settings(deadline=None, database=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_table_is_prepared_or_refused(tmp_path, data):
    table = clean_clients().astype(object)
    for _ in range(data.draw(st.integers(1, 6))):
        column = data.draw(st.sampled_from(COLUMNS))
        rows = data.draw(st.sampled_from([[0], [5, 6], list(range(0, 400, 7)), list(range(400))]))
        values = data.draw(st.lists(CELLS, min_size=1, max_size=3))
        table.iloc[rows, COLUMNS.index(column)] = [values[i % len(values)] for i in range(len(rows))]
    if data.draw(st.booleans()):
        table = table.drop(columns=data.draw(st.sampled_from(COLUMNS)))
    if data.draw(st.booleans()):
        table = table.head(data.draw(st.sampled_from([0, 1, 30])))
    try:
        found = run(written(tmp_path, table))
    except DataError as error:
        assert "clients.csv" in str(error) or "columns." in str(error)
        return
    assert (found.prepared is None) == bool(found.fatal)
    assert "<script>" not in page(found, own())
