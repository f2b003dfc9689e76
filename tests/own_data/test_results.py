"""A folder of results belongs to one settings file, and to one run at a time."""

import json
import os
import signal
import subprocess
import sys

import pytest

from iatrogenesis.core.running import RUN
from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.results import alone, claim

HOLD = """
import sys, time
from pathlib import Path
from iatrogenesis.own_data.results import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def settings_file(folder, name="my.yaml"):
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("name: mine\n", encoding="utf-8")
    return path


def test_the_same_settings_may_come_again_from_anywhere(tmp_path, monkeypatch):
    settings, folder = settings_file(tmp_path), tmp_path / "results" / "mine"
    claim(folder, settings)
    monkeypatch.chdir(tmp_path)
    claim(folder.relative_to(tmp_path), settings.relative_to(tmp_path))


def test_a_project_may_be_moved(tmp_path):
    claim(tmp_path / "a" / "results" / "mine", settings_file(tmp_path / "a"))
    (tmp_path / "a").rename(tmp_path / "b")
    claim(tmp_path / "b" / "results" / "mine", tmp_path / "b" / "my.yaml")


@pytest.mark.trial(kind="refused", what="results of another settings file with the same name")
def test_another_settings_file_with_the_same_name_is_refused(tmp_path):
    folder = tmp_path / "results" / "mine"
    claim(folder, settings_file(tmp_path))
    with pytest.raises(DataError, match=r"holds the results of .*my\.yaml, not of .*other\.yaml.*another `name`"):
        claim(folder, settings_file(tmp_path, "other.yaml"))


@pytest.mark.trial(kind="refused", what="a folder of results with something else in it")
def test_a_folder_with_something_else_is_refused_and_kept(tmp_path):
    folder = tmp_path / "results" / "mine"
    folder.mkdir(parents=True)
    (folder / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(DataError, match="was not made by this command"):
        claim(folder, settings_file(tmp_path))
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]


def test_an_empty_folder_may_be_used(tmp_path):
    (tmp_path / "mine").mkdir()
    claim(tmp_path / "mine", settings_file(tmp_path))


@pytest.mark.trial(kind="fault", what="two analyses of own data at once")
def test_a_second_run_is_refused_until_the_first_is_gone_however_it_ends(tmp_path):
    first = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout.readline() == "held\n"
        going_on = rf"another run is going on there \(process {first.pid}, since"
        with pytest.raises(DataError, match=going_on), alone(tmp_path):
            pass
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        first.stdout.close()
    with alone(tmp_path):
        assert json.loads((tmp_path / RUN).read_text(encoding="utf-8"))["process"] == os.getpid()


def test_two_folders_do_not_wait_for_each_other(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    with alone(tmp_path / "a"), alone(tmp_path / "b"):
        pass


def test_a_run_that_was_ended_while_its_jobs_go_on_is_said_to_be(tmp_path):
    with alone(tmp_path):
        ended = subprocess.Popen([sys.executable, "-c", ""])
        ended.wait()
        said = json.loads((tmp_path / RUN).read_text(encoding="utf-8")) | {"process": ended.pid}
        (tmp_path / RUN).write_text(json.dumps(said), encoding="utf-8")
        with pytest.raises(DataError, match="was ended there, but what it began goes on"), alone(tmp_path):
            pass
