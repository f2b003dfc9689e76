"""Tables of real counts that cannot be used, or lie where a study must not read: refused before any job."""

import os

import pytest

from iatrogenesis.core.yaml_text import ConfigError
from iatrogenesis.study.study import load_study
from tests.conftest import CONFIG
from tests.study.test_faulty import LATIN

COUNTS = "org_code,reporting_period,finished_course_treatment,deterioration\n"
TABLES = {
    "that is not there": (None, "No such file"),
    "that is a folder": ("folder", "Is a directory"),
    "that is a link out of the project": ("/etc/passwd", "a link that leads out of the project"),
    "in a folder that is a link out": ("/etc", "a link that leads out of the project"),
    "that is a pipe": ("pipe", "a pipe or a device"),
    "that is empty": (b"", "No columns"),
    "in Latin-1": (COUNTS.encode() + LATIN, "utf-8"),
    "that is a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "utf-8"),
    "without its columns": (b"a,b\n1,2\n", "column 'org_code' is missing"),
    "with its header alone": (COUNTS.encode(), "the table has no rows"),
    "with a text for a count": (f"{COUNTS}a,2024,many,1\n".encode(), "must be a whole number"),
    "with a count of thirty digits": (f"{COUNTS}a,2024,{'9' * 30},1\n".encode(), "must be a whole number"),
    "with more worse than finished": (f"{COUNTS}a,2024,300,301\n".encode(), "is more than"),
}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(*case, id=what, marks=pytest.mark.trial(kind="refused", what=f"a table of service counts {what}"))
        for what, case in TABLES.items()
    ],
)
def test_a_faulty_table_of_real_counts_stops_before_any_job(tmp_path, content, words):
    place = "etc/passwd-counts.csv" if content == "/etc" else "counts.csv"
    table, study = tmp_path / place, tmp_path / "mine.yaml"
    if content == "folder":
        table.mkdir()
    elif content == "pipe":
        os.mkfifo(table)
    elif content == "/etc":
        table.parent.symlink_to(content)
    elif isinstance(content, str):
        table.symlink_to(content)
    elif content is not None:
        table.write_bytes(content)
    study.write_text(f"name: mine\nbased_on: tiny\nservice_counts: {place}\n")
    with pytest.raises(ConfigError, match=words) as error:
        load_study(study, CONFIG).service_counts(tmp_path)
    assert str(error.value).startswith("service_counts: ") and "counts.csv" in str(error.value)
    assert len(str(error.value).splitlines()) == 1
    study.write_text("name: mine\nbased_on: tiny\nservice_counts_where_present: counts.csv\n")
    if content is None:
        assert load_study(study, CONFIG).service_counts(tmp_path) is None
