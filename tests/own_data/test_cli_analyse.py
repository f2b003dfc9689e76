"""Which errors of failed jobs are shown."""

import os
import signal
import subprocess
import sys
import time

import click
import pytest
from click.testing import CliRunner

from iatrogenesis import cli_analyse
from iatrogenesis.cli import main
from iatrogenesis.cli_analyse import LOG, _environment, _what_failed
from iatrogenesis.core.resources import examples_folder

TRACEBACK = 'Traceback (most recent call last):\n  File "fit.py", line 3, in main\n    fit()\n    ~~~^^\n'


def logs(folder, **texts):
    (folder / "logs").mkdir()
    for name, text in texts.items():
        (folder / "logs" / f"{name}.log").write_text(text, encoding="utf-8")


def test_an_error_for_people_stands_alone_and_another_has_its_name(tmp_path):
    logs(
        tmp_path,
        check="all well\nCore seconds: 1.00\n",
        fit=f"Fitting\n{TRACEBACK}iatrogenesis.core.tables.DataError: my.csv: two faults.\nCorrect them.\n",
        tables=f"{TRACEBACK}KeyError: 'x'\n",
        snakemake=f"{TRACEBACK}KeyError: 'x'\nShutting down\n",
    )
    found = _what_failed(tmp_path, 0)
    assert found.splitlines() == [
        f"{tmp_path / 'logs/fit.log'}:",
        "  my.csv: two faults.",
        "Correct them.",
        f"{tmp_path / 'logs/tables.log'}:",
        "  KeyError: 'x'",
    ]


def test_errors_of_an_earlier_run_are_not_shown(tmp_path):
    logs(tmp_path, fit=f"{TRACEBACK}KeyError: 'old'\n", snakemake=f"{TRACEBACK}ModuleNotFoundError: no pymc\nmore\n")
    os.utime(tmp_path / "logs" / "fit.log", (1, 1))
    assert _what_failed(tmp_path, 1000) == f"{tmp_path / LOG}:\n  ModuleNotFoundError: no pymc"


def test_without_a_traceback_the_log_is_named(tmp_path):
    logs(tmp_path, snakemake="MissingOutputException in rule check\n")
    assert str(tmp_path / LOG) in _what_failed(tmp_path, 0)


def test_jobs_see_one_thread_and_no_other_modules(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("PYTENSOR_FLAGS", "mode=FAST_RUN")
    found = _environment()
    assert "PYTHONPATH" not in found and found["OMP_NUM_THREADS"] == "1"
    assert found["PYTENSOR_FLAGS"] == "mode=FAST_RUN,numba__fastmath=False"


def ended_by_us(monkeypatch, folder, sent):
    """Run something for a minute instead of Snakemake, and send this process a signal once it is there."""
    code = "import os, pathlib, signal, time\n"
    code += f"pathlib.Path('there').touch(); os.kill({os.getpid()}, {int(sent)}); time.sleep(60)"
    monkeypatch.chdir(folder)
    real = subprocess.Popen
    instead = lambda *_, **named: real([sys.executable, "-c", code], **named)  # noqa: E731
    monkeypatch.setattr(cli_analyse.subprocess, "Popen", instead)
    lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR)
    try:
        cli_analyse.run(folder / "a.yaml", folder, 1, lock)
    finally:
        os.close(lock)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.trial(kind="fault", what="Ctrl-C, or the end of the session, while own data are analysed")
def test_who_stops_it_is_told_that_the_next_run_goes_on(tmp_path, monkeypatch, capsys, sent, code):
    """Snakemake was not told of a Ctrl-C that reached this process alone: it is after a while, and at once to end."""
    monkeypatch.setattr(cli_analyse, "GRACE", 1)
    before, started = signal.getsignal(sent), time.monotonic()
    with pytest.raises(click.exceptions.Exit) as found:
        ended_by_us(monkeypatch, tmp_path, sent)
    assert found.value.exit_code == code and (tmp_path / "there").exists() and time.monotonic() - started < 30
    assert capsys.readouterr().err == "Stopped. The same command goes on where it stopped.\n"
    assert signal.getsignal(sent) is before


@pytest.mark.trial(kind="fault", what="Ctrl-C while own data are checked")
def test_ctrl_c_while_data_are_checked_says_the_same(tmp_path, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("iatrogenesis.cli_own._checked", stop)
    found = CliRunner().invoke(main, ["analyse", str(examples_folder() / "simulated_service.yaml")])
    assert found.exit_code == 130 and found.stderr == "Stopped. The same command goes on where it stopped.\n"
