"""Every column of the tables between simulation and report is in the codebook, and the other way round."""

import re

import pandas as pd
import pytest
from tests.conftest import CONFIG

from iatrogenesis.harm.outcomes import OUTCOMES
from iatrogenesis.harm.twins import COUNTS
from iatrogenesis.own_data.exchange.codebook import read_between


@pytest.fixture(scope="module")
def between():
    return read_between(CONFIG / "codebook_between.yaml")


def test_sums_of_services_are_those_that_are_kept(between):
    assert tuple(between["twins/<scenario>.parquet"]) == COUNTS
    kept = ["scenario", "reading", "service", "clients", *OUTCOMES]
    assert list(between["twins/preventions/by_service.parquet"]) == kept


@pytest.mark.slow
def test_tables_of_a_finished_study_have_these_columns(between, finished):
    results = finished / "results" / "tiny"
    paths = [str(path.relative_to(results)) for path in sorted(results.rglob("*")) if path.is_file()]
    for pattern, columns in between.items():
        parts = [r"[^/]+" if part.startswith("<") else re.escape(part) for part in re.split(r"(<\w+>)", pattern)]
        found = [path for path in paths if re.fullmatch("".join(parts), path)]
        assert found, pattern
        for path in found:
            read = pd.read_csv if path.endswith(".csv") else pd.read_parquet
            assert list(read(results / path).columns) == list(columns), path
