"""Whatever a file holds, it is read or refused in words."""

import importlib.util
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.fuzz.readers import ENDINGS, mangled, seeds, tried

INPUTS = 10_000  # of fuzzing by coverage
ONE_FOLDER = settings(
    derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """One for all examples, which write over each other."""
    return tmp_path_factory.mktemp("tried")


@pytest.fixture(scope="module")
def valid(folder) -> dict[str, bytes]:
    """A file of each kind."""
    return seeds(folder)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_valid_file_is_read(valid, folder, ending):
    assert tried(valid[ending], ending, folder)


@pytest.mark.trial(kind="refused", what="damaged files that end with {ending}")
@pytest.mark.parametrize("ending", ENDINGS)
@settings(ONE_FOLDER, max_examples=40)
@given(seed=st.integers(0, 2**32))
def test_a_damaged_file_is_read_or_refused(valid, folder, ending, seed):
    tried(mangled(valid[ending], random.Random(seed)), ending, folder)  # noqa: S311


@pytest.mark.trial(kind="refused", what="any bytes in files that end with {ending}")
@pytest.mark.parametrize("ending", ENDINGS)
@settings(ONE_FOLDER, max_examples=30)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(folder, ending, content):
    tried(content, ending, folder)


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        pytest.param(".xlsx", "<x", id="XML of a spreadsheet"),
        pytest.param(".parquet", "\x00", id="notes of other programs in parquet"),
    ],
)
def test_what_fuzzing_found_stays_mended(valid, folder, ending, content):
    for seed in range(60):
        tried(mangled(valid[ending], random.Random(f"{content}{seed}")), ending, folder)  # noqa: S311


@pytest.mark.slow
@pytest.mark.trial(kind="refused", what="10,000 files that atheris makes, led by coverage")
def test_files_led_by_coverage_are_read_or_refused():
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris has no wheel for this platform or Python; the other tests try random bytes")
    command = [sys.executable, "-m", "tests.fuzz.by_coverage", str(INPUTS)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert found.returncode == 0 and "Done" in found.stderr, found.stdout[-2000:] + found.stderr[-4000:]
