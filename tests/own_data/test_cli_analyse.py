"""Which errors of failed jobs are shown."""

import os

from iatrogenesis.cli_analyse import LOG, _environment, _what_failed

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
